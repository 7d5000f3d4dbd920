"""Meter files as people and Excel make them: everything wrong is told at once, with its line."""

import csv
import io
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mv_reports.readings import (
    COLUMNS,
    MAX_ROWS,
    Reading,
    ReadingsRefused,
    month_gaps,
    months_between,
    parse,
    total,
    total_by_year,
)

YEAR = (date(2022, 1, 1), date(2022, 12, 31))
HEADER = "meter_id,month,generation_mwh\n"


def taken(rows: str, header: str = HEADER) -> tuple[Reading, ...]:
    return parse(header + rows, *YEAR)


def problems(content: str | bytes) -> list[str]:
    with pytest.raises(ReadingsRefused) as refusal:
        parse(content, *YEAR)
    assert str(refusal.value).count("\n") == len(refusal.value.problems) - 1
    return [str(problem) for problem in refusal.value.problems]


def problem_of(rows: str) -> str:
    found = problems(HEADER + rows)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.rule("5.4")
def test_a_plain_file_becomes_readings_with_their_lines() -> None:
    assert taken("A,2022-01,10.5\nA,2022-02,0\n") == (
        Reading(2, "A", "2022-01", Decimal("10.5")),
        Reading(3, "A", "2022-02", Decimal(0)),
    )


def test_a_file_from_excel_is_taken_as_it_is() -> None:
    content = b'\xef\xbb\xbfMeter_ID , note,MONTH,generation_mwh\r\nA,x,2022-01,"1,234,567.25"\r\n,,,\r\nB,"two\r\nlines",2022-01, 7 \r\n'
    assert parse(content, *YEAR) == (
        Reading(2, "A", "2022-01", Decimal("1234567.25")),
        Reading(4, "B", "2022-01", Decimal(7)),
    )


def test_a_byte_order_mark_in_text_is_not_part_of_the_first_column() -> None:
    assert parse("\ufeff" + HEADER + "A,2022-01,1\n", *YEAR)[0].generation_mwh == 1


@pytest.mark.rule("5.18")
def test_a_month_of_station_service_is_negative() -> None:
    assert [reading.generation_mwh for reading in taken("A,2022-01,-12.5\nA,2022-02,+3\nA,2022-03,.5\n")] == [
        Decimal("-12.5"),
        Decimal(3),
        Decimal("0.5"),
    ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("A,2022-01,\n", "Line 2: generation_mwh is blank"),
        (",2022-01,1\n", "Line 2: meter_id is blank"),
        ("A,,1\n", "Line 2: month is blank"),
        ("A,2022-01,NaN\n", "is not a number"),
        ("A,2022-01,-Infinity\n", "is not a number"),
        ("A,2022-01,#N/A\n", "is not a number"),
        ("A,2022-01,1E+05\n", "scientific notation"),
        ("A,2022-01,twelve\n", "cannot be read"),
        ('A,2022-01,"1,23"\n', "cannot be read"),
        ('A,2022-01,"1.234,5"\n', "cannot be read"),
        ("A,2022-01,(12)\n", "cannot be read"),
        ("A,2022-01,-\n", "cannot be read"),
        ("A,2022-01,.\n", "cannot be read"),
        ("A,2022-01,١٢\n", "cannot be read"),
        ("A,2022-01,1.1234567\n", "7 decimals; give at most 6"),
        ("A,2022-01,1234567890123\n", "more than 12 digits"),
        ("A,Jan-22,1\n", "not of the form YYYY-MM"),
        ("A,2022-13,1\n", "not of the form YYYY-MM"),
        ("A,2022-1,1\n", "not of the form YYYY-MM"),
        ("A,2021-12,1\n", "outside the report's period 2022-01 to 2022-12"),
        ("A,2023-01,1\n", "outside the report's period"),
        ("A,2022-01,1\nB,2022-01,1\nA,2022-01,2\n", "Line 4: meter A has a row for 2022-01 already, on line 2"),
        ("A,2022-01\n", "has 2 cells"),
        ("=1+1,2022-01,1\n", "begins like a formula"),
        ("A\x07,2022-01,1\n", "cannot be printed"),
        (f"{'A' * 65},2022-01,1\n", "longer than 64"),
        ('A,2022-01,"1"2\n', "quotation mark"),
        ('A,2022-01,"1\n', "quotation mark"),
        ("", "Line 1: the file has no rows"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_its_cure(rows: str, words: str) -> None:
    assert words in problem_of(rows)


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_its_lines() -> None:
    found = problems(HEADER + "A,2022-01,x\n,Jan,\nA,2023-01,1\nA,2023-01,1\n")
    assert [line.split(":")[0] for line in found] == [
        "Line 2",
        "Line 3",
        "Line 3",
        "Line 3",
        "Line 4",
        "Line 5",
        "Line 5",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("meter_id,month\nA,2022-01\n", 'the column "generation_mwh" is missing'),
        ("month,month,meter_id,generation_mwh\n", 'the column "month" is there 2 times'),
        ("meter_id;month;generation_mwh\n", "not separated by commas"),
        ("meter_id\tmonth\tgeneration_mwh\n", "not separated by commas"),
        (HEADER + "A,2022-01,\0\n", "Line 2: there is a NUL byte"),
        ("\ufeffmeter".encode("utf-16"), "not UTF-8"),
        (HEADER.encode() + b"caf\xe9,2022-01,1\n", "Line 2: this is not UTF-8"),
        (b"PK\x03\x04\x00", "NUL byte"),
    ],
)
def test_a_file_of_another_kind_is_refused(content: str | bytes, words: str) -> None:
    assert any(words in problem for problem in problems(content))


@pytest.mark.rule("5.4")
def test_rows_that_add_up_to_more_than_any_column_holds_are_refused() -> None:
    months = "".join(f"M1,2022-{month:02d},999999999999.999999\n" for month in range(1, 13))
    assert "add up to 11,999,999,999,999.999988 MWh, more than 12 digits before the point" in problem_of(months)


def test_a_file_with_more_than_100000_rows_is_refused() -> None:
    rows = "".join(f"M{number},2022-01,1\n" for number in range(3))
    assert len(parse(HEADER + rows, *YEAR, max_rows=3)) == 3
    with pytest.raises(ReadingsRefused, match="Line 4: there are more than 2 rows; split the report"):
        parse(HEADER + rows, *YEAR, max_rows=2)
    assert MAX_ROWS == 100_000


@pytest.mark.rule("9.5")
def test_totals_are_by_calendar_year() -> None:
    readings = parse(HEADER + "A,2022-12,10.7\nB,2022-12,-0.2\nA,2023-01,5.6\n", date(2022, 12, 1), date(2023, 1, 31))
    assert total(readings) == Decimal("16.1")
    assert total_by_year(readings) == {2022: Decimal("10.5"), 2023: Decimal("5.6")}
    assert total(()) == 0


@pytest.mark.rule("5.9")
def test_a_month_without_a_row_is_a_gap_of_its_meter() -> None:
    readings = taken("A,2022-01,1\nA,2022-02,1\nA,2022-03,1\nB,2022-01,1\nB,2022-03,1\n")
    assert month_gaps(readings, date(2022, 1, 15), date(2022, 3, 2)) == (("B", "2022-02"),)
    assert months_between(date(2022, 11, 30), date(2023, 2, 1)) == ("2022-11", "2022-12", "2023-01", "2023-02")


METERS = st.text("ABCxyz019 _-é,\"'", min_size=1, max_size=20).map(str.strip).filter(lambda name: name and name[0] not in "=+-@")
MONTHS = st.integers(1, 12).map(lambda month: f"2022-{month:02d}")
MWH = st.decimals("-999999999", "999999999", places=6)


@given(st.dictionaries(st.tuples(METERS, MONTHS), MWH, min_size=1, max_size=40))
def test_a_file_as_a_spreadsheet_writes_it_is_read_without_change(rows: dict[tuple[str, str], Decimal]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([COLUMNS, *((meter_id, month, f"{mwh:f}") for (meter_id, month), mwh in rows.items())])
    assert parse(file.getvalue(), *YEAR) == tuple(Reading(line, *key, mwh) for line, (key, mwh) in enumerate(rows.items(), start=2))


@pytest.mark.rule("9.5a")
@pytest.mark.parametrize("interval", ["2022-12-22..2023-01-20", "2022-12-22", "2022-12/2023-01"])
def test_a_row_is_one_calendar_month_so_that_no_mwh_is_split_across_new_year_by_days(interval: str) -> None:
    assert "not of the form YYYY-MM" in problem_of(f"A,{interval},30.3\n")
    readings = parse(f"{HEADER}A,2022-12,10.1\nA,2023-01,20.2\n", date(2022, 12, 22), date(2023, 1, 20))
    assert total_by_year(readings) == {2022: Decimal("10.1"), 2023: Decimal("20.2")}


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    for content in (text, HEADER + text):
        with suppress(ReadingsRefused):
            assert all(reading.generation_mwh.is_finite() for reading in parse(content, *YEAR))


@given(st.binary(max_size=300))
def test_no_bytes_whatever_break_the_reader(content: bytes) -> None:
    with suppress(ReadingsRefused):
        assert parse(content, *YEAR)
