"""Serial numbers of ERCs: printed, read and joined (rules 9.6, 9.8). Blocks are cut in actions/choosing.py, under the lock of their account.

A serial tells state, vintage, resource and M&V report, or unit and emissions year, and the sequence. The sequence alone
is unique in the whole system; the other parts are printed so that a reader sees the origin (rule 15.2), and checked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

EXAMPLE = "MN-2022-R000123-M000045-000000101..000000200"
EGU_EXAMPLE = "MN-2022-U469.4-EGU2022-000000101"
LAST_SEQUENCE = 2**63 - 2
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
STATE = re.compile(r"[A-Z]{2}")
RESOURCE = re.compile(r"R(?=[0-9]{6,18}$)(?:[0-9]{6}|[1-9][0-9]*)")
REPORT = re.compile(r"M(?=[0-9]{6,18}$)(?:[0-9]{6}|[1-9][0-9]*)")
UNIT = re.compile(r"U[0-9]{1,6}\.[A-Z0-9*][A-Z0-9*_-]{0,11}")
EMISSIONS_YEAR = re.compile(r"EGU[0-9]{4}")
PRINTED = re.compile(
    r"(?P<state>[A-Z]{2})-(?P<vintage>[0-9]{4})-"
    r"(?:R(?P<resource>[0-9]{1,18})-M(?P<report>[0-9]{1,18})"
    r"|(?P<unit>U[0-9]{1,6}\.[A-Z0-9*][A-Z0-9*_-]{0,11})-(?P<egu>EGU[0-9]{4}))"
    r"-(?P<first>[0-9]{1,19})(?:(?:\.\.\.?|…|TO|:|-)(?P<last>[0-9]{1,19}))?"
)


class SerialMalformed(ValueError):
    """Text that is no serial, with what a serial looks like."""

    def __init__(self, text: str, why: str) -> None:
        shown = text if len(text) <= 80 else f"{text[:80]}…"
        words = f'"{shown}" is not a serial number: {why}. One ERC or a range looks like {EXAMPLE}'
        super().__init__(f"{words} or {EGU_EXAMPLE}.")
        self.text = text


class NamedTwice(ValueError):
    """The same ERCs named more than once."""


@dataclass(frozen=True, slots=True, order=True)
class SerialRange:
    """One ERC or a range of consecutive ones: first and last are sequences, both included.

    origin is a resource code (R000123) or a unit code (U469.4); basis the report (M000045) or emissions year (EGU2022).
    """

    first: int
    last: int
    state: str
    vintage_year: int
    origin: str
    basis: str

    def __post_init__(self) -> None:
        why = wrong_part(self)
        if why:
            raise SerialMalformed(f"{self.state}-{self.vintage_year}-{self.origin}-{self.basis}-{self.first}", why)

    def __str__(self) -> str:
        return format_serial(self)

    @property
    def quantity(self) -> int:
        """How many ERCs it names."""
        return self.last - self.first + 1

    @property
    def provenance(self) -> tuple[str, int, str, str]:
        """State, vintage, origin and basis: what all ERCs of one issuance have in common."""
        return (self.state, self.vintage_year, self.origin, self.basis)

    def between(self, first: int, last: int) -> "SerialRange":
        """The same provenance with other sequences."""
        return replace(self, first=first, last=last)


def wrong_part(serial: SerialRange) -> str:
    """Which part cannot be; empty when all are right."""
    resource, unit = RESOURCE.fullmatch(serial.origin), UNIT.fullmatch(serial.origin)
    report, year = REPORT.fullmatch(serial.basis), EMISSIONS_YEAR.fullmatch(serial.basis)
    if not STATE.fullmatch(serial.state):
        return "the state is two letters"
    if not 1000 <= serial.vintage_year <= 9999:
        return "the vintage is a year of four digits"
    if not ((resource and report) or (unit and year)):
        return "a resource (R…) goes with an M&V report (M…), a unit (U…) with an emissions year (EGU…)"
    if not 1 <= serial.first <= serial.last <= LAST_SEQUENCE:
        return "the sequence runs from 1 upwards, first to last"
    return ""


def format_serial(serial: SerialRange) -> str:
    """The printed form; one ERC without the two dots."""
    start = f"{serial.state}-{serial.vintage_year}-{serial.origin}-{serial.basis}-{serial.first:09d}"
    return start if serial.first == serial.last else f"{start}..{serial.last:09d}"


def parse_serial(text: str) -> SerialRange:
    """A serial as people type or paste it: any case, any dash, spaces, "to", zeros left out. Raises SerialMalformed."""
    tidy = re.sub(r"\s+", "", text).translate(DASHES).upper()
    match = PRINTED.fullmatch(tidy)
    if match is None:
        raise SerialMalformed(text, "its parts are not state, vintage, origin, report and sequence, parted by hyphens")
    first = int(match["first"])
    last = int(match["last"] or first)
    origin = match["unit"] or f"R{int(match['resource']):06d}"
    basis = match["egu"] or f"M{int(match['report']):06d}"
    if first > last:
        raise SerialMalformed(text, f"the range ends at {last}, before it begins at {first}")
    try:
        return SerialRange(first, last, match["state"], int(match["vintage"]), origin, basis)
    except SerialMalformed as error:
        raise SerialMalformed(text, wrong_part_of(error)) from None


def wrong_part_of(error: SerialMalformed) -> str:
    """The reason inside an error, to be told about the text that was typed."""
    return str(error).split("is not a serial number: ", 1)[1].split(". One ERC", 1)[0]


def merge(ranges: Iterable[SerialRange]) -> tuple[SerialRange, ...]:
    """The same ERCs in as few ranges as possible, lowest first. Raises NamedTwice."""
    merged: list[SerialRange] = []
    for one in sorted(ranges):
        if merged and one.first <= merged[-1].last:
            raise NamedTwice(f"{one} and {merged[-1]} name the same ERCs; name each only once.")
        if merged and merged[-1].provenance == one.provenance and merged[-1].last + 1 == one.first:
            merged[-1] = one.between(merged[-1].first, one.last)
        else:
            merged.append(one)
    return tuple(merged)
