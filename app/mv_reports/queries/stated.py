"""What an M&V report states, as pages and papers print it: with the labels of the form, in the order of the rule (rules 5.2 to 5.8, 5.18a). Pure."""

from collections.abc import Mapping
from typing import Any

from app.eligibility.queries import in_words, is_said, label_of
from app.mv_reports.quantification.needed import needed
from app.mv_reports.queries.statements import STATEMENTS


def statements_said(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each statement that was made, by the number of its rule."""
    made = sorted((one for one in STATEMENTS.values() if is_said(facts.get(one.name))), key=lambda one: [int(part) for part in one.rule.split(".")])
    return [{"label": one.label, "value": in_words(facts[one.name], dict(one.options)), "rule": one.rule} for one in made]


def figures_said(type_code: str, figures: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each figure of each vintage year beside the meter rows: those of the form in its order, then the months and events."""
    form = {one.name: one for one in needed(type_code)}
    found = []
    for year in sorted(figures):
        given = figures[year]
        for name in (*form, *sorted(set(given) - set(form))):
            if is_said(given.get(name)):
                options = dict(form[name].choices) if name in form else {}
                label, rule = (form[name].label, form[name].rule) if name in form else (label_of(name), "")
                found.append({"year": year, "label": label, "value": in_words(given[name], options), "rule": rule})
    return found
