"""An account error is corrected by two people, the administrator and a reviewer, with notice to both sides in 10 business days (rules 1.3, 13.8)."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import db, public_log
from app.amounts import day_in_words
from app.audit import decisions
from app.config import Settings
from app.db import now
from app.docket.queries import figures, listing, lists
from app.docket.queries.proposals import proposal_page
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.erc_tcs.models import Account, ErcBlock, ErcTransaction
from app.erc_tcs.queries import replay
from app.errors import Conflict, FlowForbidden, Invalid, NotFound, NotHeld, NotPermitted, Refused, SecondPersonNeeded, SerialWrong, SnapshotChanged, WrongState
from app.issuance import actions as issuance
from app.issuance import queries
from app.issuance.models import Issuance
from app.people import Actor
from app.programme import actions as programme
from app.programme.letters import WORDS, letter_bytes, make_letter
from app.proof import verify_trace_file
from app.proposal import Proposal
from app.record import Event, Notice, events_concerning
from app.signing import load_or_create_key
from app.worker import deliver
from tests import builders
from tests import builders_matters as matters
from tests.builders_ledger import Ledger
from tests.builders_ledger import issuance as matters_issuance
from tests.compliance.test_deduction import AFTER, Plant, built
from tests.system.at_once import at_once, ledger_problems, refusals
from tests.system.test_letters import words_of

rule = pytest.mark.rule
JSON = {"Accept": "application/json"}
WHY = "The transfer was typed with the number of another account."


@pytest.fixture
def ledger(session: Session, world: SimpleNamespace) -> Ledger:
    """100 ERCs that belong to PLANT-A and stand, by a clerk's error, in WRONG."""
    made = Ledger(session, world)
    made.play("issue 100 to WIND\ntransfer 1..100 from WIND to WRONG")
    made.account("PLANT-A")
    return made


def propose(ledger: Ledger, named: str = "1..40", wrong: str = "WRONG", right: str = "PLANT-A", by: Actor | None = None) -> Proposal:
    actor = by or ledger.world.administrator_actor
    return issuance.propose_correction(ledger.session, actor, ledger.account(wrong).number, ledger.serials(named), ledger.account(right).number, WHY)


def corrected(ledger: Ledger, named: str = "1..40", wrong: str = "WRONG", right: str = "PLANT-A") -> Proposal:
    return issuance.confirm(ledger.session, ledger.world.reviewer_actor, propose(ledger, named, wrong, right).id, "The form shows it.")


def event_of(ledger: Ledger, proposal: Proposal) -> Event:
    (found,) = [event for event in events_concerning(ledger.session, proposal.id) if event.action == "proposal.confirm"]
    return found


@rule("13.8")
@rule("8.8")
def test_nothing_moves_until_a_reviewer_confirms_and_then_the_named_ercs_are_in_the_right_account(ledger: Ledger) -> None:
    proposal = propose(ledger)
    ledger.play("expect WRONG 100 active\nexpect PLANT-A 0 active")
    issuance.confirm(ledger.session, ledger.world.reviewer_actor, proposal.id, "The form shows it.")
    ledger.play("expect WRONG 60 active\nexpect PLANT-A 40 active\nexpect 1..40 active in PLANT-A")
    assert list(replay(ledger.session)) == []


@rule("13.8")
def test_it_stands_in_the_ledger_as_a_correction_with_its_reason_and_mints_and_cancels_nothing(ledger: Ledger) -> None:
    issued = erc_tcs_queries.totals_by_status(ledger.session)
    proposal = corrected(ledger)
    assert erc_tcs_queries.totals_by_status(ledger.session) == issued
    found = erc_tcs_queries.transaction_by_number(ledger.session, int(proposal.facts["transaction"].rpartition("/")[2]))
    assert (found.transaction_kind, found.quantity, found.reason, found.cause) == ("correct", 40, WHY, None)
    assert found.title == f"Correction of 40 ERCs (transaction {found.number})"
    names = ("transaction_kind", "quantity", "from_account_id", "to_account_id", "by_office", "beneficiary", "purpose")
    unexplained = insert(ErcTransaction).values(reason="", **{name: getattr(found, name) for name in names})
    with pytest.raises(IntegrityError, match="correct_has_reason"), ledger.session.begin_nested():
        ledger.session.execute(unexplained)


@rule("13.8")
@rule("1.3")
@pytest.mark.parametrize("role", ["reviewer", "provider", "verifier", "representative", "auditor"])
def test_only_the_administrator_proposes_a_correction(ledger: Ledger, role: str) -> None:
    with pytest.raises(NotPermitted):
        propose(ledger, by=getattr(ledger.world, f"{role}_actor"))


@rule("13.8")
@rule("1.19")
def test_another_states_administrator_proposes_nothing_for_an_account_of_this_state(ledger: Ledger) -> None:
    agency = builders.organisation(ledger.session, Actor.system("setup"), "Agency of Iowa", "state", "IA")
    other = builders.person(ledger.session, Actor.system("setup"), "Ian Iowa", "administrator", agency)
    with pytest.raises(NotPermitted, match="MN has an administrator of its own"):
        propose(ledger, by=Actor.of(other))


@rule("13.8")
@rule("1.3")
@pytest.mark.parametrize("role", ["administrator", "provider", "verifier", "representative", "auditor"])
def test_only_a_reviewer_confirms_or_refuses_it_and_never_its_proposer(ledger: Ledger, role: str) -> None:
    proposal = propose(ledger)
    for answer in (issuance.confirm, issuance.refuse):
        with pytest.raises(NotPermitted):
            answer(ledger.session, getattr(ledger.world, f"{role}_actor"), proposal.id, "Yes.")
    ledger.play("expect WRONG 100 active")


@rule("13.8")
@rule("8.8")
def test_who_proposed_it_as_administrator_does_not_confirm_it_as_reviewer_later(ledger: Ledger) -> None:
    proposal = propose(ledger)
    as_reviewer = replace(ledger.world.administrator_actor, role="reviewer")
    with pytest.raises(SecondPersonNeeded):
        issuance.confirm(ledger.session, as_reviewer, proposal.id, "I am sure.")


@rule("13.8")
@rule("8.13")
def test_nobody_confirms_for_an_account_of_their_own_organisation(ledger: Ledger) -> None:
    """The set-aside is the agency's own: a reviewer of the state's agent decides, in its place."""
    proposal = propose(ledger, right="STATE")
    with pytest.raises(NotPermitted):
        issuance.confirm(ledger.session, ledger.world.reviewer_actor, proposal.id, "It is ours.")
    session, by = ledger.session, ledger.world.administrator_actor
    home = builders.organisation(session, by, "Tracking Agent", "state_agent", ledger.world.state)
    agent = builders.person(session, by, "Gil Gray", "reviewer", home)
    programme.grant_authority(session, by, home.id, programme.Authority("issuance", "Agreement 14", now().date()))
    session.refresh(agent)
    assert issuance.confirm(session, Actor.of(agent), proposal.id, "The form shows it.").state == "confirmed"
    ledger.play("expect STATE 40 active")


@rule("13.8")
@rule("11.7")
@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("hold 1..10", "they are held.*when the hold is lifted"),
        ("offer 1..10 from WRONG to BROKER", "reserved by an open offer; withdraw the offer first"),
        ("retire 1..10 from WRONG", "they are retired"),
        ("cancel 1..10", "they are cancelled"),
        ("transfer 1..10 from WRONG to BROKER", "they are not in account"),
    ],
)
def test_what_is_not_free_in_the_wrong_account_is_refused_in_words_at_the_proposal_and_at_the_confirmation(ledger: Ledger, word: str, why: str) -> None:
    proposal = propose(ledger, "1..20")
    ledger.play(word)
    with pytest.raises(NotHeld, match=why):
        issuance.confirm(ledger.session, ledger.world.reviewer_actor, proposal.id, "Yes.")
    with pytest.raises(NotHeld, match=why):
        propose(ledger, "10..20")


@rule("13.8")
@rule("12.13")
def test_a_surrendered_erc_is_never_moved_by_a_correction(ledger: Ledger) -> None:
    ledger.play("transfer 1..10 from WRONG to PLANT-A\nsurrender 1..10 from PLANT-A")
    with pytest.raises(NotHeld, match="surrendered and cannot be used again"):
        propose(ledger, "1..10", "PLANT-A", "WIND")
    surrender, general = ledger.world.surrender_account, ledger.account("WIND")
    for wrong, right in ((surrender, general), (general, surrender)):
        with pytest.raises(FlowForbidden, match="To correct"):
            issuance.propose_correction(ledger.session, ledger.world.administrator_actor, wrong.number, ledger.serials("1..10"), right.number, WHY)


@rule("13.8")
def test_serials_accounts_and_reasons_are_looked_at_before_anything_is_proposed(ledger: Ledger) -> None:
    session, by, wrong, right = ledger.session, ledger.world.administrator_actor, ledger.account("WRONG"), ledger.account("PLANT-A")
    typed: list[tuple[str, str, str, type[Exception], str]] = [
        (ledger.serials("1..5").replace("-2022-", "-2021-"), right.number, WHY, SerialWrong, "is not right"),
        ("these ones", right.number, WHY, Invalid, "cannot be read"),
        (ledger.serials("1..5"), wrong.number, WHY, Invalid, "the same account"),
        (ledger.serials("1..5"), right.number[:-1] + "X", WHY, Invalid, "is not an account number"),
        (ledger.serials("1..5"), right.number, "  ", Invalid, "easons"),
    ]
    for serials, to_number, reasons, kind, words in typed:
        with pytest.raises(kind, match=words):
            issuance.propose_correction(session, by, wrong.number, serials, to_number, reasons)
    empty = matters.account(session, ledger.world)
    programme.close_account(session, by, empty.number, "Asked by its owner")
    with pytest.raises(Conflict, match="is closed"):
        issuance.propose_correction(session, by, wrong.number, ledger.serials("1..5"), empty.number, WHY)


@rule("13.8")
@rule("8.8")
def test_the_administrator_withdraws_their_proposal_and_a_refused_one_changes_nothing(ledger: Ledger) -> None:
    proposal = propose(ledger)
    with pytest.raises(NotPermitted):
        issuance.withdraw(ledger.session, ledger.world.reviewer_actor, proposal.id, "Not mine.")
    assert issuance.withdraw(ledger.session, ledger.world.administrator_actor, proposal.id, "A slip.").state == "withdrawn"
    assert issuance.refuse(ledger.session, ledger.world.reviewer_actor, propose(ledger).id, "Not shown.").state == "refused"
    ledger.play("expect WRONG 100 active")


@rule("13.8")
@rule("8.8")
def test_an_account_that_changed_hands_since_the_proposal_is_proposed_anew(ledger: Ledger) -> None:
    proposal = propose(ledger)
    ledger.account("PLANT-A").organisation_id = ledger.world.agency.id
    ledger.session.flush()
    with pytest.raises(SnapshotChanged):
        issuance.confirm(ledger.session, ledger.world.second_reviewer_actor, proposal.id, "Yes.")


def told(session: Session, event: Event) -> set[Any]:
    deliver(session, [event.id])
    return {one.user_id for one in session.query(Notice).filter(Notice.event_id == event.id)}


@rule("13.8")
@rule("8.10")
def test_both_sides_are_told_at_once_their_representatives_elsewhere_too(ledger: Ledger) -> None:
    session, world = ledger.session, ledger.world
    elsewhere = builders.organisation(session, world.administrator_actor, "Broker House", "provider", world.state)
    agent = builders.person(session, world.administrator_actor, "Abe Agent", "provider", elsewhere)
    erc_tcs.name_representative(session, world.administrator_actor, ledger.account("WRONG").number, agent.id, "alternate")
    event = event_of(ledger, corrected(ledger))
    assert {world.provider.id, world.representative.id, agent.id} <= told(session, event)
    words = WORDS["proposal.confirm"](event).words
    for said in ("Account error corrected", WHY, ledger.account("WRONG").number, ledger.account("PLANT-A").number, "can object", "Notice due by"):
        assert said in f"Account error corrected {words}", said


@rule("13.8")
@pytest.mark.parametrize(
    ("then", "due"),
    [
        (datetime(2026, 3, 2, 18, tzinfo=UTC), "2026-03-16"),  # a Monday
        (datetime(2026, 3, 6, 18, tzinfo=UTC), "2026-03-20"),  # a Friday
        (datetime(2026, 3, 3, 3, tzinfo=UTC), "2026-03-16"),  # still Monday in the state
    ],
)
def test_the_notice_is_due_ten_business_days_after_the_correction_in_the_states_own_time(ledger: Ledger, then: datetime, due: str) -> None:
    proposal = propose(ledger)
    with time_machine.travel(then, tick=False):
        issuance.confirm(ledger.session, ledger.world.reviewer_actor, proposal.id, "The form shows it.")
    event = event_of(ledger, proposal)
    assert (event.at, event.facts["notice_due_on"]) == (then, due)
    assert proposal_page(ledger.session, ledger.world.auditor_actor, proposal.id)["notice_due_on"] == due


@rule("13.8")
def test_the_letter_is_the_notice_to_both_and_tells_the_right_to_object(ledger: Ledger) -> None:
    event = event_of(ledger, corrected(ledger))
    kept = make_letter(ledger.session, event.id)
    assert kept is not None
    words = words_of(letter_bytes(ledger.session, kept))
    assert kept == make_letter(ledger.session, event.id)
    wanted = (
        "Notice of the correction of an account error",
        "right to object",
        day_in_words(date.fromisoformat(event.facts["notice_due_on"])),
        WHY,
        "The form shows it.",
    )
    for said in (*wanted, ledger.account("WRONG").number, ledger.account("PLANT-A").number, "River Power", "Prairie Wind", "as of the day on which the error"):
        assert said in words, said


@rule("13.8")
def test_who_may_read_a_proposed_correction_and_who_the_confirmed_one(ledger: Ledger) -> None:
    session, world = ledger.session, ledger.world
    proposal = propose(ledger)
    roles = ("reviewer", "auditor", "administrator", "provider", "representative", "verifier")

    def readers() -> set[str]:
        return {role for role in roles if queries.may_read_proposal(getattr(world, f"{role}_actor"), proposal)}

    assert readers() == {"reviewer", "auditor", "administrator"}
    with pytest.raises(NotFound):
        proposal_page(session, world.provider_actor, proposal.id)
    page = proposal_page(session, world.administrator_actor, proposal.id)
    assert [act["label"] for act in page["actions"]] == ["Withdraw"]
    assert page["next"]["waits_for"] == "a reviewer of MN"
    assert [(line["words"], line["reason"]) for line in page["history"]] == [("Proposed", WHY)]
    assert [act["label"] for act in proposal_page(session, world.reviewer_actor, proposal.id)["actions"]] == ["Confirm", "Refuse"]
    issuance.confirm(session, world.reviewer_actor, proposal.id, "The form shows it.")
    assert readers() == set(roles)
    public = proposal_page(session, Actor.public(), proposal.id)
    assert (public["proposed_by"], public["decided_by"], public["decision_reasons"]) == ("", "", "The form shows it.")
    done = proposal_page(session, world.representative_actor, proposal.id)
    assert done["letter"]["path"] == f"/letters/{event_of(ledger, proposal).id}.pdf"
    assert done["about"]["path"] == ledger.account("WRONG").path
    assert done["next"]["words"] == "A reviewer confirmed it, and it was carried out."
    assert [line["words"] for line in done["history"]] == ["Proposal confirmed"]


@rule("13.8")
def test_a_correction_counts_as_no_transfer_in_the_figures_and_is_found_among_the_transactions(ledger: Ledger) -> None:
    def moved() -> dict[str, int]:
        return {name: sum(row[name] for row in figures.data_page(ledger.session)["by_month"]) for name in figures.MOVES.values()}

    before = moved()
    corrected(ledger)
    assert moved() == before
    found = listing.listed(ledger.session, lists.TRANSACTIONS, listing.Asked({"kind": "correct"}))["transactions"]
    assert [row["quantity"] for row in found] == [40]


# The deadline


@pytest.fixture
def plant(session: Session, world: SimpleNamespace) -> Plant:
    """A plant that owes 10 ERCs by 1 May 2025."""
    made = built(session, world)
    made.unit("1", 10)
    return made


def sent_wrong(plant: Plant, at: datetime) -> tuple[Account, tuple[int, int]]:
    """Ten ERCs that the broker meant for the plant, recorded in another account on a day."""
    wrong = matters.account(plant.session, plant.world)
    with time_machine.travel(at):
        row = matters_issuance(plant.session, plant.world, plant.broker, 10, 2022)
        erc_tcs.transfer(plant.session, plant.world.provider_actor, plant.broker.number, wrong.number, None, 10)
    return wrong, (row.first_sequence or 0, row.last_sequence or 0)


def put_right(plant: Plant, wrong: Account, right: Account, ends: tuple[int, int], at: datetime) -> None:
    with time_machine.travel(at):
        proposal = issuance.propose_correction(plant.session, plant.world.administrator_actor, wrong.number, plant.serials(*ends), right.number, WHY)
        issuance.confirm(plant.session, plant.world.reviewer_actor, proposal.id, "The form shows it.")


BEFORE_DEADLINE, LATE = datetime(2025, 4, 20, 12, tzinfo=UTC), datetime(2025, 5, 10, 12, tzinfo=UTC)


@rule("13.8")
@rule("12.8")
@rule("11.5")
def test_a_correction_after_the_deadline_does_not_wait_and_loses_no_deadline(plant: Plant) -> None:
    wrong, ends = sent_wrong(plant, BEFORE_DEADLINE)
    with time_machine.travel(LATE):
        assert erc_tcs_queries.waiting(plant.session, plant.account) is not None
    put_right(plant, wrong, plant.account, ends, LATE)
    (recorded,) = erc_tcs_queries.recorded(plant.session, plant.account.id)
    assert (recorded.recorded_at.date(), recorded.own_issuance) == (BEFORE_DEADLINE.date(), False)
    plant.deducted()
    assert plant.gone() == [ends]


@rule("13.8")
@rule("12.8")
def test_an_error_after_the_deadline_is_put_right_but_not_before_it(plant: Plant) -> None:
    wrong, ends = sent_wrong(plant, LATE)
    put_right(plant, wrong, plant.account, ends, AFTER)
    plant.deducted()
    assert plant.gone() == []


@rule("13.8")
@rule("12.8")
def test_a_correction_that_is_corrected_again_keeps_the_day_of_the_first_error(plant: Plant) -> None:
    wrong, ends = sent_wrong(plant, BEFORE_DEADLINE)
    other = matters.account(plant.session, plant.world)
    put_right(plant, wrong, other, ends, LATE)
    put_right(plant, other, plant.account, ends, AFTER)
    plant.deducted()
    assert plant.gone() == [ends]


@rule("13.8")
@rule("12.10")
def test_what_was_issued_into_the_wrong_account_counts_as_the_right_ones_own_issuance(plant: Plant) -> None:
    wrong = matters.account(plant.session, plant.world)
    with time_machine.travel(BEFORE_DEADLINE):
        row = matters_issuance(plant.session, plant.world, wrong, 10, 2022)
    put_right(plant, wrong, plant.account, (row.first_sequence or 0, row.last_sequence or 0), LATE)
    (recorded,) = erc_tcs_queries.recorded(plant.session, plant.account.id)
    assert (recorded.recorded_at.date(), recorded.own_issuance) == (BEFORE_DEADLINE.date(), True)


# The audit, many at once, and the pages


@rule("13.8")
@rule("10.13")
def test_the_audit_finds_nothing_in_a_correction_and_names_one_that_nobody_confirmed(ledger: Ledger) -> None:
    def found() -> list[str]:
        ledger.session.flush()
        return [one.subject for one in decisions.checks(ledger.session) if one.check == "correction"]

    corrected(ledger)
    assert found() == []
    alone = erc_tcs.correct(ledger.session, ledger.world.reviewer_actor, ledger.account("WRONG"), ledger.account("PLANT-A"), [ledger.serials("41..50")], "x")
    assert found() == [f"transaction {alone.number}"]


@pytest.fixture(scope="module")
def wronged(app: Flask, world: SimpleNamespace) -> SimpleNamespace:
    """A report whose 100 ERCs were sent to the wrong account, committed."""
    with db.writing() as session:
        _, serials = matters.issued_report(session, world, 100, 2022)
        wrong = matters.account(session, world)
        matters.sent(session, world, serials, to=wrong)
        start, _, ends = serials.rpartition("-")
        first = int(ends.split("..")[0])
        return SimpleNamespace(wrong=wrong, start=start, first=first, right=world.compliance_account)


def piece(wronged: SimpleNamespace, first: int, last: int) -> str:
    return f"{wronged.start}-{wronged.first + first - 1:09d}..{wronged.first + last - 1:09d}"


def committed(world: SimpleNamespace, wronged: SimpleNamespace, first: int, last: int) -> Proposal:
    with db.writing() as session:
        named = piece(wronged, first, last)
        return issuance.propose_correction(session, world.administrator_actor, wronged.wrong.number, named, wronged.right.number, WHY)


@rule("13.8")
@rule("8.8")
def test_of_two_who_confirm_at_once_one_succeeds(wronged: SimpleNamespace, world: SimpleNamespace) -> None:
    proposal = committed(world, wronged, 1, 10)
    reviewers = (world.reviewer_actor, world.second_reviewer_actor)
    results = at_once([lambda session, by=by: issuance.confirm(session, by, proposal.id, "The form shows it.") for by in reviewers])
    assert refusals(results) == {WrongState.__name__: 1}
    assert ledger_problems() == []


@rule("13.8")
@rule("10.2")
@rule("14.7")
def test_the_trace_tells_a_correction_and_its_proof_holds(wronged: SimpleNamespace, world: SimpleNamespace, app: Flask, settings: Settings) -> None:
    proposal = committed(world, wronged, 11, 20)
    with db.writing() as session:
        issuance.confirm(session, world.reviewer_actor, proposal.id, "The form shows it.")
    with db.writing() as session:
        public_log.seal(session, load_or_create_key(settings.home))
    whole = app.test_client().get(f"/ercs/{piece(wronged, 15, 15).split('..')[0]}", headers=JSON).get_json()
    assert (whole["status"], whole["holder"]["account_number"]) == ("active", wronged.right.number)
    line = [one for one in whole["history"] if one.get("status_after")][-1]
    assert (line["kind"], line["words"], line["reason"]) == ("correct", "Account error corrected", WHY)
    assert (line["from"]["account_number"], line["to"]["account_number"]) == (wronged.wrong.number, wronged.right.number)
    assert verify_trace_file(whole, None) == []
    hidden = {**whole, "history": [one for one in whole["history"] if one is not line]}
    assert any("leaves out a correct" in words for words in verify_trace_file(hidden, None))
    line["from"] = {**line["from"], "account_number": wronged.right.number}
    assert any("otherwise than it was sealed: sender" in words for words in verify_trace_file(whole, None))


@rule("13.8")
@rule("1.3")
def test_the_pages_and_the_api_carry_a_correction_from_the_accounts_page_to_its_notice(wronged: SimpleNamespace, world: SimpleNamespace, app: Flask) -> None:
    administrator, reviewer = builders.client_of(app, world.administrator), builders.client_of(app, world.reviewer)
    owner = builders.client_of(app, world.representative)
    address = f"{wronged.wrong.path}/correction"
    assert address in administrator.get(wronged.wrong.path).text
    assert address not in reviewer.get(wronged.wrong.path).text
    assert piece(wronged, 21, 100) in administrator.get(address).text
    typed = {"serials": piece(wronged, 21, 30), "to_number": wronged.right.number, "reasons": WHY}
    checked = administrator.post(address, data={**typed, "check": "first"}).text
    for said in ("10 ERCs", wronged.right.title, "Nothing moves until a reviewer confirms", "Nothing is done yet."):
        assert said in checked, said
    again = administrator.post(address, data={**typed, "to_number": "CA-1", "check": "first"})
    assert (again.status_code, WHY in again.text) == (422, True)
    proposed = administrator.post(address, data={**typed, "idempotency_key": "first"})
    assert proposed.status_code == 303
    page = administrator.get(proposed.location).text
    assert "Waiting for" in page or "a reviewer of MN" in page
    assert proposed.location in administrator.get("/proposals").text
    refused = administrator.get(f"{proposed.location}/confirmation")
    assert refused.status_code == 403
    told = reviewer.post(f"{proposed.location}/confirmation", data={"reasons": "It shows.", "check": "first"}).text
    for said in ("10 ERCs", wronged.wrong.number, wronged.right.number, "as the correction of an account error", "the notice is due by"):
        assert said in told, said
    assert reviewer.post(f"{proposed.location}/confirmation", data={"reasons": "It shows.", "idempotency_key": "second"}).status_code == 303
    assert "Notice to both sides" in owner.get(proposed.location).text
    by_program = administrator.post(address, json={**typed, "serials": piece(wronged, 31, 40)}, headers=JSON)
    assert (by_program.status_code, by_program.get_json()["state"]) == (200, "open")
    withdrawn = administrator.post(f"{by_program.get_json()['path']}/withdrawal", json={"reasons": "A slip."}, headers=JSON)
    assert (withdrawn.status_code, withdrawn.get_json()["state"]) == (200, "withdrawn")
    lost = administrator.post(address, json={"reasons": WHY}, headers=JSON)
    assert lost.status_code == 422
    assert {"serials", "to_number"} <= set(json.dumps(lost.get_json()).replace('"', " ").split())


@rule("13.8")
def test_nothing_leaves_a_terminal_account_by_a_correction_and_its_page_says_so(world: SimpleNamespace, app: Flask) -> None:
    administrator = builders.client_of(app, world.administrator)
    assert "/correction" not in administrator.get(world.cancellation_account.path).text
    page = administrator.get(f"{world.cancellation_account.path}/correction")
    assert page.status_code in (409, 422)
    assert "Nothing leaves a cancellation account by a correction" in page.text


@rule("13.8")
@rule("11.8")
def test_a_correction_that_races_with_every_other_act_on_the_same_ercs_leaves_each_in_one_place(wronged: SimpleNamespace, world: SimpleNamespace) -> None:
    wrong, named = wronged.wrong.number, piece(wronged, 51, 90)
    proposal = committed(world, wronged, 51, 90)
    with db.reading() as session:
        blocks = session.scalars(select(ErcBlock).where(ErcBlock.account_id == wronged.wrong.id))
        report_id = session.get_one(Issuance, next(iter(blocks)).issuance_id).mv_report_id
    sender, reviewer, second = world.provider_actor, world.reviewer_actor, world.second_reviewer_actor
    acts = [
        lambda session: issuance.confirm(session, reviewer, proposal.id, "The form shows it."),
        lambda session: erc_tcs.transfer(session, sender, wrong, wronged.right.number, piece(wronged, 51, 60), None),
        lambda session: erc_tcs.retire(session, sender, wrong, piece(wronged, 61, 70), None, "Of our own will", "The town"),
        lambda session: erc_tcs.offer(session, sender, wrong, wronged.right.number, piece(wronged, 71, 80), None),
        lambda session: issuance.hold(session, second, report_id, "Looked into."),
    ]
    results = at_once(acts)
    assert ledger_problems() == []
    assert sum(refusals(results).values()) < len(acts), "nobody was served"
    moved_on = [one for one in results[1:4] if not isinstance(one, Refused)]
    assert isinstance(results[0], Refused) or not moved_on, f"{named} went two ways"
