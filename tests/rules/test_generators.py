"""The demonstration reads real generators as published."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.demo.generators import FileRefused, months, number, read, shift

FILE = Path(__file__).parents[2] / "data" / "egrid2016_generators.csv"
HEADER = (
    "sequence,state,plant_name,oris_plant_code,generator_id,boilers,status,prime_mover,primary_fuel,nameplate_mw,capacity_factor,"
    "net_generation_mwh_2016,ozone_season_net_generation_mwh_2016,generation_source,year_on_line,retirement_year"
)


def one(mover: str = "PV", fuel: str = "SUN", generation: str = '"2,935"', year: str = "2015", nameplate: str = "1.2"):
    row = f"1,MN,Plant,59850,G1,0,OP,{mover},{fuel},{nameplate},0.2,{generation},,src,{year},"
    return read([HEADER, row], "MN")[0]


@pytest.mark.parametrize(("text", "value"), [("2,935", "2935"), ("-1,234.5", "-1234.5"), ("(12)", "-12"), ("1,300.0", "1300.0")])
def test_numbers_stand_as_published(text: str, value: str) -> None:
    assert number(text, 2, "nameplate_mw") == Decimal(value)


def test_a_blank_is_no_zero() -> None:
    assert one(generation="").generation_mwh is None
    assert not one(generation="").reports


def test_negative_generation_files_no_report() -> None:
    assert not one(generation='"-1,034"').reports
    assert not one(generation="0").reports
    assert one().reports


@pytest.mark.parametrize("text", ["n/a", "NaN", "Infinity", "12 MW"])
def test_what_is_no_number_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(FileRefused, match="Line 7"):
        number(text, 7, "nameplate_mw")


def test_a_file_of_another_form_is_refused() -> None:
    with pytest.raises(FileRefused, match="year_on_line"):
        read(["state,plant_name", "MN,x"], "MN")


@pytest.mark.rule("2.15")
@pytest.mark.rule("2.23")
@pytest.mark.parametrize(
    ("mover", "fuel", "type_code"),
    [
        ("PV", "SUN", "SOL"),
        ("WT", "WND", "WND"),
        ("ST", "GEO", "GEO"),
        ("HY", "WAT", "HYD-N"),
        ("PS", "WAT", "STO"),
        ("BA", "SUN", "STO"),
        ("FW", "WND", "STO"),
        ("OT", "MWH", "STO"),
        ("ST", "NUC", "NUC-N"),
        ("IC", "LFG", "BIO"),
        ("IC", "OBG", "BIO"),
        ("ST", "BLQ", "BIO"),
        ("ST", "WDS", "BIO"),
        ("ST", "SLW", "BIO"),
        ("ST", "AB", "BIO"),
        ("ST", "MSW", "WTE"),
        ("ST", "WH", "WHP-Z"),
        ("IC", "DFO", "FOS"),
        ("ST", "PUR", "FOS"),
        ("ST", "BFG", "FOS"),
        ("ST", "", "FOS"),
    ],
)
def test_prime_mover_and_fuel_say_as_what_it_is_applied_for(mover: str, fuel: str, type_code: str) -> None:
    assert one(mover, fuel).type_code == type_code


@pytest.mark.rule("2.1")
def test_a_year_is_read_as_its_first_of_january_and_no_year_as_none() -> None:
    assert one(year="2013").installed_on == date(2013, 1, 1)
    assert one(year="").installed_on is None


@pytest.mark.rule("5.4")
@pytest.mark.parametrize("total", ["2935", "1", "7", "0.5", "11563.25", "1234567"])
@pytest.mark.parametrize("year", [2022, 2024])
def test_twelve_months_add_up_to_the_year_exactly(total: str, year: int) -> None:
    rows = months(Decimal(total), year)
    assert [month for month, _ in rows] == [f"{year}-{number:02d}" for number in range(1, 13)]
    assert sum(mwh for _, mwh in rows) == Decimal(total)
    assert all(mwh >= 0 for _, mwh in rows)


def test_every_document_says_that_the_year_was_shifted() -> None:
    assert "2016" in shift(2022)
    assert "2022" in shift(2022)
    assert "1 January" in shift(2022)


def test_the_shipped_file_is_read_whole() -> None:
    lines = FILE.read_text().splitlines()
    found = {state: read(lines, state) for state in ("CO", "IA", "IN", "MN", "NC", "VA")}
    assert {state: len(rows) for state, rows in found.items()} == {"NC": 1189, "MN": 985, "VA": 831, "IA": 789, "IN": 503, "CO": 412}
    assert Counter(row.type_code for row in found["CO"])["STO"] == sum(row.prime_mover in {"PS", "BA"} or row.fuel == "MWH" for row in found["CO"])
    assert all(len({row.key for row in rows}) == len(rows) for rows in found.values())
    assert len(read(lines, "MN", 12)) == 12
