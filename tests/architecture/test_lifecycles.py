"""Every life cycle is a closed table: each state is reached, each ends somewhere, and standing is judged before state."""

from pathlib import Path

import pytest

from app.compliance.lifecycle import EMISSIONS_RECORD
from app.eligibility.lifecycle import APPLICATION, RESOURCE
from app.erc_tcs.lifecycle import OFFER
from app.errors import NotPermitted, WrongState
from app.lifecycle import LifeCycle, advance, diagram, open_to, states
from app.mv_reports.lifecycle import MV_REPORT
from app.proposal import PROPOSAL
from app.verifiers.lifecycle import ACCREDITATION, ENGAGEMENT

ALL = {
    "application": (APPLICATION, "draft"),
    "resource": (RESOURCE, "candidate"),
    "mv_report": (MV_REPORT, "draft"),
    "emissions_record": (EMISSIONS_RECORD, "draft"),
    "offer": (OFFER, "open"),
    "proposal": (PROPOSAL, "open"),
    "accreditation": (ACCREDITATION, "active"),
    "engagement": (ENGAGEMENT, "asked"),
}
DOCS = Path(__file__).parents[2] / "docs" / "lifecycles.md"
EVERY = pytest.mark.parametrize(("steps", "first"), ALL.values(), ids=ALL)


@EVERY
@pytest.mark.rule("8.7")
def test_every_state_is_reached_from_the_first_one(steps: LifeCycle, first: str) -> None:
    reached, waiting = {first}, [first]
    while waiting:
        state = waiting.pop()
        for step in steps:
            if state in step.befores and step.after not in reached:
                reached.add(step.after)
                waiting.append(step.after)
    assert reached == set(states(steps))


@EVERY
@pytest.mark.rule("8.7")
def test_each_act_on_each_state_by_each_standing_is_allowed_or_refused_as_the_table_says(steps: LifeCycle, first: str) -> None:
    standings = {name for step in steps for name in step.standings} | {"stranger"}
    for action in {step.action for step in steps}:
        named = [step for step in steps if step.action == action]
        for standing in standings:
            mine = [step for step in named if standing in step.standings]
            for state in states(steps):
                if not mine:
                    with pytest.raises(NotPermitted):
                        advance(steps, state, action, frozenset({standing}))
                    continue
                open_steps = [step for step in mine if state in step.befores]
                if open_steps:
                    assert advance(steps, state, action, frozenset({standing})) == open_steps[0].after
                else:
                    with pytest.raises(WrongState):
                        advance(steps, state, action, frozenset({standing}))


@EVERY
def test_one_act_from_one_state_by_one_standing_has_one_outcome(steps: LifeCycle, first: str) -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for step in steps:
        for before in step.befores:
            for standing in step.standings:
                assert seen.setdefault((step.action, before, standing), step.after) == step.after


@EVERY
def test_the_buttons_are_the_guard(steps: LifeCycle, first: str) -> None:
    for standing in {name for step in steps for name in step.standings}:
        for state in states(steps):
            for button in open_to(steps, state, frozenset({standing})):
                if button.reason is None:
                    assert advance(steps, state, button.action, frozenset({standing}))
                else:
                    with pytest.raises(WrongState):
                        advance(steps, state, button.action, frozenset({standing}))


@EVERY
def test_the_diagram_draws_every_move(steps: LifeCycle, first: str) -> None:
    drawn = diagram(steps)
    assert all(f"{before} --> {step.after}: {step.action}" in drawn for step in steps for before in step.befores)


def drawn() -> str:
    """The chapter of every life cycle, as docs/lifecycles.md holds it."""
    chapters = (f"## {name.replace('_', ' ').capitalize()}\n\n```mermaid\n{diagram(steps)}\n```\n" for name, (steps, _) in ALL.items())
    return "\n".join(chapters)


def test_the_diagrams_of_the_docs_are_the_tables() -> None:
    """To accept a change: put what is printed after the first paragraph of docs/lifecycles.md."""
    assert DOCS.read_text().partition("## ")[2] == drawn().removeprefix("## "), drawn()


@pytest.mark.rule("8.8")
def test_approval_and_issuance_are_the_second_persons() -> None:
    for steps, action in ((APPLICATION, "approve"), (MV_REPORT, "issue"), (EMISSIONS_RECORD, "issue"), (PROPOSAL, "confirm")):
        assert {step.by for step in steps if step.action == action} == {"second reviewer"}


@pytest.mark.rule("8.11")
def test_return_and_denial_need_one_reviewer() -> None:
    for steps, action in ((APPLICATION, "return"), (APPLICATION, "deny"), (MV_REPORT, "return"), (MV_REPORT, "reject")):
        standings = {name for step in steps if step.action == action for name in step.standings}
        assert "reviewer" in standings
        assert "second reviewer" not in standings
