"""The parameters of a plan that are tables: their columns, and the way between rows and the value that the rules read (rules 2.7a, 9.18, 12.6, 12.7).

A person fills rows; a program sends rows or the value itself. Both are read as rows, so that both are told what is wrong at the row and its column.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Row = dict[str, str]
Wrong = tuple[int, str, str]
"""What is wrong: the row from 0, its column, and the words."""

HOST_KINDS = {
    "rate_based": "a rate-based state",
    "mass_based": "a mass-based state",
    "mass_based_unconnected": "a mass-based state or territory that is not connected to the continental grid",
    "no_affected_units": "a state or Indian country without affected units",
    "rate_based_unconnected": "a rate-based state or territory that is not connected to the continental grid",
    "no_affected_units_unconnected": "a place without affected units and without connection to the continental grid",
    "outside_us": "a place outside the United States",
}
"""Kinds of place that rule 2.7 tells apart, by name."""

MOST_KINDS_OF_A_STATE = 2
"""A state changes between rate and mass at most once (rule 2.7a)."""


@dataclass(frozen=True)
class Column:
    """One column: `form` is one of year, amount, day, place, choice; `choices` are the words of each choice."""

    name: str
    label: str
    form: str
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    may_be_empty: bool = False


@dataclass(frozen=True)
class Table:
    """A parameter as rows. `key` tells one row from another; `rows` and `value` lead from the value to its rows and back."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    example: str
    rows: Callable[[Any], list[Row]]
    value: Callable[[list[Row]], Any]
    refusals: Callable[[list[Row]], Iterable[Wrong]] = lambda rows: ()


class WrongRows(ValueError):
    """Cells that are not right: words by row, from 0, and column."""

    def __init__(self, wrong: Iterable[Wrong]) -> None:
        super().__init__("Some rows are not right.")
        self.cells: dict[int, dict[str, list[str]]] = {}
        for index, column, words in wrong:
            self.cells.setdefault(index, {}).setdefault(column, []).append(words)


def rows_given(name: str, given: Any) -> list[Row]:
    """The rows of a table as they were given, whether as rows or as the value. Raises ValueError for what is neither."""
    if isinstance(given, list) and given and all(isinstance(row, dict) for row in given):
        return given
    try:
        return TABLES[name].rows(given)
    except (AttributeError, LookupError, TypeError, ValueError):
        raise ValueError(f"This does not have the right form. Send rows, or a value such as {TABLES[name].example}.") from None


def value_from(name: str, given: Any) -> Any:
    """The value of a table. Raises ValueError for what is no table, and WrongRows for cells that are not right."""
    table = TABLES[name]
    wrong: list[Wrong] = []
    rows = [_row(table, index, row, wrong) for index, row in enumerate(rows_given(name, given))]
    wrong = wrong or [*_repeated(table, rows), *table.refusals(rows)]
    if wrong:
        raise WrongRows(wrong)
    return table.value(sorted(rows, key=lambda row: [row[column] for column in table.key]))


def field_of(name: str, given: Any, column: str, value: object) -> str:
    """The field of the form in which a cell's value was given, for a refusal that concerns it."""
    rows = rows_given(name, given)
    index = next((index for index, row in enumerate(rows) if str(row.get(column)).strip() == str(value)), 0)
    return f"{name}-{index}-{column}"


def _row(table: Table, index: int, given: Mapping[str, Any], wrong: list[Wrong]) -> Row:
    names = [column.name for column in table.columns]
    wrong.extend((index, str(name), f"There is no such column; there are {', '.join(names)}.") for name in given if name not in names)
    row: Row = {}
    for column in table.columns:
        try:
            row[column.name] = _cell(column, given.get(column.name))
        except ValueError as error:
            wrong.append((index, column.name, str(error)))
    return row


def _cell(column: Column, given: Any) -> str:
    text = "" if given is None else str(given).strip()
    if not text and not column.may_be_empty:
        raise ValueError("Fill this in, or empty the whole row.")
    return CELLS[column.form](column, text) if text else ""


def _repeated(table: Table, rows: list[Row]) -> Iterator[Wrong]:
    seen: dict[tuple[str, ...], int] = {}
    for index, row in enumerate(rows):
        first = seen.setdefault(tuple(row[name] for name in table.key), index)
        if first != index:
            yield index, table.key[-1], f"This stands in row {first + 1} already."


def _year(_: Column, text: str) -> str:
    if not re.fullmatch("20[0-9]{2}", text):
        raise ValueError("Give a year of four digits, such as 2025.")
    return text


def _amount(_: Column, text: str) -> str:
    number = text.replace(",", "")
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", number) or not number.strip("0."):
        raise ValueError("Give a number above 0, such as 1,305.")
    return number


def _day(_: Column, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("Give a day, such as 2025-05-01.") from None


def _place(_: Column, text: str) -> str:
    if not re.fullmatch("[A-Za-z]{2}", text):
        raise ValueError("Give two letters, such as CA.")
    return text.upper()


def _choice(column: Column, text: str) -> str:
    if text not in column.choices:
        raise ValueError(f"Choose one of: {', '.join(column.choices)}.")
    return text


CELLS = {"year": _year, "amount": _amount, "day": _day, "place": _place, "choice": _choice}

CLASSES = {"steam": "Steam units", "turbine": "Turbines"}


def _standard_rows(value: Any) -> list[Row]:
    years = sorted({year for steps in value.values() for year in steps})
    return [{"first_year": year, **{name: steps[year] for name, steps in value.items() if year in steps}} for year in years]


def _standards(rows: list[Row]) -> dict[str, dict[str, str]]:
    return {name: {row["first_year"]: row[name] for row in rows if row[name]} for name in CLASSES}


def _wrong_standards(rows: list[Row]) -> Iterator[Wrong]:
    for index, row in enumerate(rows):
        if not any(row[name] for name in CLASSES):
            yield index, "steam", "Give the standard of at least one class."
    yield from ((0, name, "Give this class at least one standard.") for name in CLASSES if not any(row[name] for row in rows))


def _wrong_periods(rows: list[Row]) -> Iterator[Wrong]:
    yield from ((index, "last_year", "The last year is before the first.") for index, row in enumerate(rows) if row["last_year"] < row["first_year"])


def _host_rows(value: Any) -> list[Row]:
    return [{"state": state, "first_on": day, "kind": kind} for state, days in value.items() for day, kind in days.items()]


def _hosts(rows: list[Row]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["state"], {})[row["first_on"]] = row["kind"]
    return found


def _wrong_hosts(rows: list[Row]) -> Iterator[Wrong]:
    known: dict[str, list[str]] = {}
    for index, row in enumerate(rows):
        kinds = known.setdefault(row["state"], [])
        if row["kind"] in kinds:
            yield index, "kind", f"{row['state']} has this kind in another row already."
        elif len(kinds) == MOST_KINDS_OF_A_STATE:
            yield index, "state", f"{row['state']} stands in two rows already; a state changes between rate and mass at most once."
        kinds.append(row["kind"])


FIRST_YEAR = Column("first_year", "First year", "year")
TABLES: dict[str, Table] = {
    "standards_lb_per_mwh": Table(
        (FIRST_YEAR, *(Column(name, words, "amount", unit="lb/MWh", may_be_empty=True) for name, words in CLASSES.items())),
        ("first_year",),
        '{"steam": {"2022": "1671"}, "turbine": {"2022": "877"}}',
        _standard_rows,
        _standards,
        _wrong_standards,
    ),
    "compliance_periods": Table(
        (FIRST_YEAR, Column("last_year", "Last year", "year")),
        ("first_year",),
        "[[2022, 2024], [2025, 2027]]",
        lambda value: [{"first_year": first, "last_year": last} for first, last in value],
        lambda rows: [[int(row["first_year"]), int(row["last_year"])] for row in rows],
        _wrong_periods,
    ),
    "erc_transfer_deadline": Table(
        (Column("first_year", "First year of the period", "year"), Column("deadline_on", "Transfer deadline", "day")),
        ("first_year",),
        '{"2022": "2025-05-01"}',
        lambda value: [{"first_year": first, "deadline_on": day} for first, day in value.items()],
        lambda rows: {row["first_year"]: row["deadline_on"] for row in rows},
    ),
    "host_kinds": Table(
        (Column("state", "State", "place"), Column("first_on", "From", "day"), Column("kind", "Kind", "choice", choices=HOST_KINDS)),
        ("state", "first_on"),
        '{"CA": {"2022-01-01": "mass_based", "2030-01-01": "rate_based"}}',
        _host_rows,
        _hosts,
        _wrong_hosts,
    ),
}
