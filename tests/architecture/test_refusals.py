"""An error says what is wrong, which rule says so and what to do next: no refusal is made without its cure."""

import ast
from pathlib import Path

import pytest

from app.web.refusals import kinds

TOP = Path(__file__).parents[2]
KINDS = {kind.__name__ for kind in kinds() if kind.__module__ == "app.errors"}
SOURCES = sorted((TOP / "app").rglob("*.py"))


def without_cure(path: Path) -> list[str]:
    """Where a refusal is made with neither `what_to_do` nor messages at the fields that are wrong."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    made = [call for call in calls if call.func.id in KINDS]  # type: ignore[attr-defined]
    return [f"{path.relative_to(TOP)}:{call.lineno}" for call in made if not {"what_to_do", "fields", None} & {one.arg for one in call.keywords}]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(TOP)))
def test_a_refusal_says_what_to_do_next(path: Path) -> None:
    assert without_cure(path) == []
