"""kill -9 of the server while ERCs are minted and transferred: what was answered is there, what was not is done wholly or not at all (rule 11.8)."""

import itertools
import random
import threading
import time
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from app import db
from app.audit import audit, snapshot
from app.config import Settings
from app.documents.queries import store
from app.erc_tcs import queries as erc_tcs_queries
from app.erc_tcs.models import ErcTransaction
from app.issuance import queries as issuance_queries
from app.programme import actions as programme
from app.signing import load_or_create_key
from app.worker import seal_all
from tests import builders
from tests import builders_matters as matters
from tests.sizes import size
from tests.system.served import Served, free_port

rule = pytest.mark.rule
KILLS = size(20)
REPORTS = size(40)
SENDERS = 4
ERCS = 1_000_000


@pytest.fixture(scope="module")
def house(world: SimpleNamespace) -> SimpleNamespace:
    """A world with a rich account, many recommended reports of a month each, and the tokens of those who act."""
    with db.writing() as session:
        made = builders.world(session, "WI")
        resource = matters.approved_application(session, made, nameplate_mw=1_000_000).resource
        _, serials = matters.issued_report(session, made, ERCS, 2022, resource)
        made.source, made.target = matters.account(session, made), matters.account(session, made)
        matters.sent(session, made, serials, to=made.source)
        made.reports = [month_report(session, made, number).id for number in range(REPORTS)]
        made.provider_token = programme.make_token(session, made.provider_actor, "sender")[1]
        made.reviewer_token = programme.make_token(session, made.second_reviewer_actor, "decider")[1]
        return made


def month_report(session: Any, house: SimpleNamespace, number: int) -> Any:
    """Ten MWh in one month of 2022 to 2025, of one of a few further resources."""
    if number % 48 == 0:
        house.small = matters.approved_application(session, house).resource
    year, month = 2022 + number % 48 // 12, number % 12 + 1
    period = {"starts_on": date(year, month, 1), "ends_on": date(year, month, 28)}
    return matters.recommended_report(session, house, house.small, {f"{year}-{month:02d}": 10}, **period)


@pytest.fixture
def served(settings: Settings, house: SimpleNamespace) -> Iterator[Served]:
    found = Served(settings, free_port())
    yield found
    found.kill()


class Crowd:
    """Threads that ask for one act after the other. An act without an answer is asked for again with the same key until it is answered."""

    def __init__(self, served: Served, house: SimpleNamespace) -> None:
        self.served, self.house = served, house
        self.enough = threading.Event()
        self.answers: list[tuple[str, int, dict[str, Any]]] = []
        self.asked_again = 0
        self.reports = iter(house.reports)
        self.threads = [threading.Thread(target=self.send, args=(number,)) for number in range(SENDERS)]
        self.threads.append(threading.Thread(target=self.decide))
        for thread in self.threads:
            thread.start()

    def send(self, number: int) -> None:
        body = {"to_number": self.house.target.number, "quantity": 1, "certified": True, "reason": f"sender {number}"}
        for act in itertools.count():
            if self.enough.is_set():
                return
            self.until_answered(f"/accounts/{self.house.source.number}/transfer", body, self.house.provider_token, f"send-{number}-{act}")

    def decide(self) -> None:
        for report_id in self.reports:
            if self.enough.is_set():
                return
            self.until_answered(f"/mv-reports/{report_id}/issuance", {"reasons": "In order."}, self.house.reviewer_token, f"decide-{report_id}")
            time.sleep(0.2)

    def until_answered(self, path: str, body: dict[str, Any], token: str, key: str) -> None:
        while (answer := self.served.asked("POST", path, body, token, key)) is None:
            self.asked_again += 1
            time.sleep(0.05)
        self.answers.append((key, *answer))

    def finish(self) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self.threads)


@rule("11.8")
@rule("9.8")
@rule("10.13")
@pytest.mark.proof("kill -9 of the server during mints and transfers, then the audit", size=KILLS)
def test_after_the_server_was_killed_every_answered_act_is_there_once_and_the_audit_finds_nothing(
    settings: Settings, house: SimpleNamespace, served: Served
) -> None:
    chance = random.Random(9)
    served.start()
    crowd = Crowd(served, house)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.7, 1.7))
        served.kill()
        served.start()
    time.sleep(0.5)
    crowd.finish()
    served.kill()

    assert {status for _, status, _ in crowd.answers} == {200}, [answer for answer in crowd.answers if answer[1] != 200][:3]
    assert crowd.asked_again > 0, "no act was interrupted, so nothing was proved"
    sends = [key for key, _, _ in crowd.answers if key.startswith("send")]
    decided = {key.removeprefix("decide-") for key, _, _ in crowd.answers if key.startswith("decide")}
    assert sends
    assert decided
    with db.reading() as session:
        between = select(func.count()).select_from(ErcTransaction).where(ErcTransaction.from_account_id == house.source.id)
        assert session.scalar(between) == len(sends)
        assert erc_tcs_queries.active_quantity(session, house.target.id) == len(sends)
        assert erc_tcs_queries.active_quantity(session, house.source.id) == ERCS - len(sends)
        minted = {str(report_id): [one.ercs for one in issuance_queries.issuances_of_report(session, report_id)] for report_id in house.reports}
    assert minted == {str(report_id): [10] if str(report_id) in decided else [] for report_id in house.reports}
    seal_all(load_or_create_key(settings.home))
    with snapshot() as session:
        assert audit(session, store()).problems == []
