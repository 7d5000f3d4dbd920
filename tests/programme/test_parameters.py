"""No parameter of a state's plan is asked for and read nowhere, and none is read that the form does not offer (rules section 21)."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.state_plan import DEFAULTS, PARAMETERS

APP = Path(__file__).parents[2] / "app"
THE_FORM = ("state_plan", "programme")
"""Where parameters are declared, entered and shown; to be read there is not to be used."""
OFFERED = {one.name for one in PARAMETERS}
HOLDS_PARAMETERS = ("plan", "every", "all_parameters")
PUT_BESIDE = {"reference_rate_lb_per_mwh"}
"""What is worked out of the parameters and handed on with them."""


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    files = [path for path in sorted(APP.rglob("*.py")) if path.relative_to(APP).parts[0] not in THE_FORM]
    return tuple((str(path.relative_to(APP)), ast.parse(path.read_text())) for path in files)


def is_a_plan(node: ast.expr) -> bool:
    """Whether an expression is a plan or all its parameters: plan, basis.plan, plan_in_force(…), plan.all_parameters, a mapping taken from it."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("plan_in_force", "approved_plan")
    return (isinstance(node, ast.Name) and node.id in HOLDS_PARAMETERS) or (isinstance(node, ast.Attribute) and node.attr in HOLDS_PARAMETERS)


def keys_read(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Subscript) and is_a_plan(node.value):
        yield node.slice
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and is_a_plan(node.func.value):
        yield node.args[0]


def read_by_name(tree: ast.Module) -> set[str]:
    """Names that a plan is asked for as they stand."""
    return {key.value for node in ast.walk(tree) for key in keys_read(node) if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def read_by_variable(tree: ast.Module) -> set[str]:
    """Names of a file that asks a plan by a variable: every text of the file that is a parameter's name."""
    if not any(isinstance(key, (ast.Name, ast.Call)) for node in ast.walk(tree) for key in keys_read(node)):
        return set()
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)} & OFFERED


@cache
def ways_to_ask() -> dict[str, str]:
    """The methods of a plan that read a parameter, by its name: `self["standards_lb_per_mwh"]` within `standard_lb_per_mwh`."""
    plan = next(
        node for node in ast.walk(ast.parse((APP / "state_plan" / "plans.py").read_text())) if isinstance(node, ast.ClassDef) and node.name == "StatePlan"
    )
    methods = [method for method in plan.body if isinstance(method, ast.FunctionDef)]
    reads = [(method.name, node) for method in methods for node in ast.walk(method) if isinstance(node, ast.Subscript)]
    return {node.slice.value: name for name, node in reads if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)}


def asked_by_method(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == ways_to_ask().get(name) for node in ast.walk(tree))


def test_every_parameter_has_a_default_and_stands_in_the_form() -> None:
    assert set(DEFAULTS) == OFFERED


@pytest.mark.parametrize("name", sorted(OFFERED))
def test_a_parameter_that_is_asked_for_is_read(name: str) -> None:
    readers = [path for path, tree in trees() if name in read_by_name(tree) | read_by_variable(tree) or asked_by_method(tree, name)]
    assert readers, f"The plan's form asks for {name}, and nothing reads it: read it, or withdraw it and write down why."


def test_a_parameter_that_is_read_is_asked_for() -> None:
    strange = {f"{path}: {name}" for path, tree in trees() for name in read_by_name(tree) - OFFERED - PUT_BESIDE}
    assert strange == set()


def test_a_reader_is_told_from_a_name_that_merely_stands_there() -> None:
    reads = ast.parse('plan["agency"]; basis.plan["time_zone"]; plan_in_force(s, state)["feedstocks"]; every.get("imports_allowed")')
    assert read_by_name(reads) == {"agency", "time_zone", "feedstocks", "imports_allowed"}
    assert read_by_name(ast.parse('figures["boiler_efficiency"]; words = "buffer_percent"')) == set()
    assert read_by_variable(ast.parse('clock = "clock_mv_report_days"; plan[clock]')) == {"clock_mv_report_days"}
    assert read_by_variable(ast.parse('clock = "clock_mv_report_days"')) == set()
