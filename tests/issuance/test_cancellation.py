"""Holds, and the cancellation of what was issued by error: every piece is found wherever it is, by two people, once (rules 13.1 to 13.10)."""

import dataclasses
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.compliance import queries as compliance_queries
from app.db import refusal_of
from app.docket.queries import listing, lists
from app.eligibility import actions as eligibility
from app.eligibility.models import Resource
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.erc_tcs.models import ErcBlock, ErcTransaction
from app.erc_tcs.queries import replay
from app.errors import Conflict, Invalid, NotHeld, NotPermitted, SecondPersonNeeded, SerialWrong, SnapshotChanged, Taken, WrongState
from app.issuance import actions as issuance
from app.issuance import forms, letters, queries
from app.mv_reports.models import MvReport
from app.proposal import Proposal
from app.record import events_concerning
from tests import builders
from tests import builders_matters as matters

rule = pytest.mark.rule
Issued = SimpleNamespace


@pytest.fixture
def issued(session: Session, world: SimpleNamespace, resource: Resource) -> Issued:
    """A report with 100 ERCs, numbered 1 to 100 here."""
    report, _ = matters.issued_report(session, world, 100, 2022, resource)
    (made,) = queries.issuances_of_report(session, report.id)
    return SimpleNamespace(session=session, world=world, report=report, before=made.first_sequence - 1, issuance_id=made.id)


def serials(issued: Issued, first: int, last: int) -> str:
    report: MvReport = issued.report
    return f"MN-2022-{report.resource_code}-{report.code}-{issued.before + first:09d}..{issued.before + last:09d}"


def pieces(issued: Issued) -> list[tuple[int, int, str]]:
    blocks = erc_tcs_queries.blocks_of_issuances(issued.session, [issued.issuance_id])
    return [(block.first_sequence - issued.before, block.last_sequence - issued.before, block.status) for block in blocks]


def propose(issued: Issued, named: str | None = None, quantity: int | None = None, cause: str = "data") -> Proposal:
    return issuance.propose_cancellation(issued.session, issued.world.reviewer_actor, issued.report.id, named, quantity, cause, "The meter was wrong.")


def cancel(issued: Issued, named: str | None = None, quantity: int | None = None) -> Proposal:
    return issuance.confirm(issued.session, issued.world.second_reviewer_actor, propose(issued, named, quantity).id, "The test shows it.")


@rule("13.4")
def test_the_notice_of_a_cancellation_says_the_cause_in_words(issued: Issued) -> None:
    proposal = cancel(issued, serials(issued, 41, 60))
    event = next(one for one in events_concerning(issued.session, proposal.id) if one.action == "proposal.confirm")
    assert "Cause: error in the data." in letters.confirmed(event).words
    post = letters.notice(issued.session, event)
    assert post is not None
    assert ("Cause", "error in the data") in [fact for block in post.letter.blocks for fact in block.facts]


@rule("13.3")
def test_named_serials_are_cancelled_and_nothing_else(issued: Issued) -> None:
    cancel(issued, serials(issued, 41, 60))
    assert pieces(issued) == [(1, 40, "active"), (41, 60, "cancelled"), (61, 100, "active")]
    assert issued.report.state == "corrected"
    assert list(replay(issued.session)) == []


@rule("13.2")
def test_by_number_alone_the_last_ones_of_the_report_are_cancelled(issued: Issued) -> None:
    cancel(issued, None, 30)
    assert pieces(issued) == [(1, 70, "active"), (71, 100, "cancelled")]


@rule("13.2")
def test_the_last_ones_are_found_also_after_they_were_sold(issued: Issued) -> None:
    matters.sent(issued.session, issued.world, serials(issued, 81, 100))
    cancel(issued, None, 30)
    assert pieces(issued) == [(1, 70, "active"), (71, 80, "cancelled"), (81, 100, "cancelled")]


@rule("13.3")
@rule("13.5")
def test_pieces_that_are_reserved_held_surrendered_and_retired_are_found_all_the_same(issued: Issued) -> None:
    session, world = issued.session, issued.world
    egu = matters.affected_egu(session, world)
    matters.sent(session, world, serials(issued, 1, 20))
    matters.surrendered(session, world, egu, serials(issued, 1, 10))
    erc_tcs.retire(session, world.provider_actor, world.general_account.number, serials(issued, 21, 30), None, "Green", "The library")
    issuance.hold(session, world.reviewer_actor, issued.report.id, "A doubt.")
    assert [status for _, _, status in pieces(issued)] == ["surrendered", "held", "retired", "held"]
    cancel(issued, serials(issued, 1, 100))
    assert {status for _, _, status in pieces(issued)} == {"cancelled"}
    assert list(replay(session)) == []


@rule("11.8")
def test_an_offer_whose_ercs_were_cancelled_can_no_longer_be_accepted(issued: Issued) -> None:
    session, world = issued.session, issued.world
    broker = matters.account(session, world)
    offer = erc_tcs.offer(session, world.provider_actor, world.general_account.number, broker.number, serials(issued, 41, 60), None)
    assert (41, 60, "reserved") in pieces(issued)
    cancel(issued, serials(issued, 51, 70))
    with pytest.raises(NotHeld, match="only 10"):
        erc_tcs.accept(session, world.provider_actor, offer.id)
    erc_tcs.decline(session, world.provider_actor, offer.id, "too few")
    assert pieces(issued) == [(1, 40, "active"), (41, 50, "active"), (51, 60, "cancelled"), (61, 70, "cancelled"), (71, 100, "active")]


@rule("13.3")
def test_an_erc_is_cancelled_once(issued: Issued) -> None:
    cancel(issued, serials(issued, 41, 60))
    with pytest.raises(Conflict, match="cancelled already"):
        propose(issued, serials(issued, 60, 70))


@rule("13.3")
def test_ercs_that_another_proposal_has_cancelled_meanwhile_are_not_cancelled_again(issued: Issued) -> None:
    session, world = issued.session, issued.world
    waiting = propose(issued, serials(issued, 41, 60))
    attempt = session.begin_nested()
    with pytest.raises(IntegrityError) as broken:
        propose(issued, serials(issued, 51, 55))
    attempt.rollback()
    assert isinstance(refusal_of(broken.value), Taken)
    issuance.confirm(session, world.second_reviewer_actor, waiting.id, "Yes.")
    with pytest.raises(WrongState):
        issuance.confirm(session, world.second_reviewer_actor, waiting.id, "Yes, again.")


@rule("13.3")
def test_a_cancelled_erc_neither_moves_nor_is_surrendered_nor_retired(issued: Issued) -> None:
    session, world = issued.session, issued.world
    cancel(issued, serials(issued, 41, 60))
    with pytest.raises(NotHeld, match="cancelled"):
        matters.sent(session, world, serials(issued, 50, 50).split("..")[0])
    with pytest.raises(NotHeld, match="cancelled"):
        erc_tcs.retire(session, world.provider_actor, world.general_account.number, serials(issued, 41, 42), None, "Green", "The library")


@rule("8.8")
def test_who_proposed_cannot_confirm_nor_refuse(issued: Issued) -> None:
    proposal = propose(issued, serials(issued, 41, 60))
    for answer in (issuance.confirm, issuance.refuse):
        with pytest.raises(SecondPersonNeeded):
            answer(issued.session, issued.world.reviewer_actor, proposal.id, "I am sure.")


@rule("8.8")
def test_a_refused_or_withdrawn_proposal_changes_nothing(issued: Issued) -> None:
    session, world = issued.session, issued.world
    issuance.refuse(session, world.second_reviewer_actor, propose(issued, serials(issued, 1, 5)).id, "Not shown.")
    issuance.withdraw(session, world.reviewer_actor, propose(issued, serials(issued, 1, 5)).id, "A slip.")
    assert pieces(issued) == [(1, 100, "active")]
    assert issued.report.state == "issued"


@rule("8.8")
def test_a_report_that_changed_since_the_proposal_is_proposed_anew(issued: Issued) -> None:
    proposal = propose(issued, serials(issued, 1, 5))
    issued.report.facts = {**issued.report.facts, "changes": "another meter"}
    issued.session.flush()
    with pytest.raises(SnapshotChanged):
        issuance.confirm(issued.session, issued.world.second_reviewer_actor, proposal.id, "Yes.")


@rule("8.8")
@pytest.mark.parametrize("role", ["provider", "verifier", "administrator", "auditor", "representative"])
def test_only_reviewers_propose_hold_and_answer(issued: Issued, role: str) -> None:
    session, by = issued.session, getattr(issued.world, f"{role}_actor")
    proposal = propose(issued, serials(issued, 1, 5))
    with pytest.raises(NotPermitted):
        issuance.propose_cancellation(session, by, issued.report.id, serials(issued, 1, 5), None, "data", "Wrong.")
    with pytest.raises(NotPermitted):
        issuance.hold(session, by, issued.report.id, "A doubt.")
    with pytest.raises(NotPermitted):
        issuance.confirm(session, by, proposal.id, "Yes.")


@rule("8.8")
def test_a_second_reviewer_refuses_a_proposal_but_does_not_withdraw_it(issued: Issued) -> None:
    proposal = propose(issued, serials(issued, 1, 5))
    with pytest.raises(NotPermitted, match="proposer"):
        issuance.withdraw(issued.session, issued.world.second_reviewer_actor, proposal.id, "Not mine.")
    assert issuance.withdraw(issued.session, issued.world.reviewer_actor, proposal.id, "A slip.").state == "withdrawn"


@rule("13.4")
def test_a_cause_outside_the_closed_list_is_refused(issued: Issued) -> None:
    with pytest.raises(Invalid, match="cause"):
        propose(issued, serials(issued, 1, 5), cause="bad luck")


@rule("13.2")
def test_serials_of_another_report_are_refused_with_those_of_this_one(issued: Issued, resource: Resource) -> None:
    _, strange = matters.issued_report(issued.session, issued.world, 50, 2023, resource)
    with pytest.raises(Invalid, match="not issued on this report") as refused:
        propose(issued, strange)
    assert serials(issued, 1, 100) in str(refused.value.what_to_do)


@rule("9.6")
def test_a_serial_with_a_wrong_part_is_refused_with_the_right_one(issued: Issued) -> None:
    wrong = serials(issued, 1, 5).replace("MN-2022", "MN-2023")
    with pytest.raises(SerialWrong, match="MN-2022"):
        propose(issued, wrong)


@rule("13.2")
@pytest.mark.parametrize("quantity", [None, 0, 101])
def test_without_serials_a_possible_number_is_needed(issued: Issued, quantity: int | None) -> None:
    with pytest.raises(Invalid, match="how many"):
        propose(issued, None, quantity)


@rule("12.16")
def test_each_unit_owes_for_its_own_surrender(issued: Issued) -> None:
    session, world = issued.session, issued.world
    one, other = matters.affected_egu(session, world, "1"), matters.affected_egu(session, world, "2")
    matters.sent(session, world, serials(issued, 1, 30))
    matters.surrendered(session, world, one, serials(issued, 1, 10))
    matters.surrendered(session, world, other, serials(issued, 11, 30))
    cancel(issued, serials(issued, 6, 25))
    assert [(case.invalid_ercs, case.replacements_owed) for case in compliance_queries.cases_of(session, one.id)] == [(5, 10)]
    assert [(case.invalid_ercs, case.replacements_owed) for case in compliance_queries.cases_of(session, other.id)] == [(15, 30)]
    for unit in (one, other):
        (row,) = listing.listed(session, lists.AFFECTED_EGUS, listing.Asked({"q": unit.oris_plant_code}))["affected_egus"]
        assert row["surrendered_ercs"] == 5, "the public list counts what is still valid"


@rule("13.5")
def test_the_reopened_case_names_the_transaction_that_took_the_ercs_out_of_the_surrender_account(issued: Issued) -> None:
    session, world = issued.session, issued.world
    egu = matters.affected_egu(session, world)
    matters.sent(session, world, serials(issued, 1, 30))
    matters.surrendered(session, world, egu, serials(issued, 1, 10))
    cancel(issued, serials(issued, 1, 100))
    (case,) = compliance_queries.cases_of(session, egu.id)
    lines = erc_tcs_queries.lines_of(session, case.cancel_transaction_id)
    assert [(line["status_before"], line["status_after"], line["quantity"]) for line in lines] == [("surrendered", "cancelled", 10)]


@rule("13.5")
def test_each_reopened_case_names_the_transaction_of_its_own_state(issued: Issued) -> None:
    session, here, neighbour = issued.session, issued.world, builders.world(issued.session, "WI")
    units = {}
    for place, first in ((here, 1), (neighbour, 11)):
        egu = units[place.state] = matters.affected_egu(session, place)
        matters.sent(session, here, serials(issued, first, first + 9), to=place.compliance_account)
        matters.surrendered(session, place, egu, serials(issued, first, first + 9))
    cancel(issued, serials(issued, 1, 20))
    for place in (here, neighbour):
        (case,) = compliance_queries.cases_of(session, units[place.state].id)
        took = session.get_one(ErcTransaction, case.cancel_transaction_id)
        assert (took.from_account_id, case.invalid_ercs) == (place.surrender_account.id, 10), place.state


@rule("11.7")
def test_held_ercs_do_not_move_and_move_again_when_the_hold_is_lifted(issued: Issued) -> None:
    session, world = issued.session, issued.world
    placed = issuance.hold(session, world.reviewer_actor, issued.report.id, "A doubt.")
    with pytest.raises(NotHeld, match="held"):
        matters.sent(session, world, serials(issued, 1, 5))
    issuance.lift(session, world.reviewer_actor, placed.id, "Nothing found.")
    matters.sent(session, world, serials(issued, 1, 5))
    assert pieces(issued) == [(1, 5, "active"), (6, 100, "active")]


@rule("8.8")
@pytest.mark.parametrize("whose", ["another state", "the provider"])
def test_the_page_to_lift_a_hold_refuses_whom_lifting_would_refuse_in_the_same_words(issued: Issued, whose: str) -> None:
    session, world = issued.session, issued.world
    placed = issuance.hold(session, world.reviewer_actor, issued.report.id, "A doubt.")
    other = {"state": "WI"} if whose == "another state" else {"organisation_id": world.provider_organisation.id}
    stranger = dataclasses.replace(world.reviewer_actor, **other)
    with pytest.raises(NotPermitted) as by_act:
        issuance.lift(session, stranger, placed.id, "Nothing found.")
    with pytest.raises(NotPermitted) as by_page:
        forms.lifting(session, stranger, placed.id)
    assert vars(by_page.value) == vars(by_act.value)
    assert forms.lifting(session, world.reviewer_actor, placed.id).submit == "Lift the hold"


@rule("11.7")
def test_what_is_held_already_is_not_held_twice(issued: Issued) -> None:
    issuance.hold(issued.session, issued.world.reviewer_actor, issued.report.id, "A doubt.")
    with pytest.raises(NotHeld, match="held already"):
        issuance.hold(issued.session, issued.world.reviewer_actor, issued.report.id, "Another doubt.")


@rule("13.10")
def test_holders_are_told_of_the_hold_with_its_reasons(issued: Issued) -> None:
    session, world = issued.session, issued.world
    matters.sent(session, world, serials(issued, 1, 5))
    placed = issuance.hold(session, world.reviewer_actor, issued.report.id, "A doubt.")
    (told,) = events_concerning(session, placed.id)
    assert {world.provider_organisation.id, world.plant_organisation.id} == set(told.tells)
    assert told.facts["reason"] == "A doubt."


@rule("13.7")
def test_suspension_leaves_past_ercs_as_they_are(issued: Issued, resource: Resource) -> None:
    proposal = eligibility.propose(issued.session, issued.world.reviewer_actor, resource.id, "suspend", "A failed audit.")
    done = issuance.confirm(issued.session, issued.world.second_reviewer_actor, proposal.id, "Confirmed.")
    assert (resource.status, done.state, pieces(issued)) == ("suspended", "confirmed", [(1, 100, "active")])
    (told, *_) = events_concerning(issued.session, proposal.id)
    assert (told.action, told.facts["after"]) == ("proposal.confirm", "suspended")


def test_every_block_keeps_one_place_and_one_status(issued: Issued) -> None:
    cancel(issued, serials(issued, 41, 60))
    blocks: list[ErcBlock] = erc_tcs_queries.blocks_of_issuances(issued.session, [issued.issuance_id])
    assert sum(block.quantity for block in blocks) == 100
