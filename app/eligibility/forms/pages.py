"""What the pages of an application share: whom they are for, the parts of the way, and how a field is shown."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.eligibility import queries
from app.eligibility.lifecycle import APPLICATION
from app.eligibility.models import Application
from app.errors import NotPermitted
from app.lifecycle import open_to, spoken
from app.people import Actor

SHOWN_AS = {"yes_no": "radios", "signed": "number"}
YES_NO = (("true", "Yes"), ("false", "No"))
Gaps = Sequence[tuple[str, str]]
STEPS = (
    ("facts", "Application", "facts"),
    ("plan", "EM&V plan", "emv-plan"),
    ("documents", "Documents", "documents"),
    ("verifier", "Verifier", "engagement"),
    ("submission", "Submission", "submission"),
)


def for_act(session: Session, actor: Actor, application_id: UUID, action: str) -> tuple[Application, str | None]:
    """The application and why the act is closed now, for whom the act can be at all. Raises NotPermitted for everybody else."""
    found = queries.application(session, application_id)
    who = queries.standing(session, actor, found)
    mine = [one for one in open_to(APPLICATION, found.state, who) if one.action == action]
    if not mine:
        whose = spoken(name for step in APPLICATION if step.action == action for name in step.standings)
        raise NotPermitted(f"This page is for the {whose} of this matter.", rule="8.8", what_to_do="Ask them, or look at your own matters.")
    return found, mine[0].reason


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


def groups(form: queries.Form, answers: dict[str, Any], code_of_type: str, items: list[queries.Item], gaps: Gaps = ()) -> list[dict[str, Any]]:
    """The groups that are for the type, each with its fields and how many of them are missing."""
    lacking = {one["key"] for one in items}
    return [
        {
            "key": group.key,
            "legend": group.legend,
            "rule": group.rule,
            "words": group.words or None,
            "missing": sum(field.name in lacking for field in group.fields if field.is_for(code_of_type)),
            "fields": [shown(field, answers.get(field.name), code_of_type, gaps) for field in group.fields if field.is_for(code_of_type)],
        }
        for group in form
        if group.is_for(code_of_type)
    ]


def page(found: Application, current: str, closed_because: str | None, items: list[queries.Item], **more: Any) -> dict[str, Any]:
    """A page of the provider's way, with the parts marked that are complete."""
    noun = next(noun for key, _, noun in STEPS if key == current)
    lacking = {one["path"].removeprefix(f"{found.path}/").partition("#")[0] for one in items}
    steps = [{"key": key, "label": label, "url": f"{found.path}/{noun}", "complete": _complete(found, key, noun in lacking)} for key, label, noun in STEPS]
    return {
        "path": f"{found.path}/{noun}",
        "current": current,
        "application": found,
        "closed_because": closed_because,
        "steps": steps,
        "missing": items,
        "groups": [],
        **more,
    }


def _complete(found: Application, key: str, lacking: bool) -> bool:
    return found.submitted_at is not None if key == "submission" else not lacking
