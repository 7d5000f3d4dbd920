"""docs/security.md says nothing that no test shows, and is reviewed before each release and after each problem (rule 10.19)."""

import ast
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PLAN = (TOP / "docs" / "security.md").read_text()
TEST = re.compile(r"`(test_\w+)`")
REVIEWED = re.compile(r"^Reviewed: (\d{4}-\d\d-\d\d), for version (\S+)\.$", re.MULTILINE)


def rows(section: str) -> list[list[str]]:
    """The cells of the table of a section."""
    lines = PLAN.partition(f"## {section}\n")[2].partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")][2:]


def names_of_tests() -> set[str]:
    trees = (ast.parse(path.read_text()) for path in (TOP / "tests").rglob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.rule("10.19")
@pytest.mark.parametrize("section", ["How", "Problems found and corrected"])
def test_each_line_of_the_plan_and_of_its_register_is_shown_by_a_test_that_is_there(section: str) -> None:
    known = names_of_tests()
    assert len(rows(section)) >= 8
    assert not [row[0] for row in rows(section) if not TEST.findall(row[-1]) or set(TEST.findall(row[-1])) - known]


@pytest.mark.rule("10.19")
def test_the_plan_was_reviewed_for_this_version_and_after_the_last_problem() -> None:
    (found,) = REVIEWED.findall(PLAN)
    assert found[1] == tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["version"]
    entered = [date.fromisoformat(row[0][:10]) for row in rows("Problems found and corrected")]
    assert entered == sorted(entered)
    assert date.fromisoformat(found[0]) >= entered[-1]
