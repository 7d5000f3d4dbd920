"""A parameter of a state's plan in its own form, from JSON or from the text of a form; what is wrong is told in words (rules section 21)."""

import itertools
import json
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.state_plan.parameters import DEFAULTS, HOST_KINDS, PARAMETERS, Parameter

WHOLE_PERCENT = 100
BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}


def parameter_from(name: str, value: Any) -> Any:
    """A parameter's value in its own form, from JSON or from a form's text. Raises ValueError with words for the person."""
    known = BY_NAME.get(name)
    if known is None:
        raise ValueError(f"The plan has no parameter {name}.")
    if value is None or (isinstance(value, str) and not value.strip()):
        return _nothing(known)
    return READERS[known.form](known, value.strip() if isinstance(value, str) else value)


def _nothing(known: Parameter) -> Any:
    if known.form in {"flag", "record"}:
        return {"flag": False, "record": type(DEFAULTS[known.name])()}[known.form]
    if not known.may_be_empty:
        raise ValueError("Give a value.")
    return [] if known.form == "words" else None


def _text(known: Parameter, value: Any) -> str:
    if known.choices and value not in known.choices:
        raise ValueError(f"Choose one of: {', '.join(known.choices)}.")
    return str(value)


def _zone(_: Parameter, value: Any) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ValueError("This is not the name of a time zone; write one such as America/Chicago.") from None


def _flag(_: Parameter, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in {"true", "false"}:
        return bool(value == "true")
    raise ValueError("Say true or false.")


def _whole(_: Parameter, value: Any) -> int:
    text = str(value).replace(",", "")
    if isinstance(value, bool) or not text.isdecimal():
        raise ValueError("Give a whole number, 0 or more.")
    return int(text)


def _amount(known: Parameter, value: Any) -> str:
    try:
        amount = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        raise ValueError("Give a number such as 0.8 or 100.") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError("Give a number that is 0 or more.")
    if known.name.endswith("_percent") and amount > WHOLE_PERCENT:
        raise ValueError("Give a number from 0 to 100.")
    return str(amount)


def _words(_: Parameter, value: Any) -> list[str]:
    lines = value.splitlines() if isinstance(value, str) else value
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ValueError("Give one word or name a line.")
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _record(known: Parameter, value: Any) -> Any:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"This is not JSON. {known.help}") from None
    if not RECORDS[known.name](found):
        raise ValueError(f"This does not have the right form. {known.help}")
    return found


def _are_standards(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and set(found) == {"steam", "turbine"}
        and all(isinstance(years, dict) and years and all(_is_year(year) and _is_amount(rate) for year, rate in years.items()) for years in found.values())
    )


def _are_periods(found: Any) -> bool:
    if not isinstance(found, list) or not all(isinstance(pair, list) and len(pair) == 2 and all(_is_year(year) for year in pair) for pair in found):
        return False
    years = [int(year) for pair in found for year in pair]
    return bool(years) and years == sorted(years) and all(one[1] < other[0] for one, other in itertools.pairwise(found))


def _are_deadlines(found: Any) -> bool:
    return isinstance(found, dict) and all(_is_year(year) and _is_day(day) for year, day in found.items())


def _are_host_kinds(found: Any) -> bool:
    """States, each with its kinds by first day; a kind of plan changes between rate and mass at most once (rule 2.7a)."""
    return isinstance(found, dict) and all(
        isinstance(days, dict)
        and 1 <= len(days) <= 2
        and all(_is_day(day) for day in days)
        and all(kind in HOST_KINDS for kind in days.values())
        and len(set(days.values())) == len(days)
        for days in found.values()
    )


def _is_year(value: Any) -> bool:
    return str(value).isdecimal() and 2000 <= int(value) <= 2100


def _is_amount(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(str(value)) > 0
    except InvalidOperation:
        return False


def _is_day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


READERS = {"text": _text, "zone": _zone, "flag": _flag, "whole": _whole, "amount": _amount, "words": _words, "record": _record}
RECORDS = {"standards_lb_per_mwh": _are_standards, "compliance_periods": _are_periods, "erc_transfer_deadline": _are_deadlines, "host_kinds": _are_host_kinds}
