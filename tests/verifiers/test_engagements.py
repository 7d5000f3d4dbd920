"""Who may be asked, who may accept, and what stands in the way (rules 6.4, 6.7 to 6.11)."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from app.db import now
from app.documents import actions as documents
from app.documents import queries as deposited
from app.erc_tcs import actions as erc_tcs
from app.errors import Conflict, ConflictOfInterest, Invalid, NotAccredited, NotPermitted, StillMissing, WrongState
from app.people import Actor
from app.record import events_concerning
from app.verifiers import actions as verifiers
from app.verifiers import queries
from tests import builders
from tests.verifiers.work import NO_CONFLICT, accepted, asked, asked_body, soon


def new_body(session: Session, world: SimpleNamespace, name: str = "Second Verification", **terms: object) -> SimpleNamespace:
    """Another body with one person, accredited with these terms unless they are none."""
    by = world.administrator_actor
    body = builders.organisation(session, by, name, "verifier")
    person = builders.person(session, by, f"Viktor {name}", "verifier", body)
    held = {"valid_from_on": date(2020, 1, 1), "valid_until_on": date(2035, 1, 1), "qualifications": builders.ALL_SHOWN, **terms}
    accreditation = verifiers.accredit(session, by, verifiers.Terms(body.id, f"N-{body.id}", world.state, **held)) if terms.get("number") != "" else None  # type: ignore[arg-type]
    return SimpleNamespace(body=body, actor=Actor.of(person), accreditation=accreditation)


def test_an_accredited_body_is_asked_and_waits_for_its_own_answer(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    assert (engagement.state, engagement.accreditation_id) == ("asked", world.accreditation.id)
    assert queries.open_engagement(session, engagement.matter_id) is engagement
    assert queries.engaged_body_ids(session, engagement.matter_id) == set()
    assert [act["action"] for act in queries.open_actions(session, world.verifier_actor, engagement) if act["reason"] is None] == ["accept", "decline"]


@pytest.mark.rule("3.6")
def test_a_matter_has_one_engagement_at_a_time(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    with pytest.raises(Conflict) as refused:
        asked_body(session, world, matter_id=engagement.matter_id)
    assert "is asked and has not answered yet" in refused.value.words
    assert "Withdraw the request" in str(refused.value.what_to_do)
    verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier"], NO_CONFLICT, "")
    with pytest.raises(Conflict, match="Wait for its report"):
        asked_body(session, world, matter_id=engagement.matter_id)


@pytest.mark.rule("7.1")
def test_a_body_without_accreditation_by_the_state_is_not_asked(session: Session, world: SimpleNamespace) -> None:
    body = builders.organisation(session, world.administrator_actor, "Never Accredited", "verifier")
    with pytest.raises(NotAccredited) as refused:
        verifiers.ask(session, world.provider_actor, asked(world), body.id, soon())
    assert "not accredited by this state" in refused.value.words
    assert list(refused.value.fields) == ["body_id"]


def test_only_a_verification_body_is_asked(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(Invalid):
        verifiers.ask(session, world.provider_actor, asked(world), world.plant_organisation.id, soon())


@pytest.mark.rule("6.11")
@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"classes": ["EE"]}, "the resource is of type WND"),
        ({"valid_until_on": date(2021, 1, 1)}, "is valid January 1, 2020 to January 1, 2021"),
        ({"valid_from_on": date(2034, 1, 1)}, "is valid January 1, 2034"),
    ],
)
def test_the_accreditation_must_cover_the_class_and_the_day(session: Session, world: SimpleNamespace, terms: dict[str, object], words: str) -> None:
    other = new_body(session, world, **terms)
    with pytest.raises(NotAccredited) as refused:
        verifiers.ask(session, world.provider_actor, asked(world), other.body.id, soon())
    assert words in refused.value.words


@pytest.mark.rule("7.10")
def test_a_suspended_body_is_not_asked_until_it_is_reinstated(session: Session, world: SimpleNamespace) -> None:
    other = new_body(session, world)
    verifiers.suspend_accreditation(session, world.administrator_actor, other.accreditation.id, "Staff left.")
    with pytest.raises(NotAccredited):
        verifiers.ask(session, world.provider_actor, asked(world), other.body.id, soon())
    verifiers.reinstate_accreditation(session, world.administrator_actor, other.accreditation.id, "Staff hired.")
    assert verifiers.ask(session, world.provider_actor, asked(world), other.body.id, soon()).state == "asked"


def test_the_due_day_is_not_past(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refused:
        verifiers.ask(session, world.provider_actor, asked(world), world.verification_body.id, now().date() - timedelta(days=1))
    assert "due_on" in refused.value.fields


@pytest.mark.rule("6.9")
def test_two_people_of_one_name_are_two_people(session: Session, world: SimpleNamespace) -> None:
    other = new_body(session, world)
    namesake = builders.person(session, world.administrator_actor, "Pat Provider", "verifier", other.body)
    engagement = verifiers.ask(session, world.provider_actor, asked(world), other.body.id, soon())
    verifiers.accept(session, other.actor, engagement.id, ["Pat Provider", "Remy Representative, remy@other.example"], NO_CONFLICT, "")
    assert engagement.people == {namesake.email: "Pat Provider", "remy@other.example": "Remy Representative"}


@pytest.mark.rule("6.9")
def test_one_person_under_two_names_is_one_person(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    with pytest.raises(ConflictOfInterest) as refused:
        verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier", f"P. Provider <{world.provider.email.upper()}>"], NO_CONFLICT, "")
    assert refused.value.words == (
        "Verifier and provider share an employer of the same people: Pat Provider. Verifier and provider share a representative: Pat Provider."
    )


@pytest.mark.rule("1.4")
@pytest.mark.parametrize("written", ["Ned North", "ned@north.example", "Vera Verifer"])
def test_who_has_no_account_of_the_body_is_named_with_name_and_address(session: Session, world: SimpleNamespace, written: str) -> None:
    engagement = asked_body(session, world)
    with pytest.raises(Invalid) as refused:
        verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier", written], NO_CONFLICT, "")
    assert list(refused.value.fields) == ["others"]
    assert written in str(refused.value.what_to_do)


@pytest.mark.rule("6.9")
def test_an_individual_who_acts_for_the_provider_s_account_cannot_verify(session: Session, world: SimpleNamespace) -> None:
    provider_id, agent = world.provider_organisation.id, world.representative
    erc_tcs.open_account(session, world.administrator_actor, "general", "Second account", provider_id, world.state, "", agent.id)
    engagement = asked_body(session, world)
    with pytest.raises(ConflictOfInterest) as refused:
        verifiers.accept(session, world.verifier_actor, engagement.id, [f"Remy Representative, {agent.email}"], NO_CONFLICT, "")
    assert refused.value.words == "Verifier and provider share a representative: Remy Representative."


@pytest.mark.rule("6.8")
def test_a_body_sees_the_matter_s_documents_only_by_accepting_and_only_while_engaged(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    whose = documents.Owner("mv_report", engagement.matter_id, world.provider_organisation.id, (), world.state)
    paper = documents.deposit(
        session, world.provider_actor, whose, documents.receive_bytes(b"secret\n", "a.txt"), documents.Label("evidence", "Paper", confidential=True)
    )
    assert not deposited.readable(paper, world.verifier_actor)
    verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier"], NO_CONFLICT, "")
    assert deposited.readable(paper, world.verifier_actor)
    verifiers.end(session, world.provider_actor, engagement.id, "Another body does it.")
    assert not deposited.readable(paper, world.verifier_actor)


@pytest.mark.rule("6.4")
def test_accepting_keeps_the_attestation_and_who_gave_it(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    verifiers.accept(
        session,
        world.verifier_actor,
        engagement.id,
        [" Vera  Verifier ", "Ned North, ned@north.example", "Ned  North (NED@north.example)"],
        NO_CONFLICT,
        "An old contract, ended 2015.",
    )
    assert engagement.state == "accepted"
    assert engagement.individuals == ["Vera Verifier", "Ned North"]
    assert engagement.conflict_answers == NO_CONFLICT
    assert engagement.attested_by_id == world.verifier.id
    event = events_concerning(session, engagement.matter_id)[0]
    assert event.action == "engagement.accept"
    assert "An old contract" in event.private_facts["attestation"]
    assert "An old contract" not in str(event.leaf)
    assert queries.engaged_body_ids(session, engagement.matter_id) == {world.verification_body.id}


@pytest.mark.rule("7.14")
def test_a_body_s_first_acceptance_records_that_it_accepts_the_code_of_conduct(session: Session, world: SimpleNamespace) -> None:
    other = new_body(session, world)
    engagement = verifiers.ask(session, world.provider_actor, asked(world), other.body.id, soon())
    verifiers.accept(session, other.actor, engagement.id, ["Viktor Second Verification"], NO_CONFLICT, "")
    assert other.accreditation.conduct_accepted_at == engagement.attested_at


@pytest.mark.rule("6.7")
@pytest.mark.parametrize("code", sorted(NO_CONFLICT))
def test_any_tie_that_the_body_names_stands_in_the_way(session: Session, world: SimpleNamespace, code: str) -> None:
    engagement = asked_body(session, world)
    with pytest.raises(ConflictOfInterest) as refused:
        verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier"], {**NO_CONFLICT, code: True}, "")
    assert refused.value.rule == "6.7"
    assert "Decline" in (refused.value.what_to_do or "")


@pytest.mark.rule("6.4")
def test_a_question_without_an_answer_is_no_attestation(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    with pytest.raises(StillMissing) as refused:
        verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier"], {"pay": False}, "")
    assert set(refused.value.fields) == set(NO_CONFLICT) - {"pay"}


@pytest.mark.rule("6.3")
def test_the_individuals_are_named(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    with pytest.raises(Invalid) as refused:
        verifiers.accept(session, world.verifier_actor, engagement.id, ["  "], NO_CONFLICT, "")
    assert "individuals" in refused.value.fields


@pytest.mark.rule("6.9")
def test_an_individual_who_works_for_the_provider_cannot_verify(session: Session, world: SimpleNamespace) -> None:
    engagement = asked_body(session, world)
    with pytest.raises(ConflictOfInterest):
        verifiers.accept(session, world.verifier_actor, engagement.id, [f"Patricia, {world.provider.email}"], NO_CONFLICT, "")


def test_another_body_s_people_learn_nothing_and_do_nothing(session: Session, world: SimpleNamespace) -> None:
    engagement, other = asked_body(session, world), new_body(session, world)
    for act in (
        lambda: verifiers.accept(session, other.actor, engagement.id, ["Viktor"], NO_CONFLICT, ""),
        lambda: verifiers.decline(session, other.actor, engagement.id, "no"),
        lambda: verifiers.end(session, other.actor, engagement.id, "no"),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert not queries.engagement_readable(engagement, other.actor)
    assert not queries.engagement_readable(engagement, Actor.public())
    assert queries.engagement_readable(engagement, world.auditor_actor)


def test_a_body_that_declines_says_why_and_another_can_be_asked(session: Session, world: SimpleNamespace) -> None:
    engagement, other = asked_body(session, world), new_body(session, world)
    with pytest.raises(Invalid) as refused:
        verifiers.decline(session, world.verifier_actor, engagement.id, " ")
    assert "reason" in refused.value.fields
    engagement.state = "asked"
    verifiers.decline(session, world.verifier_actor, engagement.id, "No capacity.")
    assert queries.open_engagement(session, engagement.matter_id) is None
    again = verifiers.ask(session, world.provider_actor, asked(world), other.body.id, soon())
    assert again.state == "asked"


def test_an_engagement_is_accepted_once(session: Session, world: SimpleNamespace) -> None:
    engagement = accepted(session, world)
    with pytest.raises(WrongState):
        verifiers.accept(session, world.verifier_actor, engagement.id, ["Vera Verifier"], NO_CONFLICT, "")


def test_the_bodies_offered_are_those_that_may_be_asked(session: Session, world: SimpleNamespace) -> None:
    other = new_body(session, world, classes=["EE"])
    offered = {one.body_id for one in queries.accredited_bodies(session, world.state, "WND", now().date())}
    assert world.verification_body.id in offered
    assert other.body.id not in offered
    assert other.body.id in {one.body_id for one in queries.accredited_bodies(session, world.state, "EE", now().date())}
