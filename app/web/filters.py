"""How a number, a date, a state or a size is written on a page (usability of public access, rules 10.10 and 10.18).

Pure functions. A template sees the dump that the API gives, so a value may arrive as a number or as its text;
a value that cannot be read is shown as it stands rather than hidden, because a reader can still judge it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

MEGABYTE: Final = 1024 * 1024
NOTHING: Final = "\N{EN DASH}"
SHOWN_DECIMALS: Final = 6

Number = int | Decimal | Fraction
ABBREVIATIONS: Final = {
    "aar": "AAR", "api": "API", "chp": "CHP", "coi": "conflict of interest", "co2": "CO2", "csv": "CSV", "egu": "EGU", "epa": "EPA",
    "egus": "EGUs", "emv": "EM&V", "erc": "ERC", "ercs": "ERCs", "gs": "GS", "id": "number", "kwh": "kWh", "lb": "lb",
    "mv": "M&V", "mw": "MW", "mwh": "MWh", "oris": "ORIS", "sha256": "SHA-256", "tcs": "TCS", "url": "address",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a state appears: a tone for the colour and an icon, because no meaning may hang on colour alone."""

    tone: str
    icon: str


_WAITING, _WORKING, _GOOD, _ATTENTION, _REFUSED, _ENDED = (
    Look("waiting", "schedule"), Look("working", "visibility"), Look("good", "check_circle"),
    Look("attention", "warning"), Look("refused", "cancel"), Look("ended", "lock"),
)  # fmt: skip
_LOOK_OF: Final = (
    (Look("quiet", "edit"), ("draft",)),
    (Look("quiet", "undo"), ("withdrawn",)),
    (_WAITING, ("submitted", "in_verification", "recommended", "proposed", "requested", "invited", "pending", "asked")),
    (_WORKING, ("under_review", "reserved", "open")),
    (_GOOD, ("verified", "approved", "qualified", "issued", "active", "accepted", "accredited", "signed", "recorded", "complete")),
    (_ATTENTION, ("incomplete", "suspended", "held", "corrected", "partially_accepted", "overdue", "flagged")),
    (_REFUSED, ("denied", "rejected", "revoked", "cancelled", "declined", "refused")),
    (_ENDED, ("surrendered", "retired", "closed", "ended", "superseded")),
)
STATE_LOOKS: Final[dict[str, Look]] = {state: look for look, states in _LOOK_OF for state in states}


def number_from(value: object) -> Number | None:
    """The exact number that a dump carries, or None where there is none: "8/21", "1,234.50" and 7 are numbers."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | Decimal | Fraction):
        return value
    text = str(value).strip().replace(",", "")
    try:
        return Fraction(text) if "/" in text else Decimal(text)
    except (InvalidOperation, ValueError, ZeroDivisionError):
        return None


def thousands(value: object) -> str:
    """The number with thousands separators and all its decimals; a share that does not end is cut at six, marked ≈."""
    if value is None or value == "":
        return NOTHING
    number = number_from(value)
    if number is None or (isinstance(number, Decimal) and not number.is_finite()):
        return str(value)
    if isinstance(number, Fraction):
        return _written_out(number)
    return f"{number:,}" if isinstance(number, int) else f"{number:,f}"


def _written_out(share: Fraction) -> str:
    if share.denominator == 1:
        return f"{share.numerator:,}"
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(share.numerator) / Decimal(share.denominator)
        shown = exact.quantize(Decimal(1).scaleb(-SHOWN_DECIMALS), rounding=ROUND_HALF_EVEN)
    if Fraction(shown) == share:
        return f"{shown.normalize():,f}"
    return f"≈ {shown:,f}"


def counted(value: object, one: str, many: str) -> str:
    """The number with its noun: 1 ERC, 1,204 ERCs."""
    return f"{thousands(value)} {one if number_from(value) == 1 else many}"


def folded(events: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """A history in which the same plain act of the same office several times in a row stands once: `times` says how often, `first_at` since when."""
    found: list[dict[str, object]] = []
    for event in events:
        last, plain = found[-1] if found else None, not any(event.get(name) for name in ("reason", "state", "documents", "url"))
        if last and plain and last["plain"] and (last["words"], last.get("who")) == (event["words"], event.get("who")):
            last.update(times=last["times"] + 1, first_at=event["at"])  # type: ignore[operator]
        else:
            found.append({**event, "plain": plain, "times": 1, "first_at": event["at"]})
    return found


def percent_of(value: object, whole: object) -> str:
    """The part in per cent with one decimal, 0.0 to 100.0, to draw a bar by; 0.0 where there is nothing to compare."""
    part, total = number_from(value), number_from(whole)
    if part is None or total is None or total <= 0 or part <= 0:
        return "0.0"
    tenths = min(Fraction(1), Fraction(part) / Fraction(total)) * 1000
    return f"{round(tenths) // 10}.{round(tenths) % 10}"


def largest(values: Iterable[object]) -> Number:
    """The largest number among the values; 0 where there is none."""
    numbers = [Fraction(number) for number in map(number_from, values) if number is not None]
    return max(numbers, default=Fraction(0))


def human_size(size_bytes: object) -> str:
    """A file's size as people say it: 940 bytes, 12.3 kB, 4.0 MB (thousands, as disks and browsers count)."""
    number = number_from(size_bytes)
    if number is None:
        return NOTHING
    size = Decimal(int(number))
    if size < 1000:
        return "1 byte" if size == 1 else f"{size} bytes"
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < Decimal("999.95"):
            return f"{size:.1f} {unit}"
    return f"{size / 1000:,.1f} TB"


def size_limit(size_bytes: object) -> str:
    """A limit as it was set: 512 MB, each of 1,024 times 1,024 bytes; so a file whose size is said as 512.0 MB or less is always taken."""
    number = number_from(size_bytes)
    return human_size(size_bytes) if number is None or number % MEGABYTE else f"{int(number) // MEGABYTE:,} MB"


def linked(words: str, site: str) -> Markup:
    """The same words, escaped, in which each whole address of this site is a link; no other address becomes one."""
    parts = re.split(rf"({re.escape(site)}/[\w/.~%?&=#:+-]*[\w/=#])", words)
    return Markup().join(Markup('<a href="{0}">{0}</a>').format(part) if index % 2 else escape(part) for index, part in enumerate(parts))


def _day_from(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    moment = _moment_from(value)
    return moment.date() if moment else None


def _moment_from(value: object) -> datetime | None:
    """The instant in UTC; a text without a zone is UTC, as every `_at` of the database is."""
    if isinstance(value, datetime):
        moment = value
    else:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def iso_date(value: object) -> str:
    """The day as 2026-05-04, for the datetime attribute and for CSV."""
    day = _day_from(value) if value else None
    return day.isoformat() if day else ""


def utc_time(value: object) -> str:
    """The instant as 2026-05-04T15:12:00Z, to the second."""
    moment = _moment_from(value) if value else None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def long_date(value: object) -> str:
    """The date with its day: Mon, May 4, 2026."""
    if value is None or value == "":
        return NOTHING
    day = _day_from(value)
    return f"{day:%a, %b} {day.day}, {day.year}" if day else str(value)


def local_time(value: object, zone: str = "UTC") -> str:
    """The instant in the state's zone, named: Mon, May 4, 2026, 10:12 CDT."""
    if value is None or value == "":
        return NOTHING
    moment = _moment_from(value)
    if moment is None:
        return str(value)
    there = moment.astimezone(ZoneInfo(zone))
    return f"{long_date(there.date())}, {there:%H:%M %Z}"


def unbroken(words: str) -> str:
    """A date that a narrow column breaks after the weekday and before the time only: Mon, / May 4, 2026, / 10:12 CDT."""
    return re.sub(r"(?<=[a-z]{2}) (?=\d)|(?<=\d,) (?=\d{4})|(?<=:\d\d) ", "\N{NO-BREAK SPACE}", words)


def slug(words: str) -> str:
    """The word as the end of an address: "EM&V plan" is em-v-plan."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def name_words(name: object) -> str:
    """A field's or state's name as people write it: under_review is Under review, units-0-capacity_mw is Units, row 1, capacity MW."""
    parts = re.split(r"-(\d{1,4})-(?=[a-z])", str(name))
    words = ", ".join(f"row {int(part) + 1}" if index % 2 else spelt(part) for index, part in enumerate(parts))
    return words[:1].upper() + words[1:]


def spelt(name: str) -> str:
    """A name within a sentence: mv_report is M&V report, submitted_at is submitted."""
    parts = re.sub(r"_(at|on)$", "", name).replace("-", "_").split("_")
    return " ".join(ABBREVIATIONS.get(part.lower(), part) for part in parts if part)


def state_look(state: object) -> Look:
    """The tone and icon of a state; a plain one for a state not known, so that a new state never breaks a page."""
    return STATE_LOOKS.get(str(state).lower(), Look("quiet", "label"))


def with_query(arguments: Mapping[str, str], **changes: object) -> str:
    """The page's own query with some parts changed, None taking one away: the address of a sort or page link."""
    merged: dict[str, object] = {**arguments, **changes}
    kept = {name: value for name, value in merged.items() if value is not None and value != ""}
    return "?" + urlencode(kept)


FILTERS: Final[dict[str, Callable[..., object]]] = {
    "thousands": thousands,
    "counted": counted,
    "folded": folded,
    "percent_of": percent_of,
    "largest": largest,
    "human_size": human_size,
    "size_limit": size_limit,
    "linked": linked,
    "iso_date": iso_date,
    "utc_time": utc_time,
    "long_date": long_date,
    "local_time": local_time,
    "unbroken": unbroken,
    "slug": slug,
    "name_words": name_words,
    "state_look": state_look,
    "with_query": with_query,
}
