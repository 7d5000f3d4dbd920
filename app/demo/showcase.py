"""The stories of the demonstration, on real generators and units of one state: each is one transaction, told once however often it is asked for.

Partial transfers, a voluntary retirement, a surrender; an M&V report found wrong after its ERCs were split, transferred, surrendered and banked; a
refusal; a return for more information with a new version; and an affected EGU's own ERCs.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session
from tqdm import tqdm

from app.compliance import actions as compliance
from app.compliance import queries as complied
from app.compliance.actions import UnitFacts, YearFigures
from app.db import reading, writing
from app.demo import cast as people
from app.demo import run as parts
from app.demo.cast import Cast, email, organisation, person, slug
from app.demo.generators import Generator, shift
from app.demo.outcome import Known
from app.demo.papers import Case
from app.demo.run import Stage
from app.documents.actions import receive_bytes
from app.documents.kinds import DOCUMENT_KINDS
from app.eligibility import actions as eligibility
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as tracked
from app.issuance import actions as issuance
from app.issuance import queries as issued
from app.mv_reports import actions as mv_reports
from app.people import Actor

STATE, YEAR, PERIOD_START = "CO", 2022, 2022
DATA = Path(__file__).parents[2] / "data"
GENERATORS, UNITS = DATA / "egrid2016_generators.csv", DATA / "epa_units_2021.csv"
LB_PER_SHORT_TON = 2000
ASSUMED_HEAT_RATE = Decimal("10.5")
"""mmBtu of heat input for one net MWh: an assumption, because the unit file has no MWh."""

TRADER, PLANTS = "Front Range Credit Market (demonstration)", "Colorado Power Plants (demonstration)"


@dataclass(frozen=True)
class Unit:
    """An affected unit of EPA's unit file: heat and CO2 of 2021, and no MWh."""

    facility: str
    plant_code: str
    unit_id: str
    heat_mmbtu: Decimal
    co2_lb: Decimal

    @property
    def assumed_mwh(self) -> Decimal:
        return (self.heat_mmbtu / ASSUMED_HEAT_RATE).quantize(Decimal(1))

    @property
    def note(self) -> str:
        """What the figures are, and that the MWh are assumed."""
        return (
            f"Demonstration: CO2 of unit {self.unit_id} at {self.facility} is that of 2021 as EPA publishes it ({self.co2_lb:,f} lb), shifted to {YEAR}."
            f" The unit file gives no MWh: {self.assumed_mwh:,f} net MWh are ASSUMED, the published heat input of {self.heat_mmbtu:,f} mmBtu divided by"
            f" {ASSUMED_HEAT_RATE} mmBtu for one MWh."
        )


@dataclass
class Scene:
    """The stage with those who play only in the stories: a market participant, and the owner of affected EGUs."""

    stage: Stage
    trader: Actor
    representative: Actor
    trading: str
    compliance: str

    @property
    def cast(self) -> Cast:
        return self.stage.cast

    def account_of(self, session: Session, who: Actor) -> str:
        assert who.organisation_id is not None
        return str(tracked.accounts_of(session, who.organisation_id)[0].number)


def play() -> dict[str, Any]:
    """Tell every story that is not told yet, and say where each is to be seen."""
    scene = begin()
    seen: dict[str, Any] = {}
    for name, story in tqdm(STORIES.items(), desc=f"{STATE} stories", unit="story", dynamic_ncols=True):
        with writing() as session:
            story(session, scene)
        with reading() as session:
            seen[name] = WHERE[name](session, scene)
    return seen


def begin() -> Scene:
    stage = parts.begin(STATE)
    with writing() as session:
        people.alone(session)
        setup = Actor.system("demonstration")
        market = organisation(session, setup, TRADER, "participant", STATE)
        trader = person(session, setup, "Tara Trent", email("trader", STATE), "representative", market.id)
        owner = organisation(session, setup, PLANTS, "plant_owner", STATE)
        representative = person(session, setup, "Remy Reyes", email("representative", STATE), "representative", owner.id)
        accounts = [_account(session, setup, kind, home, user) for kind, home, user in (("general", market, trader), ("compliance", owner, representative))]
    return Scene(stage, Actor.of(trader), Actor.of(representative), *accounts)


def _account(session: Session, setup: Actor, kind: str, home: Any, user: Any) -> str:
    known = tracked.accounts_of(session, home.id)
    made = known[0] if known else erc_tcs.open_account(session, setup, kind, f"{home.name} {kind}", home.id, STATE, "", user.id)
    return str(made.number)


# Where the stories begin


def generator(plant: str, generator_id: str) -> Generator:
    """A row of the shipped file by its plant's name and generator."""
    return next(row for row in parts.order(GENERATORS, STATE, YEAR).rows if (row.plant_name, row.generator_id) == (plant, generator_id))


def unit(facility: str, unit_id: str) -> Unit:
    with UNITS.open(newline="", encoding="utf-8") as lines:
        row = next(row for row in csv.DictReader(lines) if row["state"] == STATE and row["facility_name"] == facility and row["unit_id"] == unit_id)
    return Unit(facility, row["oris_plant_code"], unit_id, Decimal(row["heat_input_mmbtu_2021"]), Decimal(row["co2_short_tons_2021"]) * LB_PER_SHORT_TON)


def resource_of(session: Session, row: Generator) -> UUID | None:
    return Known(session, STATE).of([row])[0]


def told(session: Session, words: str) -> bool:
    """Whether a transaction with these words as its reason or purpose is there."""
    return session.scalar(text("SELECT 1 FROM erc_transaction WHERE reason = :words LIMIT 1"), {"words": words}) is not None


def issued_on(session: Session, scene: Scene, row: Generator) -> tuple[UUID, list[str], Actor]:
    """The generator's report with its printed serials, played up to its ERCs if it was not yet; and its provider."""
    case = scene.stage.case(row, YEAR)
    provider = scene.stage.provider(case.plant.owner)
    resource_id = resource_of(session, row) or parts.apply(session, scene.stage, case)
    known = session.scalar(text("SELECT id FROM mv_report WHERE resource_id = :id AND state IN ('issued', 'corrected')"), {"id": resource_id})
    report_id = known or parts.report(session, scene.stage, case, resource_id)
    blocks = tracked.blocks_of_issuances(session, [one.id for one in issued.issuances_of_report(session, report_id)])
    return report_id, tracked.printed(blocks), provider


def registered(session: Session, scene: Scene, one: Unit, unit_class: str = "steam") -> UUID:
    """The affected EGU under the plants' compliance account."""
    known = session.scalar(
        text("SELECT id FROM affected_egu WHERE oris_plant_code = :plant AND unit_id = :unit"), {"plant": one.plant_code, "unit": one.unit_id}
    )
    if known is not None:
        return UUID(str(known))
    return compliance.register_unit(session, scene.cast.administrator, scene.compliance, UnitFacts(one.facility, one.plant_code, one.unit_id, unit_class)).id


# The stories

WIND, WRONG, RETURNED, REFUSED = (
    ("Golden West Power Partners LLC", "GW1"),
    ("Limon III Wind LLC", "WT1"),
    ("Colorado Highlands Wind", "CHW2"),
    ("Cherokee", "5"),
)
FIRST_SALE = "Showcase: first sale of 2022 wind credits"
WRONG_SALE = "Showcase: sale from a report that is found wrong later"
WRONG_MWH = "The meter's multiplier was entered twice for January: these MWh were never generated."


def circulation(session: Session, scene: Scene) -> None:
    """A wind farm's ERCs are sold in parts; some are retired for good, some surrendered for a named unit and period."""
    if told(session, FIRST_SALE):
        return
    _, _, provider = issued_on(session, scene, generator(*WIND))
    own = scene.account_of(session, provider)
    erc_tcs.transfer(session, provider, own, scene.trading, None, 40_000, FIRST_SALE)
    erc_tcs.transfer(session, provider, own, scene.compliance, None, 60_000, "Showcase: sale to the owner of affected EGUs")
    erc_tcs.transfer(session, scene.trader, scene.trading, scene.compliance, None, 15_000, "Showcase: the market participant sells a part on")
    erc_tcs.retire(session, scene.trader, scene.trading, None, 2_500, "Showcase: voluntary retirement", "the visitors of Rocky Mountain National Park, 2022")
    compliance.surrender(session, scene.representative, registered(session, scene, unit("Comanche (470)", "1")), PERIOD_START, None, 30_000)


def found_wrong(session: Session, scene: Scene) -> None:
    """A report is found wrong after its ERCs were split, transferred, surrendered and banked: every piece is found and cancelled, the case opened again."""
    if told(session, WRONG_SALE):
        return
    report_id, (serials,), provider = issued_on(session, scene, generator(*WRONG))
    own, first = scene.account_of(session, provider), tracked_first(serials)
    erc_tcs.transfer(session, provider, own, scene.compliance, piece(serials, first, 8_000), None, WRONG_SALE)
    erc_tcs.transfer(session, provider, own, scene.trading, piece(serials, first + 8_000, 5_000), None, "Showcase: a second part of the same report")
    compliance.surrender(session, scene.representative, registered(session, scene, unit("Comanche (470)", "2")), PERIOD_START, piece(serials, first, 3_000))
    reviewer, second = scene.cast.reviewer, scene.cast.second_reviewer
    held = issuance.hold(session, reviewer, report_id, "Showcase: the readings of January are doubted; the state looks into them.")
    wrong = piece(serials, first, 15_000)
    proposal = issuance.propose_cancellation(session, reviewer, report_id, wrong, None, "data", f"{WRONG_MWH} {shift(YEAR)}")
    issuance.confirm(session, second, proposal.id, "I compared the meter's log with the rows, and agree.")
    issuance.lift(session, reviewer, held.id, "Showcase: the other ERCs of the report are not in doubt.")


def tracked_first(serials: str) -> int:
    return erc_tcs.read_serials(serials)[0].first


def piece(serials: str, first: int, quantity: int) -> str:
    """So many serials from a sequence on, printed."""
    return str(erc_tcs.read_serials(serials)[0].between(first, first + quantity - 1))


def returned(session: Session, scene: Scene) -> None:
    """An application is returned for more information; its new version is approved, and earns ERCs."""
    row = generator(*RETURNED)
    if resource_of(session, row) is not None:
        return
    stage, case = scene.stage, scene.stage.case(row, YEAR)
    provider = stage.provider(case.plant.owner)
    first = parts.draft(session, stage, case)
    parts.submit(session, stage, case, first.id)
    eligibility.take_up(session, scene.cast.reviewer, first.id)
    eligibility.note(session, scene.cast.reviewer, first.id, "Showcase: the interconnection paper names the plant and not the turbines of the second phase.")
    asked = f"The interconnection paper does not say which turbines of the plant it covers. Send one that names generator CHW2. {case.note}"
    eligibility.return_for_more(session, scene.cast.reviewer, first.id, asked)
    fresh = eligibility.begin_new_version(session, provider, first.id)
    covers = f"{row.name}: the agreement covers all turbines of the second phase, which report as generator {row.generator_id}."
    words = f"INTERCONNECTION, SUPPLEMENT\n\n{covers}\n{case.note}\n"
    paper = receive_bytes(words.encode(), f"interconnection-supplement-{slug(row.name)}.txt")
    eligibility.attach(
        session, provider, fresh.id, paper, document_kind="interconnection", heading=f"{DOCUMENT_KINDS['interconnection']} of {row.name}, supplement"
    )
    parts.submit(session, stage, case, fresh.id)
    parts.decide(session, stage, case, fresh.id)
    parts.report(session, stage, case, first.resource_id)


def refused(session: Session, scene: Scene) -> None:
    """A new gas turbine applies, and is denied: the letter says which fact fails which rule."""
    row = generator(*REFUSED)
    if resource_of(session, row) is None:
        parts.apply(session, scene.stage, scene.stage.case(row, YEAR))


def own_ercs(session: Session, scene: Scene) -> None:
    """An affected EGU below its standard earns ERCs on its emissions record; its MWh are assumed, and every paper says so."""
    one = unit("Cherokee", "4")
    egu_id = registered(session, scene, one)
    if complied.records_of(session, egu_id):
        return
    paper = receive_bytes(f"EMISSIONS AND GENERATION OF {YEAR}\n\n{one.note}\n".encode(), f"emissions-{one.plant_code}-{one.unit_id}-{YEAR}.txt")
    figures = YearFigures(YEAR, one.co2_lb, one.assumed_mwh, one.note)
    filed = compliance.file_record(session, scene.representative, egu_id, figures, paper, certified=True)
    issuance.recommend_record(
        session, scene.cast.reviewer, filed.id, "The CO2 is as EPA publishes it; the MWh are assumed for the demonstration, as the record says."
    )
    issuance.issue_record(session, scene.cast.second_reviewer, filed.id, f"I agree with the recommendation and its assumption. {one.note}")


def in_hand(session: Session, scene: Scene) -> None:
    """The next year's reports wait: one for a second person, one for any reviewer, one for the verifier; so nobody who looks finds an empty queue."""
    if _next_report(session, WIND) is not None:
        return
    recommended = parts.file_report(*_next_case(session, scene, WIND))
    mv_reports.take_up(session, scene.cast.reviewer, recommended)
    mv_reports.recommend(session, scene.cast.reviewer, recommended, None, parts.REASONS["recommend_report"])
    parts.file_report(*_next_case(session, scene, WRONG))
    parts.draft_report(*_next_case(session, scene, RETURNED))


def _next_case(session: Session, scene: Scene, key: tuple[str, str]) -> tuple[Session, Stage, Case, UUID]:
    row = generator(*key)
    resource_id = resource_of(session, row)
    assert resource_id is not None
    return session, scene.stage, scene.stage.case(row, YEAR + 1), resource_id


def _next_report(session: Session, key: tuple[str, str]) -> UUID | None:
    """The report of the next year on a generator, if it was begun."""
    begun = text("SELECT id FROM mv_report WHERE resource_id = :id AND extract(year FROM period_start_on) = :year ORDER BY version DESC LIMIT 1")
    found = session.scalar(begun, {"id": resource_of(session, generator(*key)), "year": YEAR + 1})
    return UUID(str(found)) if found else None


STORIES: dict[str, Callable[[Session, Scene], None]] = {
    "circulation": circulation,
    "found_wrong": found_wrong,
    "returned": returned,
    "refused": refused,
    "own_ercs": own_ercs,
    "in_hand": in_hand,
}


# Where they are to be seen


def _application(session: Session, scene: Scene, row: Generator) -> dict[str, str]:
    del scene
    found = session.execute(
        text("SELECT id, state FROM application WHERE resource_id = :id ORDER BY version DESC LIMIT 1"), {"id": resource_of(session, row)}
    ).one()
    return {"application": f"/applications/{found.id}", "state": found.state}


def _serials(session: Session, status: str, row: Generator) -> str:
    """The first ERC of a generator in this status, printed."""
    sequence = session.scalar(
        text("SELECT min(b.first_sequence) FROM erc_block b JOIN issuance i ON i.id = b.issuance_id WHERE i.resource_id = :id AND b.status = :status"),
        {"id": resource_of(session, row), "status": status},
    )
    block = tracked.block_of_sequence(session, int(sequence or 0))
    assert block is not None
    return str(tracked.serial_of(block).between(block.first_sequence, block.first_sequence))


def _circulation(session: Session, scene: Scene) -> dict[str, str]:
    del scene
    row = generator(*WIND)
    return {status: f"/ercs/{_serials(session, status, row)}" for status in ("surrendered", "retired", "active")}


def _found_wrong(session: Session, scene: Scene) -> dict[str, str]:
    del scene
    row = generator(*WRONG)
    report = session.scalar(text("SELECT id FROM mv_report WHERE resource_id = :id AND state = 'corrected'"), {"id": resource_of(session, row)})
    case = session.scalar(text("SELECT egu_id FROM reopened_case ORDER BY opened_at LIMIT 1"))
    return {"cancelled": f"/ercs/{_serials(session, 'cancelled', row)}", "mv_report": f"/mv-reports/{report}", "reopened_case": f"/affected-egus/{case}"}


def _own_ercs(session: Session, scene: Scene) -> dict[str, Any]:
    del scene
    row = session.execute(
        text("SELECT emissions_record_id, ercs FROM issuance WHERE emissions_record_id IS NOT NULL AND issuing_state = :state"), {"state": STATE}
    ).first()
    assert row is not None
    return {"emissions_record": f"/emissions-records/{row.emissions_record_id}", "ercs_issued": row.ercs}


def _in_hand(session: Session, scene: Scene) -> dict[str, str]:
    del scene
    return {what: f"/mv-reports/{_next_report(session, key)}" for what, key in (("second_person", WIND), ("unclaimed", WRONG), ("verifier", RETURNED))}


WHERE: dict[str, Callable[[Session, Scene], dict[str, Any]]] = {
    "circulation": _circulation,
    "found_wrong": _found_wrong,
    "returned": lambda session, scene: _application(session, scene, generator(*RETURNED)),
    "refused": lambda session, scene: _application(session, scene, generator(*REFUSED)),
    "own_ercs": _own_ercs,
    "in_hand": _in_hand,
}
