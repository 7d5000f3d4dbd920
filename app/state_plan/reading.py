"""A parameter of a state's plan in its own form, from JSON or from the fields of a form; what is wrong is told in words (rules section 21)."""

import re
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from app.state_plan.parameters import PARAMETERS, Parameter
from app.state_plan.tables import value_from

WHOLE = re.compile(r"[0-9]{1,6}")
AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
LONGEST = 300
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
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError(f"Give words, at most {LONGEST} characters.")
    return value


def _zone(_: Parameter, value: Any) -> str:
    """A zone by its name: what only some systems have as files, such as right/UTC or localtime, the database may not know."""
    if not isinstance(value, str) or not (value == "UTC" or ("/" in value and value in _zones())):
        raise ValueError("This is not the name of a time zone; write one such as America/Chicago.")
    return value


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _flag(_: Parameter, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise ValueError("Say true or false.")


def _whole(known: Parameter, value: Any) -> int:
    return int(_number(known, value, WHOLE, "a whole number"))


def _amount(known: Parameter, value: Any) -> str:
    return _number(known, value, AMOUNT, "a number")


def _number(known: Parameter, value: Any, form: re.Pattern[str], what: str) -> str:
    """The digits, within the parameter's bounds and with at most six on each side of the point."""
    text = str(value).replace(",", "")
    if isinstance(value, bool) or not form.fullmatch(text) or not known.least <= Decimal(text) <= known.most:
        raise ValueError(f"Give {what} from {known.least:,} to {known.most:,}.")
    return text


def _words(_: Parameter, value: Any) -> list[str]:
    lines = value.splitlines() if isinstance(value, str) else value
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ValueError("Give one word or name a line.")
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _table(known: Parameter, value: Any) -> Any:
    return _nothing(known) if value in ([], {}) else value_from(known.name, value)


READERS = {"text": _text, "zone": _zone, "flag": _flag, "whole": _whole, "amount": _amount, "words": _words, "table": _table}
