"""The texts that the programme writes of an application: the form as submitted, the EM&V plan, the verification report (rules 3.16, 8.9, 6.3).

Each is plain text made only of what is on record, so that the same record always gives the same bytes; contact data stay out (rule 14.10).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.amounts import day_in_words
from app.eligibility.models import Application, EmvPlan
from app.eligibility.queries import APPLICATION_FORM, PLAN_FORM, Form, FormField, item_words, stated_gaps, type_code, with_unit
from app.matter import CERTIFICATION


def application_form_text(application: Application, account: str, submitted_at: datetime) -> str:
    """The whole form in plain words, as it was certified."""
    gaps = stated_gaps(application)
    lines = [
        *_head("APPLICATION FOR QUALIFICATION OF A RESOURCE", application),
        f"Receiving account: {account}",
        f"Submitted: {day_in_words(submitted_at.date())}, {submitted_at:%H:%M:%S} UTC",
        *_answers(APPLICATION_FORM, application.facts, type_code(application)),
        *_section("Items stated as not available", [f"{item_words(item)}: {reason}" for item, reason in sorted(gaps.items())] or ["None."]),
        *_section("Certification (programme rule 1.16)", [CERTIFICATION]),
    ]
    return _text(lines)


def emv_plan_text(application: Application, emv_plan: EmvPlan) -> str:
    """The EM&V plan that was given as statements."""
    head = _head("EVALUATION, MEASUREMENT AND VERIFICATION PLAN", application)
    return _text([*head, "Metric: MWh (programme rule 4.7)", *_answers(PLAN_FORM, emv_plan.statements, type_code(application))])


def _head(title: str, application: Application) -> list[str]:
    return [title, "=" * len(title), *head(application)]


def head(application: Application) -> list[str]:
    """Which application a paper is about."""
    return [
        f"Application: {application.code}, version {application.version}",
        f"Resource: {application.resource.name} ({application.resource.code})",
        f"Provider: {application.provider.name}",
        f"State programme: {application.issuing_state}",
    ]


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", title, "-" * len(title), *lines]


def _answers(form: Form, answers: Mapping[str, Any], code_of_type: str) -> Iterator[str]:
    """Every group that is for the type, with each question and its answer; private answers and rows of gaps are left out."""
    for group in form:
        shown = [field for field in group.fields if field.is_for(code_of_type) and not field.private and field.name != "unavailable"]
        if shown and group.is_for(code_of_type):
            yield from _section(f"{group.legend} (programme rule {group.rule})", [line for field in shown for line in _answer(field, answers.get(field.name))])


def _answer(field: FormField, value: Any) -> list[str]:
    if field.kind == "rows":
        rows = value or []
        return [f"{field.label} {index}: {_row(field, row)}" for index, row in enumerate(rows, 1)] or [f"{field.label}: none"]
    return [f"{field.label}: {spoken_answer(field, value)}"]


def _row(field: FormField, row: Mapping[str, Any]) -> str:
    return "; ".join(f"{one.label.lower()}: {spoken_answer(one, row.get(one.name))}" for one in field.fields)


def spoken_answer(field: FormField, value: Any) -> str:
    """An answer as a person reads it; a box that was not ticked is a no."""
    if field.kind == "checkbox":
        return "yes" if value else "no"
    if value in (None, ""):
        return "not answered"
    if field.kind == "yes_no":
        return "yes" if value else "no"
    words = dict(field.options).get(str(value), str(value))
    return with_unit(words, field.unit)


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def plan_file_name(application: Application) -> str:
    """The file name of a plan that the programme wrote from its statements."""
    return f"emv-plan-{application.code}-version-{application.version}.txt"
