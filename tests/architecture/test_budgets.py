"""The budgets that keep the house plain: file 400 lines, function 50, view body 8, parameters 6, depth three; no float where a rule counts."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("app", "storage") for path in (TOP / folder).rglob("*.py"))
PURE = {
    "lifecycle", "packages", "crediting", "obligation", "quantification", "readings", "reasonableness", "criteria", "likeness", "independence",
    "serials", "flows", "checks", "retention", "kinds", "amounts",
}  # fmt: skip
FORBIDDEN_NAMES = {"manager", "service", "helper", "helpers", "util", "utils", "handler", "processor", "data", "info", "impl", "base", "common"}


def name_of(path: Path) -> str:
    return str(path.relative_to(TOP))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


def body_lines(function: ast.FunctionDef) -> int:
    """Lines of a function's body without its docstring and signature."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_a_function_has_at_most_50_lines_and_six_parameters() -> None:
    found = []
    for path in SOURCES:
        for function in functions(path):
            lines = (function.end_lineno or 0) - function.lineno + 1
            asked = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
            parameters = [argument.arg for argument in asked if argument.arg not in {"self", "cls", "session", "actor"}]
            if lines > 50:
                found.append(f"{name_of(path)}:{function.lineno} {function.name} has {lines} lines")
            if len(parameters) > 6:
                found.append(f"{name_of(path)}:{function.lineno} {function.name} takes {len(parameters)}: make them a dataclass")
    assert not found, "\n".join(found)


def test_a_view_has_at_most_eight_lines() -> None:
    views = [path for path in SOURCES if "views" in path.relative_to(TOP).with_suffix("").parts]
    found = [
        f"{name_of(path)}:{function.lineno} {function.name} has {body_lines(function)} lines"
        for path in views
        for function in functions(path)
        if any("audience" in ast.unparse(decorator) for decorator in function.decorator_list) and body_lines(function) > 8
    ]
    assert not found, "\n".join(found)


def test_nothing_below_app_is_deeper_than_three() -> None:
    deep = [name_of(path) for path in SOURCES if len(path.relative_to(TOP).parts) > 4]
    assert not deep


def test_a_rule_file_knows_no_float() -> None:
    found = []
    for path in SOURCES:
        if not PURE & set(path.relative_to(TOP).with_suffix("").parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (isinstance(node, ast.Constant) and isinstance(node.value, float)) or (isinstance(node, ast.Name) and node.id == "float"):
                found.append(f"{name_of(path)}:{node.lineno}")
    assert not found, "\n".join(found)


def test_a_name_says_what_the_rule_says_and_never_manager_or_helper() -> None:
    found = [name_of(path) for path in SOURCES if FORBIDDEN_NAMES & set(path.stem.split("_"))]
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(node.name.lower().endswith(word) for word in ("manager", "service", "helper", "handler", "processor")):
                found.append(f"{name_of(path)}:{node.lineno} {node.name}")
    assert not found, "\n".join(found)


def test_every_module_says_which_duty_it_carries() -> None:
    silent = [name_of(path) for path in SOURCES if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))]
    assert not silent


def test_nobody_below_db_commits() -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        if name_of(path) != "app/db.py" and not name_of(path).startswith("app/cli/")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and ast.unparse(node.func.value) in {"session", "self.session", "connection"}
    ]
    assert not found, "\n".join(found)
