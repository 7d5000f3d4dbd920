"""Plays a programme on real generators: every part through the same actions that the web uses, whole or not at all for each generator.

One row of the file is one application, in one transaction; its M&V report is another. What is there already is left as it is, so a second run, or one
after a kill, goes on where the first stopped; the result is counted in the database.
"""

import csv
import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy.orm import Session
from tqdm import tqdm

from app.config import Settings
from app.db import now, reading, writing
from app.demo import Broken, papers
from app.demo import cast as people
from app.demo.cast import FEEDSTOCKS, Cast
from app.demo.generators import FileRefused, Generator, read
from app.demo.outcome import Known, Outcome, claimed, outcome, turns
from app.demo.papers import Case, Plant
from app.documents.actions import receive_bytes
from app.documents.kinds import DOCUMENT_KINDS
from app.eligibility import actions as eligibility
from app.eligibility import queries as eligible
from app.issuance import actions as issuance
from app.mv_reports import actions as mv_reports
from app.mv_reports import queries as reported
from app.people import Actor
from app.programme import actions as programme
from app.verifiers import actions as verifiers
from app.verifiers import queries as engaged
from app.verifiers.independence import CONFLICT_QUESTIONS

Bind = Callable[[Settings], None]
PLANTS = Path(__file__).parents[2] / "data" / "plants.csv"
WORTH_TWO = 24
PR_SET_PDEATHSIG = 1
PROCESSES = 2
VERIFY_WITHIN = timedelta(days=30)
REASONS = {
    "recommend": "All tests pass on the documents submitted; the verifier's opinion is positive.",
    "approve": "I read the documents and the findings, and agree with the recommendation.",
    "deny": "The tests named fail on the facts submitted; the table of grounds gives each.",
    "recommend_report": "The twelve readings add up to the verified MWh; every check passes.",
    "issue": "I compared readings, verification and calculation, and agree with the recommendation.",
}


@dataclass(frozen=True)
class Order:
    """What is to be played: the rows of one state, for one vintage year."""

    state: str
    vintage_year: int
    rows: tuple[Generator, ...]
    turns: tuple[int, ...] = ()


@dataclass
class Stage:
    """Everything that a player needs at hand: the cast, the plants, and the providers met so far."""

    cast: Cast
    plants: dict[str, Plant]
    providers: dict[str, Actor] = field(default_factory=dict)

    def provider(self, owner: str) -> Actor:
        if owner not in self.providers:
            with writing() as session:
                self.providers[owner] = people.provider(session, self.cast.state, owner)
        return self.providers[owner]

    def case(self, generator: Generator, vintage_year: int) -> Case:
        plant = self.plants.get(generator.oris_plant_code) or Plant(generator.plant_name, "", "")
        return Case(generator, plant, vintage_year, frozenset(FEEDSTOCKS))


def order(file: Path, state: str, vintage_year: int, limit: int | None = None) -> Order:
    """The rows of a file. Raises FileRefused, OSError."""
    with file.open(newline="", encoding="utf-8-sig") as lines:
        try:
            rows = tuple(read(lines, state, limit))
        except (UnicodeDecodeError, csv.Error) as error:
            raise FileRefused(f"{file} is no CSV file in UTF-8: {error}. Save it as CSV UTF-8.") from error
    return Order(state, vintage_year, rows, tuple(turns(rows)))


def plants() -> dict[str, Plant]:
    """Owner and place by plant code; a plant that the file does not know is its own owner."""
    with PLANTS.open(newline="", encoding="utf-8") as lines:
        return {row["oris_plant_code"]: Plant(row["owner"] or row["plant_name"], row["latitude"], row["longitude"]) for row in csv.DictReader(lines)}


def run(settings: Settings, bind: Bind, wanted: Order) -> Outcome:
    """Play every row and say what came of it. Many rows are dealt to two processes, all of one owner to the same one."""
    stage = begin(wanted.state)
    if len(wanted.rows) < WORTH_TWO:
        for _ in tqdm(play(stage, wanted), total=len(wanted.rows), desc=f"{wanted.state} generators", unit="gen", dynamic_ncols=True):
            pass
    else:
        _in_processes(settings, bind, stage, wanted)
    with reading() as session:
        return outcome(session, wanted.state, wanted.vintage_year, wanted.rows)


def begin(state: str) -> Stage:
    """The state's programme is there, and this process can play its parts. Demo passwords are hashed cheaply and anew at the first sign-in."""
    programme.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with writing() as session:
        cast = people.set_up(session, state)
    return Stage(cast, plants())


def deal(wanted: Order, known: dict[str, Plant], hands: int) -> list[Order]:
    """The rows in as many hands as there are processes, each owner in one hand, the hands about equally full."""
    by_owner: dict[str, list[tuple[Generator, int]]] = {}
    for row, turn in zip(wanted.rows, wanted.turns, strict=True):
        plant = known.get(row.oris_plant_code)
        by_owner.setdefault(plant.owner if plant else row.plant_name, []).append((row, turn))
    dealt: list[list[tuple[Generator, int]]] = [[] for _ in range(hands)]
    for rows in sorted(by_owner.values(), key=len, reverse=True):
        min(dealt, key=len).extend(rows)
    return [_hand_of(wanted, sorted(rows, key=lambda pair: pair[0].line)) for rows in dealt]


def _hand_of(wanted: Order, rows: list[tuple[Generator, int]]) -> Order:
    return Order(wanted.state, wanted.vintage_year, tuple(row for row, _ in rows), tuple(turn for _, turn in rows))


def _in_processes(settings: Settings, bind: Bind, stage: Stage, wanted: Order) -> None:
    context = multiprocessing.get_context("spawn")
    ticks = context.Queue()
    dealt = deal(wanted, stage.plants, PROCESSES)
    hands = [context.Process(target=_hand, args=(settings, bind, hand, ticks, os.getpid()), daemon=True) for hand in dealt]
    for hand in hands:
        hand.start()
    try:
        with tqdm(total=len(wanted.rows), desc=f"{wanted.state} generators", unit="gen", dynamic_ncols=True) as bar:
            failed = _watch(hands, ticks, bar)
    finally:
        for hand in hands:
            hand.terminate()
            hand.join()
    if failed is not None:
        raise Broken(f"A player of the demonstration ended with {failed}; what it did is kept, and the same command goes on from there.")


def _watch(hands: Sequence[Any], ticks: Any, bar: "tqdm[Any]") -> int | None:
    """Advance the bar until every hand has ended and no tick is left; the exit code of a hand that failed, if one did."""
    while any(hand.is_alive() for hand in hands) or not ticks.empty():
        with suppress(Empty):
            bar.update(ticks.get(timeout=0.3))
        failed = [hand.exitcode for hand in hands if hand.exitcode not in (0, None)]
        if failed:
            return int(failed[0])
    return None


def _hand(settings: Settings, bind: Bind, wanted: Order, ticks: Any, parent: int) -> None:
    """One process's part; it ends with its parent, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    bind(settings)
    for _ in play(begin(wanted.state), wanted):
        ticks.put(1)


def play(stage: Stage, wanted: Order) -> Iterator[Generator]:
    """Each row from application to ERCs, as far as it goes; what is there already is passed over.

    A row is claimed in the transaction that plays it, so that two runs at once, or one that outlived a kill, play it once.
    """
    with reading() as session:
        known = Known(session, wanted.state).of(wanted.rows)
    for row, turn, resource_id in zip(wanted.rows, wanted.turns, known, strict=True):
        case = stage.case(row, wanted.vintage_year)
        if resource_id is None:
            stage.provider(case.plant.owner)
            with writing() as session:
                resource_id = claimed(session, wanted.state, row, turn) or apply(session, stage, case)
        if row.reports and awaits_report(resource_id, wanted.vintage_year):
            with writing() as session:
                claimed(session, wanted.state, row, turn)
                if awaits_report(resource_id, wanted.vintage_year):
                    report(session, stage, case, resource_id)
        yield row


def awaits_report(resource_id: UUID, year: int) -> bool:
    """Whether the resource is qualified and no report of the year was begun."""
    with reading() as session:
        if eligible.resource(session, resource_id).status != "qualified":
            return False
        return not [one for one in reported.reports_of(session, resource_id) if one.period_start_on.year == year and one.state != "withdrawn"]


# One application


def apply(session: Session, stage: Stage, case: Case) -> UUID:
    """From a draft to the decision; returns the resource's id."""
    application = draft(session, stage, case)
    submit(session, stage, case, application.id)
    decide(session, stage, case, application.id)
    return UUID(str(application.resource_id))


def draft(session: Session, stage: Stage, case: Case) -> Any:
    """The provider fills in the form and the EM&V plan, and attaches its papers."""
    by = stage.provider(case.plant.owner)
    application = eligibility.begin(session, by, papers.application_facts(case))
    eligibility.save_plan(session, by, application.id, papers.plan_statements(case))
    name = f"{people.slug(case.generator.name)}.txt"
    for kind, words in (("proof_of_installation", papers.installation_proof(case)), ("interconnection", papers.interconnection(case))):
        heading = f"{DOCUMENT_KINDS[kind]} of {case.generator.name}"
        eligibility.attach(session, by, application.id, receive_bytes(words.encode(), f"{kind}-{name}"), document_kind=kind, heading=heading)
    return application


def submit(session: Session, stage: Stage, case: Case, application_id: UUID) -> None:
    """A verifier is engaged, attests, accepts and reports; then the provider certifies and submits."""
    by, verifier = stage.provider(case.plant.owner), stage.cast.verifier
    eligibility.engage(session, by, application_id, stage.cast.body_id, now().date() + VERIFY_WITHIN)
    accept(session, stage, application_id)
    eligibility.verify(session, verifier, application_id, papers.application_finding(case))
    eligibility.submit(session, by, application_id, certified=True)


def accept(session: Session, stage: Stage, matter_id: UUID) -> None:
    engagement = engaged.open_engagement(session, matter_id)
    assert engagement is not None
    answers = {question.code: False for question in CONFLICT_QUESTIONS}
    verifiers.accept(session, stage.cast.verifier, engagement.id, [stage.cast.verifier.name], answers, "")


def decide(session: Session, stage: Stage, case: Case, application_id: UUID) -> None:
    """One reviewer takes it up; two approve what passes every test, one denies what fails. Reasons stand in the letters, so they say what was shifted."""
    first, second = stage.cast.reviewer, stage.cast.second_reviewer
    application = eligibility.take_up(session, first, application_id)
    codes = eligible.failing_codes(eligible.findings(session, application))
    if codes:
        eligibility.deny(session, first, application_id, codes, f"{REASONS['deny']} {case.note}")
        return
    eligibility.recommend(session, first, application_id, REASONS["recommend"])
    eligibility.approve(session, second, application_id, f"{REASONS['approve']} {case.note}")


# One M&V report


def report(session: Session, stage: Stage, case: Case, resource_id: UUID) -> UUID:
    """From a draft to the ERCs; a report over nameplate times hours stays under review (rule 5.19)."""
    report_id = file_report(session, stage, case, resource_id)
    first, second = stage.cast.reviewer, stage.cast.second_reviewer
    found = mv_reports.take_up(session, first, report_id)
    if not found.flagged:
        mv_reports.recommend(session, first, report_id, None, REASONS["recommend_report"])
        issuance.issue(session, second, report_id, None, f"{REASONS['issue']} {case.note}")
    return report_id


def file_report(session: Session, stage: Stage, case: Case, resource_id: UUID) -> UUID:
    """The provider's part and the verifier's, up to the submission."""
    report_id = draft_report(session, stage, case, resource_id)
    accept(session, stage, report_id)
    mv_reports.verify(session, stage.cast.verifier, report_id, papers.report_finding(case))
    mv_reports.submit(session, stage.provider(case.plant.owner), report_id, certified=True)
    return report_id


def draft_report(session: Session, stage: Stage, case: Case, resource_id: UUID) -> UUID:
    """The provider's part, up to the verifier who is asked."""
    by, year = stage.provider(case.plant.owner), case.vintage_year
    found = mv_reports.begin(session, by, resource_id, date(year, 1, 1), date(year, 12, 31))
    mv_reports.save(session, by, found.id, papers.report_facts(case), {})
    name, readings = people.slug(case.generator.name), papers.meter_csv(case)
    mv_reports.attach_readings(session, by, found.id, receive_bytes(readings.encode(), f"meter-{name}-{year}.csv"), readings)
    evidence = receive_bytes(papers.installation_evidence(case).encode(), f"evidence-{name}-{year}.txt")
    mv_reports.attach(session, by, found.id, evidence, document_kind="evidence", heading=f"Evidence for {year} of {case.generator.name}")
    mv_reports.engage(session, by, found.id, stage.cast.body_id, now().date() + VERIFY_WITHIN)
    return UUID(str(found.id))
