"""A submission's answers as a page reads them: by the groups of the form, with labels and units, without what was left empty."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.eligibility.queries import APPLICATION_FORM, PLAN_FORM, fields_of
from app.mv_reports.models import MvReport
from app.mv_reports.queries import STATEMENTS

AMOUNT = re.compile(r"-?\d{5,}(\.\d+)?")
"""A number that is read better with separators."""

LABELS = {one.name: one.label for form in (APPLICATION_FORM, PLAN_FORM) for one in fields_of(form)}


def label_of(name: str) -> str:
    """The form's label of a field; a name that no form has, in words."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def application_groups(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _groups(APPLICATION_FORM, facts)


def plan_groups(statements: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _groups(PLAN_FORM, statements)


def _groups(form: Any, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Answers that no form names stand in a last group, so that nothing submitted is hidden."""
    named = {one.name for one in fields_of(form)}
    found = [
        {"legend": group.legend, "rule": group.rule, "answers": [_answer(one, facts[one.name]) for one in group.fields if _said(facts.get(one.name))]}
        for group in form
    ]
    others = [{"label": label_of(name), "value": _words(value, {}), "rule": ""} for name, value in facts.items() if name not in named and _said(value)]
    return [group for group in [*found, {"legend": "Further answers", "rule": "", "answers": others}] if group["answers"]]


def _said(value: Any) -> bool:
    return value not in (None, "", [], {})


def _answer(field: Any, value: Any) -> dict[str, Any]:
    words = _words(value, dict(field.options))
    amount = f"{Decimal(words):,f}" if field.unit and AMOUNT.fullmatch(words) else words
    return {"label": field.label, "value": f"{amount} {field.unit}".strip(), "rule": field.rule}


def _words(value: Any, options: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return "; ".join(_words(one, options) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{label_of(name).lower()}: {_words(one, {})}" for name, one in value.items() if _said(one))
    return options.get(str(value), str(value))


def report_facts(found: MvReport) -> list[dict[str, Any]]:
    """The statements of an M&V report and its further figures by vintage year (rules 5.1 to 5.8, 5.18a)."""
    said = {name: STATEMENTS.get(name) for name, value in found.facts.items() if _said(value)}
    rows = [{"label": one.label if one else label_of(name), "value": _words(found.facts[name], dict(one.options) if one else {})} for name, one in said.items()]
    for year, figures in found.figures.items():
        pairs = figures.items() if isinstance(figures, Mapping) else [("", figures)]
        rows += [{"label": f"{label_of(name)}, {year}", "value": _words(value, {})} for name, value in pairs if _said(value)]
    return rows
