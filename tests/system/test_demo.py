"""The demonstration on real generators: counted against the file by another way, continued after an interruption, whole in every document."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

import migrations
from app import audit as auditing
from app import db
from app.cli.postgres import start_throwaway
from app.config import Settings
from app.demo import run as running
from app.demo import showcase
from app.demo.generators import FileRefused
from app.docket.queries.home import home_page
from app.docket.queries.queue import queue_page
from app.documents import queries as documents
from app.documents.actions import store
from app.main import bind
from app.programme.letters import LETTERS
from app.record import Event
from app.signing import load_or_create_key
from app.worker import seal_all

FILE = Path(__file__).resolve().parents[2] / "data" / "egrid2016_generators.csv"
CHOSEN = {424, 461, 603, 706, 860}
"""Lines of Iowa: two of other biomass gas, one that generated nothing, one solar and one landfill gas without a year on-line."""

NOT_LISTED = {"BLQ", "WDS", "MSW", "SLW", "AB"}
ELIGIBLE = {"SUN", "WND", "GEO", "WAT", "NUC", "LFG", "OBG"}


@pytest.fixture(scope="module")
def own(settings: Settings, database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database of its own, so that the counts are of this file alone."""
    home = tmp_path_factory.mktemp("played")
    cluster = start_throwaway()
    found = replace(settings, home=home, database_url=cluster.url)
    bind(found)
    migrations.upgrade(db.engine())
    yield found
    db.dispose()
    if cluster.stop:
        cluster.stop()
    bind(settings)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fourteen rows of the real file, and one of them again with a nameplate that its generation exceeds."""
    with FILE.open(newline="") as lines:
        rows = list(csv.reader(lines))
    header, iowa = rows[0], [row for number, row in enumerate(rows, 1) if row[1] == "IA" and (number in CHOSEN or number % 90 == 0)]
    place = {name: index for index, name in enumerate(header)}
    flagged = next(list(row) for row in rows if row[1] == "IA" and row[place["primary_fuel"]] == "WND" and row[place["year_on_line"]] >= "2013")
    flagged[place["nameplate_mw"]], flagged[place["generator_id"]] = "0.1", "PARKED"
    found = tmp_path_factory.mktemp("file") / "generators.csv"
    with found.open("w", newline="") as out:
        csv.writer(out).writerows([header, *iowa, flagged])
    return found


def expected(file: Path) -> dict[str, object]:
    """The counts, computed from the file's own columns and the order of rule 8.6, without the programme."""
    denied: Counter[str] = Counter()
    approved = reports = flagged = ercs = 0
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        fuel, mover, year = row["primary_fuel"], row["prime_mover"], row["year_on_line"]
        storage = mover in {"PS", "BA", "FW"} or fuel == "MWH"
        if year and int(year) < 2013:
            denied["INSTALL_DATE"] += 1
        elif storage:
            denied["STORAGE"] += 1
        elif fuel not in ELIGIBLE | NOT_LISTED | {"WH"}:
            denied["NEW_OR_OTHER_FOSSIL"] += 1
        elif fuel in NOT_LISTED:
            denied["FEEDSTOCK_NOT_APPROVED"] += 1
        elif not year or fuel == "WH":
            denied["INCOMPLETE"] += 1
        else:
            approved += 1
            mwh = int(row["net_generation_mwh_2016"].replace(",", "") or 0)
            reports += mwh > 0
            parked = mwh > float(row["nameplate_mw"].replace(",", "")) * 8760
            flagged += parked
            ercs += 0 if parked or mwh <= 0 else mwh
    return {"applications": len(rows), "approved": approved, "denied": dict(denied), "mv_reports": reports, "flagged": flagged, "ercs_issued": ercs}


@pytest.mark.rule("8.6")
@pytest.mark.rule("5.19")
@pytest.mark.rule("9.2")
def test_every_row_is_one_application_and_the_counts_are_those_of_the_file(own: Settings, file: Path) -> None:
    wanted = running.order(file, "IA", 2022)
    came = running.run(own, bind, wanted).facts
    assert came == expected(file)
    assert came["applications"] == came["approved"] + sum(came["denied"].values())
    assert came["flagged"] == 1
    assert {"INSTALL_DATE", "INCOMPLETE"} <= set(came["denied"])
    assert came["ercs_issued"] > 0


def test_a_second_run_doubles_nothing_and_counts_the_same(own: Settings, file: Path) -> None:
    with db.reading() as session:
        before = session.scalar(text("SELECT count(*) FROM event"))
    assert running.run(own, bind, running.order(file, "IA", 2022)).facts == expected(file)
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM event")) == before


class Killed(BaseException):
    """The process ends without warning."""


def test_a_run_that_was_killed_goes_on_where_it_stopped(own: Settings, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle of the report of the next vintage's first generator: nothing of it is there, and the next run does it."""
    wanted = running.order(file, "IA", 2023)
    finish = running.issuance.issue

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(running.issuance, "issue", killed)
    with suppress(Killed):
        running.run(own, bind, wanted)
    monkeypatch.setattr(running.issuance, "issue", finish)
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM mv_report WHERE period_start_on = '2023-01-01'")) == 0
    assert running.run(own, bind, wanted).facts == expected(file)


def test_the_rows_of_one_owner_are_dealt_to_one_process(file: Path) -> None:
    wanted = running.order(FILE, "IA", 2022)
    known = running.plants()
    hands = running.deal(wanted, known, 2)
    owners = [{known[row.oris_plant_code].owner if row.oris_plant_code in known else row.plant_name for row in hand.rows} for hand in hands]
    assert not owners[0] & owners[1]
    assert sorted(row.line for hand in hands for row in hand.rows) == [row.line for row in wanted.rows]


@pytest.mark.rule("9.18")
def test_every_document_says_that_the_year_was_shifted_and_no_two_generators_share_one(own: Settings, file: Path) -> None:
    with db.reading() as session:
        rows = session.execute(
            text(
                "SELECT d.id, d.sha256, d.document_kind, coalesce(a.resource_id, m.resource_id) AS resource_id FROM document d"
                " LEFT JOIN application a ON a.id = d.matter_id LEFT JOIN mv_report m ON m.id = d.matter_id"
            )
        ).all()
        for row in rows:
            with documents.content(documents.document(session, row.id)) as stream:
                words = stream.read().decode()
            assert "2016" in words, row.document_kind
            assert "2022" in words or "2023" in words, row.document_kind
            assert row.document_kind == "meter_readings" or "1 January" in words, row.document_kind
    owners: dict[str, set[object]] = {}
    for row in rows:
        owners.setdefault(row.sha256, set()).add(row.resource_id)
    assert all(len(resources) == 1 for resources in owners.values())


def test_every_letter_says_that_the_year_was_shifted(own: Settings, file: Path) -> None:
    with db.reading() as session:
        for event in session.scalars(select(Event).where(Event.action.in_(LETTERS))):
            post = LETTERS[event.action](session, event)
            assert post is not None
            assert "is that of 2016 as EPA's eGRID2016 publishes it, shifted to 202" in str(post.letter.blocks), event.action


@pytest.mark.parametrize("content", [b"\xff\xfe\x00 not a text", b'state,plant_name\n"never closed'])
def test_a_file_that_is_no_csv_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.csv").write_bytes(content)
    with pytest.raises(FileRefused, match=r"no CSV file in UTF-8|no column"):
        running.order(tmp_path / "file.csv", "IA", 2022)


@pytest.mark.rule("5.4")
def test_the_meter_rows_add_up_to_the_published_generation(own: Settings, file: Path) -> None:
    with db.reading() as session:
        sums = session.execute(text("SELECT report_id, sum(generation_mwh), count(*) FROM meter_reading GROUP BY report_id")).all()
        claimed = {row.id: row.claimed_mwh for row in session.execute(text("SELECT id, claimed_mwh FROM mv_report"))}
    assert sums
    assert all(total == claimed[report] and count == 12 for report, total, count in sums)


@pytest.mark.rule("13.5")
@pytest.mark.rule("13.10")
@pytest.mark.rule("12.16")
def test_the_stories_are_told_once_and_end_as_they_should(own: Settings) -> None:
    seen = showcase.play()
    assert showcase.play() == seen
    assert seen["returned"]["state"] == "approved"
    assert seen["refused"]["state"] == "denied"
    with db.reading() as session:
        kinds = Counter(session.scalars(text("SELECT transaction_kind FROM erc_transaction")))
        versions = session.scalar(text("SELECT max(version) FROM application"))
        case = session.execute(text("SELECT invalid_ercs, replacements_owed FROM reopened_case")).one()
        cancelled = session.scalar(text("SELECT sum(last_sequence - first_sequence + 1) FROM erc_block WHERE status = 'cancelled'"))
    assert {"issue", "transfer", "retire", "surrender", "hold", "cancel", "lift"} <= set(kinds)
    assert versions == 2
    assert tuple(case) == (3_000, 6_000)
    assert cancelled == 15_000


def test_whoever_signs_in_to_try_a_role_finds_something_waiting(own: Settings) -> None:
    seen = showcase.play()["in_hand"]
    cast = showcase.begin().cast
    with db.reading() as session:
        first, second = queue_page(session, cast.reviewer), queue_page(session, cast.second_reviewer)
        asked = home_page(session, cast.verifier)["engagements"]
        report = session.scalar(text("SELECT matter_path FROM engagement WHERE id::text = :id"), {"id": asked[0]["path"].rpartition("/")[2]})
    assert [row["path"] for row in second["second_person"]] == [seen["second_person"]]
    assert seen["unclaimed"] in [row["path"] for row in (*first["mine"], *first["unclaimed"])]
    assert (len(asked), report) == (1, seen["verifier"])


def test_the_audit_finds_nothing_in_all_that_was_played(own: Settings) -> None:
    seal_all(load_or_create_key(own.home))
    with auditing.snapshot() as session:
        assert auditing.audit(session, store()).problems == []
