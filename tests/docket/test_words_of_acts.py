"""Nobody reads the name of an action or of a ground: every one of them has words."""

import ast
import html
from pathlib import Path

import pytest

from app.docket.queries.histories import ACTION_WORDS, WORDS, words_of_action
from app.docket.views.words import choice_words, in_words
from app.eligibility.criteria import DENIAL_CODES

APP = Path(__file__).parents[2] / "app"


def recorded() -> list[str]:
    """The verb of every event that is recorded anywhere; where it is a variable, every word that its module could mean by it."""
    found = set()
    for path in APP.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "record" and len(call.args) >= 4:
                verb = call.args[2]
                found |= {str(verb.value)} if isinstance(verb, ast.Constant) else acts_of(tree, ast.unparse(verb))
    return sorted(found)


def acts_of(tree: ast.Module, name: str) -> set[str]:
    """The constants that calls in this module give for a parameter of this name."""
    functions = {one.name: [each.arg for each in one.args.args].index(name) for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and takes(one, name)}
    given = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in functions:
            value = call.args[functions[call.func.id]]
            given |= {str(value.value)} if isinstance(value, ast.Constant) else set()
    assert given, f"nothing says what {name} may be"
    return given


def takes(function: ast.FunctionDef, name: str) -> bool:
    return any(one.arg == name for one in function.args.args)


@pytest.mark.parametrize("verb", recorded())
def test_every_recorded_action_has_words(verb: str) -> None:
    assert verb in WORDS or any(action.partition(".")[2] == verb for action in ACTION_WORDS)


def test_an_action_is_told_in_words() -> None:
    assert words_of_action("mv_report.take_up") == "Taken up for review"
    assert words_of_action("sign_in.begin") == "Signed in"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("mv_report.take_up", "Taken up for review (M&V report)"),
        ("emissions_record.file", "Filed (emissions record)"),
        ("affected_egu.warn", "Warned before the deadline (affected EGU)"),
        ("affected_egu.register", "Affected EGU registered"),
        ("sign_in.begin", "Signed in"),
    ],
)
def test_a_choice_of_the_event_log_says_what_was_done_to_what(action: str, words: str) -> None:
    assert choice_words(action, "action") == words


@pytest.mark.rule("8.6")
@pytest.mark.parametrize("code", list(DENIAL_CODES))
def test_a_ground_is_told_in_words_with_its_code_beside_them(code: str) -> None:
    told = html.unescape(str(in_words(code, "denial_codes")))
    assert told.startswith(DENIAL_CODES[code].title)
    assert f"<code>{code}</code>" in told


def test_several_grounds_are_told_each_and_anything_else_stays_as_it_is() -> None:
    assert str(in_words("STORAGE, OFF_GRID", "codes")).count("<code>") == 2
    assert in_words("STORAGE", "resource") == "STORAGE"
