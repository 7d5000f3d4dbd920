"""Monthly meter data: from the text of a CSV file to readings with their line numbers (rules 5.4, 5.11, 5.18a).

A row is one calendar month, so no MWh is ever split across the end of a year or of a compliance period by counting days (rule 9.5a).
Every problem of a file is found in one pass and told with its line and its cure, so that a person corrects a file once.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

COLUMNS = ("meter_id", "month", "generation_mwh")
MAX_ROWS = 100_000
MAX_DECIMALS = 6
MAX_WHOLE_DIGITS = 12
MAX_METER_ID = 64
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
NUMBER = re.compile(r"(?P<sign>[-+]?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.(?P<part>[0-9]+))?")
NOT_NUMBERS = {"nan", "inf", "infinity", "#n/a", "#value!", "#ref!", "#div/0!"}
FORMULA_STARTS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Reading:
    """One meter in one month ("2022-07"): net MWh, negative in a month of station service; and its line in the file."""

    line_number: int
    meter_id: str
    month: str
    generation_mwh: Decimal

    @property
    def year(self) -> int:
        """The vintage of the month."""
        return int(self.month[:4])


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on which line of the file, and what to do."""

    line_number: int
    words: str

    def __str__(self) -> str:
        return f"Line {self.line_number}: {self.words}"


class ReadingsRefused(ValueError):
    """A meter file that cannot be taken as it is, with every problem in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def parse(content: str | bytes, starts_on: date, ends_on: date, max_rows: int = MAX_ROWS) -> tuple[Reading, ...]:
    """The readings of a meter file whose report covers the period; raises ReadingsRefused with all problems."""
    rows, problems = rows_of(text_of(content), max_rows)
    columns, header_problems = columns_of(rows)
    if columns is None:
        raise ReadingsRefused([*problems, *header_problems])
    readings: list[Reading] = []
    seen: dict[tuple[str, str], int] = {}
    for line_number, row in rows[1:]:
        reading, found = reading_of(line_number, row, columns)
        if reading is not None:
            found += placement_problems(reading, seen, (starts_on, ends_on))
            readings.append(reading)
        problems += found
    if not rows[1:] and not problems:
        problems.append(Problem(1, "the file has no rows; add one row for each meter and month"))
    problems += total_problems(readings)
    if problems:
        raise ReadingsRefused(sorted(problems, key=lambda problem: problem.line_number))
    return tuple(readings)


def text_of(content: str | bytes) -> str:
    """The text of the file, without a byte-order mark; refuses what is not UTF-8 or has NUL bytes in it."""
    text = decoded(content) if isinstance(content, bytes) else content
    if "\0" in text:
        line_number = text[: text.index("\0")].count("\n") + 1
        words = "there is a NUL byte, so this is not a text file; save it as CSV UTF-8"
        raise ReadingsRefused([Problem(line_number, words)])
    return text.removeprefix("\ufeff")


def decoded(content: bytes) -> str:
    """UTF-8 with or without a byte-order mark."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_number = content[: error.start].count(b"\n") + 1
        words = "this is not UTF-8 text; in Excel, save as CSV UTF-8 (comma delimited)"
        raise ReadingsRefused([Problem(line_number, words)]) from error


def rows_of(text: str, max_rows: int) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """The rows that are not empty, each with the line it starts on, as far as the file can be read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    line_number = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((line_number, row))
            line_number = reader.line_num + 1
            if len(rows) > max_rows + 1:
                words = f"there are more than {max_rows:,} rows; split the report, or sum the data by month"
                return rows, [Problem(rows.pop()[0], words)]
    except csv.Error as error:
        return rows, [Problem(line_number, f"the line cannot be read ({error}); look for a quotation mark too many")]
    return rows, []


def columns_of(rows: list[tuple[int, list[str]]]) -> tuple[dict[str, int] | None, list[Problem]]:
    """Where each needed column stands; further columns are allowed and not read."""
    if not rows:
        return None, [Problem(1, f"the file is empty; give the columns {', '.join(COLUMNS)} and one row a month")]
    line_number, header = rows[0]
    names = [name.strip().lower() for name in header]
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        words = "the columns are not separated by commas; save the file as CSV UTF-8 (comma delimited)"
        return None, [Problem(line_number, words)]
    problems = [Problem(line_number, f'the column "{name}" is missing; the first line names {", ".join(COLUMNS)}') for name in COLUMNS if name not in names]
    problems += [Problem(line_number, f'the column "{name}" is there {names.count(name)} times; keep one') for name in COLUMNS if names.count(name) > 1]
    return (None if problems else {name: names.index(name) for name in COLUMNS}), problems


def reading_of(line_number: int, row: list[str], columns: dict[str, int]) -> tuple[Reading | None, list[Problem]]:
    """One row as a reading, or everything that is wrong with it."""
    if len(row) <= max(columns.values()):
        return None, [Problem(line_number, f"the row has {len(row)} cells and ends too early; fill all columns")]
    meter_id, month, number = (row[columns[name]].strip() for name in COLUMNS)
    words = [*meter_problems(meter_id), *month_problems(month), *number_problems(number)]
    if words:
        return None, [Problem(line_number, sentence) for sentence in words]
    return Reading(line_number, meter_id, month, Decimal(number.replace(",", ""))), []


def meter_problems(meter_id: str) -> Iterator[str]:
    """A meter needs a short printable name that no spreadsheet takes for a formula."""
    if not meter_id:
        yield "meter_id is blank; name the meter"
    elif len(meter_id) > MAX_METER_ID:
        yield f"meter_id is longer than {MAX_METER_ID} characters; shorten it"
    elif not meter_id.isprintable():
        yield "meter_id has a character that cannot be printed; retype it"
    elif meter_id.startswith(FORMULA_STARTS):
        yield f'meter_id "{meter_id}" begins like a formula; begin with a letter or a digit'


def month_problems(month: str) -> Iterator[str]:
    """A month is written as a year and two digits; Excel likes to rewrite it."""
    if not month:
        yield "month is blank; write it as YYYY-MM, such as 2022-01"
    elif not MONTH.fullmatch(month):
        yield f'month "{month}" is not of the form YYYY-MM, such as 2022-01; in Excel, format the column as text'


def number_problems(number: str) -> Iterator[str]:
    """MWh are a plain decimal number, with or without thousands separators, with at most six decimals."""
    match = NUMBER.fullmatch(number)
    if not number:
        yield "generation_mwh is blank; enter the MWh, or 0 when the meter counted none"
    elif number.lower().lstrip("+-") in NOT_NUMBERS:
        yield f'generation_mwh "{number}" is not a number; enter the MWh of the month'
    elif re.fullmatch(r"[-+]?[0-9.]+[eE][-+]?[0-9]+", number):
        yield f'generation_mwh "{number}" is in scientific notation; in Excel, format the column as a number'
    elif match is None or not (match["whole"] or match["part"]):
        yield f'generation_mwh "{number}" cannot be read; write it as 1234.5 or "1,234.5", and -12 for a negative month'
    elif len(match["part"] or "") > MAX_DECIMALS:
        yield f"generation_mwh has {len(match['part'])} decimals; give at most {MAX_DECIMALS}"
    elif len(match["whole"].replace(",", "").lstrip("0")) > MAX_WHOLE_DIGITS:
        yield f"generation_mwh has more than {MAX_WHOLE_DIGITS} digits before the point; check the unit, it is MWh"


def placement_problems(reading: Reading, seen: dict[tuple[str, str], int], period: tuple[date, date]) -> list[Problem]:
    """A month must touch the period of the report, and a meter has one row for it."""
    problems = []
    first, last = f"{period[0]:%Y-%m}", f"{period[1]:%Y-%m}"
    if not first <= reading.month <= last:
        words = f"month {reading.month} is outside the report's period {first} to {last}; remove the row or correct it"
        problems.append(Problem(reading.line_number, words))
    earlier = seen.setdefault((reading.meter_id, reading.month), reading.line_number)
    if earlier != reading.line_number:
        words = f"meter {reading.meter_id} has a row for {reading.month} already, on line {earlier}; keep one"
        problems.append(Problem(reading.line_number, words))
    return problems


def total_problems(readings: list[Reading]) -> Iterator[Problem]:
    """The sum has no more digits than one month may have: no resource generates a million million MWh."""
    if abs(total(readings)) >= 10**MAX_WHOLE_DIGITS:
        words = f"the rows add up to {total(readings):,f} MWh, more than {MAX_WHOLE_DIGITS} digits before the point; check the unit, it is MWh"
        yield Problem(readings[-1].line_number, words)


def total(readings: Iterable[Reading]) -> Decimal:
    """Net MWh of all rows."""
    return sum((reading.generation_mwh for reading in readings), Decimal(0))


def total_by_year(readings: Iterable[Reading]) -> dict[int, Decimal]:
    """Net MWh by vintage, the calendar year in which the MWh occurred (rules 5.4, 9.5)."""
    years: dict[int, Decimal] = defaultdict(Decimal)
    for reading in readings:
        years[reading.year] += reading.generation_mwh
    return dict(sorted(years.items()))


def months_between(starts_on: date, ends_on: date) -> tuple[str, ...]:
    """The months that a period touches, "2022-01" to "2022-12"."""
    first, last = (day.year * 12 + day.month - 1 for day in (starts_on, ends_on))
    return tuple(f"{count // 12:04d}-{count % 12 + 1:02d}" for count in range(first, last + 1))


def month_gaps(readings: Iterable[Reading], starts_on: date, ends_on: date) -> tuple[tuple[str, str], ...]:
    """Each meter and month of the period without a row (rule 5.9)."""
    given = {(reading.meter_id, reading.month) for reading in readings}
    meters = sorted({meter_id for meter_id, _ in given})
    months = months_between(starts_on, ends_on)
    return tuple((meter_id, month) for meter_id in meters for month in months if (meter_id, month) not in given)
