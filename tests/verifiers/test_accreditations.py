"""Accreditations: entered by the administrator of the state, with reasons, and what relied on them (rules section 7)."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from app.db import now
from app.eligibility.criteria.resource_types import RESOURCE_TYPES
from app.errors import Invalid, NotPermitted, WrongState
from app.record import events_concerning
from app.verifiers import actions as verifiers
from app.verifiers import queries
from app.verifiers.models import Accreditation
from app.verifiers.schemas import RESOURCE_CLASSES
from tests import builders
from tests.verifiers.work import accepted, finding


def terms(world: SimpleNamespace, **changes: object) -> verifiers.Terms:
    held = {
        "body_id": world.verification_body.id,
        "number": "A-2022-1",
        "state": world.state,
        "valid_from_on": date(2022, 1, 1),
        "valid_until_on": date(2024, 12, 31),
        "qualifications": builders.ALL_SHOWN,
        **changes,
    }
    return verifiers.Terms(**held)  # type: ignore[arg-type]


def entered(session: Session, world: SimpleNamespace, **changes: object) -> Accreditation:
    return verifiers.accredit(session, world.administrator_actor, terms(world, **changes))


@pytest.mark.rule("7.1")
def test_only_the_state_s_administrator_enters_an_accreditation(session: Session, world: SimpleNamespace) -> None:
    for name in ("provider", "verifier", "reviewer", "auditor"):
        with pytest.raises(NotPermitted):
            verifiers.accredit(session, getattr(world, f"{name}_actor"), terms(world))
    with pytest.raises(NotPermitted):
        entered(session, world, state="WI")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"number": " "}, "number"), ({"valid_until_on": date(2021, 1, 1)}, "valid_until_on")],
)
def test_an_accreditation_that_cannot_be_is_refused_at_its_field(session: Session, world: SimpleNamespace, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        entered(session, world, **changes)
    assert list(refused.value.fields) == [field]


def test_only_an_open_verification_body_is_accredited(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refused:
        entered(session, world, body_id=world.plant_organisation.id)
    assert list(refused.value.fields) == ["body_id"]


@pytest.mark.rule("7.7")
def test_an_accreditation_whose_term_is_over_is_expired(session: Session, world: SimpleNamespace) -> None:
    found = entered(session, world)
    assert queries.status_on(found, date(2024, 12, 31)) == "active"
    assert queries.status_on(found, date(2025, 1, 1)) == "expired"
    verifiers.revoke_accreditation(session, world.administrator_actor, found.id, "Fraud.", ["fraud"])
    assert queries.status_on(found, date(2025, 1, 1)) == "revoked"


@pytest.mark.rule("7.6")
def test_an_overdue_review_is_flagged(session: Session, world: SimpleNamespace) -> None:
    found = entered(session, world, next_review_on=date(2023, 1, 1))
    assert not queries.review_overdue(found, date(2023, 1, 1))
    assert queries.review_overdue(found, date(2023, 1, 2))


@pytest.mark.rule("7.9")
def test_suspension_and_revocation_give_reasons_that_the_public_reads(session: Session, world: SimpleNamespace) -> None:
    found = entered(session, world)
    with pytest.raises(Invalid) as refused:
        verifiers.revoke_accreditation(session, world.administrator_actor, found.id, " ", ["fraud"])
    assert "reasons" in refused.value.fields
    found.state = "active"
    verifiers.suspend_accreditation(session, world.administrator_actor, found.id, "The insurance ran out.")
    event = events_concerning(session, found.id)[0]
    assert (event.action, event.facts["reasons"]) == ("accreditation.suspend", "The insurance ran out.")
    assert world.verification_body.id in event.tells


def test_what_is_revoked_stays_revoked(session: Session, world: SimpleNamespace) -> None:
    found = entered(session, world)
    verifiers.revoke_accreditation(session, world.administrator_actor, found.id, "Fraud.", ["fraud"])
    with pytest.raises(WrongState):
        verifiers.reinstate_accreditation(session, world.administrator_actor, found.id, "Sorry.")


def test_nobody_but_the_administrator_moves_an_accreditation(session: Session, world: SimpleNamespace) -> None:
    found = entered(session, world)
    for name in ("verifier", "reviewer", "auditor", "provider"):
        with pytest.raises(NotPermitted):
            verifiers.suspend_accreditation(session, getattr(world, f"{name}_actor"), found.id, "No.")


@pytest.mark.rule("7.11")
def test_on_revocation_everything_that_relied_on_the_body_is_listed_and_its_history_says_so(session: Session, world: SimpleNamespace) -> None:
    done, running = accepted(session, world), accepted(session, world)
    report = verifiers.report(session, world.verifier_actor, done.matter_id, finding(), None)
    verifiers.revoke_accreditation(session, world.administrator_actor, world.accreditation.id, "It hid a conflict.", ["not_disclosed"])
    assert report in queries.relied_on(session, world.verification_body.id)
    for matter_id in (done.matter_id, running.matter_id):
        assert events_concerning(session, matter_id)[0].action == "accreditation.revoke"


@pytest.mark.rule("7.13")
def test_the_list_of_verifiers_shows_every_accreditation_of_every_status(session: Session, world: SimpleNamespace) -> None:
    found = entered(session, world)
    verifiers.revoke_accreditation(session, world.administrator_actor, found.id, "Fraud.", ["fraud"])
    assert {found.id, world.accreditation.id} <= {one.id for one in queries.accreditations(session)}
    assert {one.body_id for one in queries.accreditations(session, world.verification_body.id)} == {world.verification_body.id}


def test_the_classes_offered_are_the_resource_types() -> None:
    assert tuple((one.code, one.title) for one in RESOURCE_TYPES.values()) == RESOURCE_CLASSES


def test_a_term_ends_on_the_day_before_it_would_begin_again() -> None:
    assert queries.later(date(2022, 1, 1), 3) == date(2024, 12, 31)
    assert queries.later(date(2022, 1, 31), 3) == date(2025, 1, 30)
    assert queries.later(date(2024, 2, 29), 3) == date(2027, 2, 28)


def test_a_closed_body_is_not_offered(session: Session, world: SimpleNamespace) -> None:
    body = builders.organisation(session, world.administrator_actor, "Closed Verification", "verifier")
    verifiers.accredit(session, world.administrator_actor, terms(world, body_id=body.id, number="C-1", valid_until_on=now().date() + timedelta(days=9)))
    assert body in queries.bodies(session)
    body.closed_at = now()
    session.flush()
    assert body not in queries.bodies(session)
    assert body.id not in {one.body_id for one in queries.accredited_bodies(session, world.state, "WND", now().date())}
