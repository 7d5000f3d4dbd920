"""Suspension, reinstatement, revocation and amendment of a qualified resource (rules 3.15a, 13.6, 13.7)."""

from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from app.eligibility import actions, queries
from app.errors import Conflict, NotPermitted, SnapshotChanged, WrongState
from app.record import events_concerning
from tests import builders
from tests.builders import approved_application, draft_application, engage_and_accept


@pytest.mark.rule("13.6")
@pytest.mark.rule("8.8")
def test_a_suspension_is_proposed_by_one_and_carried_out_by_another(session: Session, world: SimpleNamespace) -> None:
    resource = approved_application(session, world).resource
    proposal = actions.propose(session, world.reviewer_actor, resource.id, "suspend", "The meter was changed unreported.")
    assert (resource.status, proposal.state) == ("qualified", "open")
    shown = actions.carry_out(session, proposal)
    assert shown == {"resource": resource.code, "before": "qualified", "after": "suspended"}
    assert "proposal.propose" in [event.action for event in events_concerning(session, resource.id)]


@pytest.mark.rule("13.6")
def test_a_suspended_resource_is_reinstated_and_a_revoked_one_never(session: Session, world: SimpleNamespace) -> None:
    resource = approved_application(session, world).resource
    for kind, status in (("suspend", "suspended"), ("reinstate", "qualified"), ("revoke", "revoked")):
        actions.carry_out(session, actions.propose(session, world.reviewer_actor, resource.id, kind, "Audit."))
        assert resource.status == status
    with pytest.raises(WrongState):
        actions.propose(session, world.reviewer_actor, resource.id, "reinstate", "Please.")


def test_a_candidate_cannot_be_suspended(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(WrongState):
        actions.propose(session, world.reviewer_actor, draft_application(session, world).resource_id, "suspend", "Why not.")


@pytest.mark.rule("8.8")
def test_what_changed_since_the_proposal_is_not_carried_out(session: Session, world: SimpleNamespace) -> None:
    resource = approved_application(session, world).resource
    stale = actions.propose(session, world.reviewer_actor, resource.id, "revoke", "Fraud.")
    actions.carry_out(session, actions.propose(session, world.reviewer_actor, resource.id, "suspend", "Meanwhile."))
    with pytest.raises(SnapshotChanged):
        actions.carry_out(session, stale)


def test_a_provider_proposes_no_suspension(session: Session, world: SimpleNamespace) -> None:
    resource = approved_application(session, world).resource
    with pytest.raises(NotPermitted):
        actions.propose(session, world.provider_actor, resource.id, "suspend", "Rival.")


@pytest.mark.rule("3.15a")
def test_an_amendment_changes_the_resource_only_when_it_is_approved(session: Session, world: SimpleNamespace) -> None:
    first = approved_application(session, world)
    fresh = actions.begin_amendment(session, world.provider_actor, first.resource_id)
    assert (fresh.number != first.number, fresh.version, fresh.facts["installed_on"]) == (True, 1, "2014-03-14")
    with pytest.raises(Conflict, match="still open"):
        actions.begin_amendment(session, world.provider_actor, first.resource_id)
    actions.save(session, world.provider_actor, fresh.id, {**fresh.facts, "name": "Buffalo Ridge Wind East", "nameplate_mw": "30"})
    assert first.resource.name == "Buffalo Ridge Wind"
    engage_and_accept(session, world, fresh)
    actions.verify(session, world.verifier_actor, fresh.id, builders.application_finding(fresh))
    actions.submit(session, world.provider_actor, fresh.id, True)
    actions.take_up(session, world.reviewer_actor, fresh.id)
    actions.recommend(session, world.reviewer_actor, fresh.id, "Proved.")
    actions.approve(session, world.second_reviewer_actor, fresh.id, "Agreed.")
    assert (first.resource.name, first.resource.description["nameplate_mw"], first.resource.status) == ("Buffalo Ridge Wind East", "30", "qualified")
    assert queries.approved_application(session, first.resource_id) is fresh
