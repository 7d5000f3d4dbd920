"""A parameter of a state's plan in its own form, from JSON or from the fields of a form; what is wrong is told in words (rules section 21)."""

from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.state_plan.parameters import PARAMETERS, Parameter
from app.state_plan.tables import value_from

WHOLE_PERCENT = 100
BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}


def parameter_from(name: str, value: Any) -> Any:
    """A parameter's value in its own form, from JSON or from a form. Raises ValueError with words for the person, WrongRows for the cells of a table."""
    known = BY_NAME.get(name)
    if known is None:
        raise ValueError(f"The plan has no parameter {name}.")
    if value is None or (isinstance(value, str) and not value.strip()):
        return _nothing(known)
    return READERS[known.form](known, value.strip() if isinstance(value, str) else value)


def _nothing(known: Parameter) -> Any:
    if known.form == "flag":
        return False
    if not known.may_be_empty:
        raise ValueError("Fill in at least one row." if known.form == "table" else "Give a value.")
    return {"words": [], "table": {}}.get(known.form)


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


def _table(known: Parameter, value: Any) -> Any:
    return _nothing(known) if value in ([], {}) else value_from(known.name, value)


READERS = {"text": _text, "zone": _zone, "flag": _flag, "whole": _whole, "amount": _amount, "words": _words, "table": _table}
