"""Many people at once: one decision, one block, one double click; what comes second is told why, and nothing is lost or doubled."""

import random
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import db
from app.compliance import actions as compliance
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.erc_tcs.models import Account
from app.errors import Refused, WrongState
from app.issuance import actions as issuance
from app.issuance import queries as issuance_queries
from app.people import Actor
from tests import builders
from tests import builders_matters as matters
from tests.sizes import size
from tests.system.at_once import Act, at_once, ledger_problems, refusals

rule = pytest.mark.rule
PEOPLE = size(50, 10)
A_PIECE = 30


@pytest.fixture(scope="module")
def crowd(world: SimpleNamespace) -> SimpleNamespace:
    """A world of its own beside the shared one, in another state, with a wind farm and ten reviewers; committed."""
    with db.writing() as session:
        made = builders.world(session, "IA")
        made.resource = matters.approved_application(session, made).resource
        by = made.administrator_actor
        made.reviewers = [Actor.of(builders.person(session, by, f"Reviewer {number}", "reviewer", made.agency)) for number in range(10)]
        return made


def years(start: int = 2022) -> Callable[[], int]:
    """A resource reports a year once: each call gives the next one."""
    at = [start - 1]

    def following() -> int:
        at[0] += 1
        return at[0]

    return following


NEXT_YEAR = years()


def minted(crowd: SimpleNamespace, mwh: int) -> tuple[UUID, str]:
    """A committed report with its ERCs in the provider's account: its id and their serials. Each has a resource of its own."""
    with db.writing() as session:
        report, serials = matters.issued_report(session, crowd, mwh, 2022)
        return report.id, serials


def opened(crowd: SimpleNamespace, kind: str = "general", count: int = 1) -> list[Account]:
    with db.writing() as session:
        return [matters.account(session, crowd, kind) for _ in range(count)]


@rule("8.8")
@pytest.mark.proof("Two people and more decide at once on one report", size=10)
def test_of_ten_who_decide_at_once_one_decides_and_the_rest_are_told_why(crowd: SimpleNamespace) -> None:
    with db.writing() as session:
        report = matters.recommended_report(session, crowd, crowd.resource, matters.months_of(NEXT_YEAR(), 100))
    decide = [partial(decision, by=by, report_id=report.id) for by in crowd.reviewers]
    results = at_once(decide)
    refused = [one for one in results if isinstance(one, Refused)]
    assert len(refused) == 9
    assert all(isinstance(one, WrongState) and "it is issued" in one.words and one.what_to_do for one in refused)
    with db.reading() as session:
        assert [made.ercs for made in issuance_queries.issuances_of_report(session, report.id)] == [100]


def decision(session: Session, by: Actor, report_id: UUID) -> Any:
    return issuance.issue(session, by, report_id, None, "In order.")


@rule("9.4")
@rule("9.8")
@pytest.mark.proof("Reports of one resource decided at once: no serial twice, each fraction carried once", size=3)
def test_reports_of_one_resource_decided_at_once_share_one_carry_and_no_serial(crowd: SimpleNamespace) -> None:
    with db.writing() as session:
        resource = matters.approved_application(session, crowd).resource
        waiting = [matters.recommended_report(session, crowd, resource, matters.months_of(year, "10.5")).id for year in (2022, 2023, 2024)]
    results = at_once([partial(decision, by=by, report_id=one) for by, one in zip(crowd.reviewers, waiting, strict=False)])
    assert not refusals(results)
    with db.reading() as session:
        made = [one for report_id in waiting for one in issuance_queries.issuances_of_report(session, report_id)]
        assert sum(issuance_queries.waiting_carry(session, resource.id).values()) + sum(one.ercs for one in made) == 31.5
    ranges = sorted((one.first_sequence, one.last_sequence) for one in made)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))
    assert ledger_problems() == []


@rule("11.8")
@rule("11.2")
@pytest.mark.proof("Concurrent partial transfers from one block", size=PEOPLE)
def test_concurrent_partial_transfers_from_one_block_each_get_their_own_ercs(crowd: SimpleNamespace) -> None:
    """There is one ERC less than all of them together ask for, so one person goes without."""
    _, serials = minted(crowd, PEOPLE * A_PIECE - 1)
    (source, *receivers) = opened(crowd, count=PEOPLE + 1)
    with db.writing() as session:
        matters.sent(session, crowd, serials, to=source)
    send = [partial(transfer, by=crowd.provider_actor, source=source.number, to=one.number) for one in receivers]
    results = at_once(send, people=PEOPLE)
    assert refusals(results) == {"NotHeld": 1}
    with db.reading() as session:
        got = [erc_tcs_queries.active_quantity(session, one.id) for one in receivers]
        left = erc_tcs_queries.active_quantity(session, source.id)
    assert sorted(got) == [0, *[A_PIECE] * (PEOPLE - 1)]
    assert left == A_PIECE - 1
    assert ledger_problems() == []


def transfer(session: Session, by: Actor, source: str, to: str, serials: str | None = None) -> Any:
    return erc_tcs.transfer(session, by, source, to, serials, None if serials else A_PIECE, "at once")


@rule("11.2")
@pytest.mark.proof("The same ERC sold to several at once goes to one", size=10)
def test_the_same_serials_sold_to_ten_at_once_go_to_one(crowd: SimpleNamespace) -> None:
    _, serials = minted(crowd, 10)
    receivers = opened(crowd, count=10)
    source = crowd.general_account.number
    results = at_once([partial(transfer, by=crowd.provider_actor, source=source, to=one.number, serials=serials) for one in receivers])
    assert refusals(results) == {"NotHeld": 9}
    assert ledger_problems() == []


@pytest.mark.proof("A double click is a repeat", size=2)
def test_a_double_click_is_recorded_once_and_both_answers_are_the_same(app: Flask, crowd: SimpleNamespace) -> None:
    _, serials = minted(crowd, 10)
    (receiver,) = opened(crowd)
    body = {"to_number": receiver.number, "serials": serials, "certified": "true", "reason": "once", "idempotency_key": "one-form-one-key"}
    clients = [builders.client_of(app, crowd.provider, "application/json") for _ in range(2)]
    answers: list[Any] = [None, None]
    barrier = Barrier(2)

    def click(number: int) -> None:
        barrier.wait()
        answers[number] = clients[number].post(f"/accounts/{crowd.general_account.number}/transfer", data=body)

    threads = [Thread(target=click, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200, 200], [answer.text for answer in answers]
    assert answers[0].json["path"] == answers[1].json["path"]
    assert sorted(answer.headers.get("Idempotent-Replay", "") for answer in answers) == ["", "true"]
    with db.reading() as session:
        assert erc_tcs_queries.active_quantity(session, receiver.id) == 10


@rule("1.20")
@rule("9.8")
@rule("11.7")
@pytest.mark.proof("Offers, transfers, surrenders, retirements, holds and cancellations race", size=size(300, 60))
def test_whatever_races_with_whatever_every_erc_is_in_one_place_with_one_status(crowd: SimpleNamespace) -> None:
    """Everybody picks by chance; each is done wholly or refused in words; nothing deadlocks; the ledger replays."""
    race = Race(crowd, random.Random(13))
    results = at_once([race.act() for _ in range(size(300, 60))], people=12)
    assert set(refusals(results)) <= {"NotHeld", "WrongState", "Conflict", "Invalid", "Taken"}
    assert any(not isinstance(one, Refused) for one in results)
    assert ledger_problems() == []
    with db.reading() as session:
        made = [one for report_id in race.reports for one in issuance_queries.issuances_of_report(session, report_id)]
        blocks = erc_tcs_queries.blocks_of_issuances(session, [one.id for one in made])
    assert sum(block.quantity for block in blocks) == sum(one.ercs for one in made)


class Race:
    """Three reports of 200 ERCs, half of each at a power plant, and acts on them by chance."""

    def __init__(self, crowd: SimpleNamespace, chance: random.Random) -> None:
        self.crowd, self.chance = crowd, chance
        issued = [minted(crowd, 200) for _ in range(3)]
        self.reports = [report_id for report_id, _ in issued]
        self.serials = [serials for _, serials in issued]
        (self.broker,) = opened(crowd)
        with db.writing() as session:
            self.egu_id = matters.affected_egu(session, crowd).id
            for serials in self.serials:
                matters.sent(session, crowd, self.piece(serials, 101, 200))
            self.offers = [self.offer_of(session, serials, first).id for serials in self.serials for first in (1, 11, 21, 31)]

    def offer_of(self, session: Session, serials: str, first: int) -> Any:
        from_number, to_number = self.crowd.general_account.number, self.broker.number
        return erc_tcs.offer(session, self.crowd.provider_actor, from_number, to_number, self.piece(serials, first, first + 7), None, "before the race")

    @staticmethod
    def piece(serials: str, first: int, last: int) -> str:
        stem, _, ends = serials.rpartition("-")
        start = int(ends.split("..")[0])
        return f"{stem}-{start + first - 1:09d}..{start + last - 1:09d}"

    def some(self) -> str:
        first = self.chance.randrange(1, 190)
        return self.piece(self.chance.choice(self.serials), first, first + self.chance.randrange(1, 10))

    def act(self) -> Act:
        words = ("transfer", "transfer", "offer", "answer", "surrender", "retire", "hold_and_lift", "cancel")
        act: Act = getattr(self, self.chance.choice(words))()
        return act

    def transfer(self) -> Act:
        crowd, pair = self.crowd, [self.crowd.general_account.number, self.broker.number]
        self.chance.shuffle(pair)
        serials = self.some()
        return lambda session: erc_tcs.transfer(session, crowd.provider_actor, pair[0], pair[1], serials, None, "raced")

    def offer(self) -> Act:
        crowd, serials = self.crowd, self.some()
        return lambda session: erc_tcs.offer(session, crowd.provider_actor, crowd.general_account.number, self.broker.number, serials, None, "raced")

    def answer(self) -> Act:
        crowd, offer_id = self.crowd, self.chance.choice(self.offers)
        answer: Callable[..., Any] = self.chance.choice([erc_tcs.accept, erc_tcs.decline, erc_tcs.withdraw])
        return lambda session: answer(session, crowd.provider_actor, offer_id)

    def surrender(self) -> Act:
        crowd, serials = self.crowd, self.some()
        return lambda session: compliance.surrender(session, crowd.representative_actor, self.egu_id, 2022, serials)

    def retire(self) -> Act:
        crowd, serials = self.crowd, self.some()
        return lambda session: erc_tcs.retire(session, crowd.provider_actor, crowd.general_account.number, serials, None, "Green", "The library")

    def hold_and_lift(self) -> Act:
        crowd, report_id = self.crowd, self.chance.choice(self.reports)

        def perform(session: Session) -> Any:
            placed = issuance.hold(session, crowd.reviewer_actor, report_id, "A doubt.")
            return issuance.lift(session, crowd.reviewer_actor, placed.id, "Nothing found.")

        return perform

    def cancel(self) -> Act:
        crowd, number = self.crowd, self.chance.randrange(3)
        first = self.chance.randrange(1, 195)
        serials = self.piece(self.serials[number], first, first + 3)

        def perform(session: Session) -> Any:
            proposal = issuance.propose_cancellation(session, crowd.reviewer_actor, self.reports[number], serials, None, "data", "Wrong.")
            return issuance.confirm(session, crowd.second_reviewer_actor, proposal.id, "Yes.")

        return perform
