"""What the pages of an application share: whom they are for, the parts of the way, and how a field is shown."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import review_forms
from app.eligibility import queries
from app.eligibility.models import Application
from app.people import Actor

SHOWN_AS = {"yes_no": "radios", "signed": "number"}
YES_NO = (("true", "Yes"), ("false", "No"))
Gaps = Sequence[tuple[str, str]]
WAY = {
    "facts": "Application",
    "emv-plan": "EM&V plan",
    "documents": "Documents",
    "engagement": "Verifier",
    "submission": "Submission",
}
"""The parts of an application by the last word of their address, in the order in which they are usually done."""
Part = Callable[..., dict[str, Any]]


def part(session: Session, actor: Actor, application_id: UUID, action: str) -> tuple[Application, queries.Dossier, Part]:
    """An application, what it rests on, and the page of one of its parts. Raises NotFound, and NotPermitted for whom the act never is."""
    found, act = queries.application_for_act(session, actor, application_id, action)
    gathered = queries.dossier(session, found)
    missing = queries.missing_of(gathered)

    def page(**said: Any) -> dict[str, Any]:
        return {"application": found, **review_forms.part_page(found, act, WAY, missing, said)}

    return found, gathered, page


def shown(field: queries.FormField, value: Any, code_of_type: str, gaps: Gaps = ()) -> dict[str, Any]:
    """One field as the page and the API give it; `gaps` are the items that can be said not to be had."""
    options = [("", "Choose one"), *gaps] if field.name == "item" else YES_NO if field.kind == "yes_no" else field.options
    return {
        "name": field.name,
        "label": field.label,
        "type": SHOWN_AS.get(field.kind, field.kind),
        "value": {True: "true", False: "false"}.get(value, value) if field.kind == "yes_no" else value,
        "help": field.help or None,
        "rule": field.rule,
        "required": field.is_needed_by(code_of_type),
        "options": [list(one) for one in options],
        "unit": field.unit or None,
        "fields": [shown(one, None, code_of_type, gaps) for one in field.fields],
    }


def groups(
    form: queries.Form, answers: dict[str, Any], code_of_type: str, items: list[queries.Item], gaps: Gaps = (), left_out: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    """The groups that are for the type, each with its fields and how many of them are missing; `left_out` are fields that the plan does not want."""
    lacking = {one["key"] for one in items}
    return [
        {
            "key": group.key,
            "legend": group.legend,
            "rule": group.rule,
            "words": group.words or None,
            "missing": sum(field.name in lacking for field in group.fields if field.is_for(code_of_type)),
            "fields": [
                shown(field, answers.get(field.name), code_of_type, gaps) for field in group.fields if field.is_for(code_of_type) and field.name not in left_out
            ],
        }
        for group in form
        if group.is_for(code_of_type)
    ]
