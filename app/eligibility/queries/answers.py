"""A submission's answers as people read them: by the groups of the form, with labels and units, without what was left empty. Pure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.eligibility.queries.form import APPLICATION_FORM
from app.eligibility.queries.plan_form import PLAN_FORM
from app.eligibility.queries.sections import Form, FormField, fields_of

AMOUNT = re.compile(r"-?\d+(\.\d+)?")

ONE = {"months": "month", "years": "year", "degrees": "degree"}
"""The units that are words, as they stand after a single one."""

LABELS = {one.name: one.label for form in (APPLICATION_FORM, PLAN_FORM) for one in fields_of(form)}
OPTIONS = {one.name: dict(one.options) for form in (APPLICATION_FORM, PLAN_FORM) for one in fields_of(form)}


def label_of(name: str) -> str:
    """The form's label of a field; a name that no form has, in words."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def options_of(name: str) -> dict[str, str]:
    """The labels of a field's options by what is kept of them; empty where it has none."""
    return OPTIONS.get(name, {})


def application_groups(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _groups(APPLICATION_FORM, facts)


def plan_groups(statements: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements of an EM&V plan in the order of rules section 4."""
    return _groups(PLAN_FORM, statements)


def _groups(form: Form, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Answers that no form names stand in a last group, so that nothing submitted is hidden."""
    named = {one.name for one in fields_of(form)}
    found = [
        {"legend": group.legend, "rule": group.rule, "answers": [_answer(one, facts[one.name]) for one in group.fields if is_said(facts.get(one.name))]}
        for group in form
    ]
    others = [{"label": label_of(name), "value": in_words(value), "rule": ""} for name, value in facts.items() if name not in named and is_said(value)]
    return [group for group in [*found, {"legend": "Further answers", "rule": "", "answers": others}] if group["answers"]]


def is_said(value: Any) -> bool:
    return value not in (None, "", [], {})


def _answer(field: FormField, value: Any) -> dict[str, Any]:
    return {"label": field.label, "value": with_unit(in_words(value, dict(field.options)), field.unit), "rule": field.rule}


def with_unit(words: str, unit: str) -> str:
    """An answer with its unit, if it has one; a number then stands with thousands separators."""
    if not unit or not AMOUNT.fullmatch(words):
        return f"{words} {unit}".strip()
    return f"{Decimal(words):,f} {ONE.get(unit, unit) if Decimal(words) == 1 else unit}"


def in_words(value: Any, options: Mapping[str, str] | None = None) -> str:
    """Yes and no, the label of an option, the rows of a list; anything else as it stands."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return "; ".join(in_words(one, options) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{label_of(name).lower()}: {in_words(one)}" for name, one in value.items() if is_said(one))
    return (options or {}).get(str(value), str(value))
