"""What the pages of an application share: whom they are for, the parts of the way, and how a field is shown."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import review_forms
from app.eligibility import queries
from app.eligibility.models import Application
from app.people import Actor

SHOWN_AS = {"yes_no": "radios", "signed": "number", "latitude": "number", "longitude": "number"}
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


def shown(field: queries.FormField, value: Any, code_of_type: str, gaps: Gaps = (), missing: str | None = None) -> dict[str, Any]:
    """One field as the page and the API give it; `gaps` are the items that can be said not to be had, `missing` says why this one is."""
    options = [("", "Choose one"), *gaps] if field.name == "item" else YES_NO if field.kind == "yes_no" else field.options
    return {
        "name": field.name,
        "label": field.label,
        "type": SHOWN_AS.get(field.kind, field.kind),
        "value": {True: "true", False: "false"}.get(value, value) if field.kind == "yes_no" else value,
        "help": field.help or None,
        "rule": field.rule,
        "required": field.is_needed_by(code_of_type) or missing is not None,
        "missing": missing,
        "options": [list(one) for one in options],
        "unit": field.unit or None,
        "fields": [shown(one, None, code_of_type, gaps) for one in field.fields],
    }


def groups(
    form: queries.Form, answers: dict[str, Any], code_of_type: str, items: list[queries.Item], gaps: Gaps = (), left_out: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    """The sections that are for the type, each with its fields and whether it is complete; `left_out` are fields that the plan does not want."""
    lacking = {one["key"]: one["words"] for one in items}
    found = []
    for section in form:
        asked = [one for one in section.asked_of(code_of_type) if one.name not in left_out]
        fields = [shown(one, answers.get(one.name), code_of_type, gaps, lacking.get(one.name)) for one in asked]
        if fields:
            missing = sum(one["missing"] is not None for one in fields)
            said = {"key": section.key, "legend": section.legend, "rule": section.rule, "words": section.words or None}
            found.append({**said, "state": _state(fields, missing), "missing": missing, "fields": fields})
    return found


def _state(fields: list[dict[str, Any]], missing: int) -> str:
    """Incomplete, complete, or optional where nothing is required that is not there already."""
    if missing:
        return "incomplete"
    required = [one for one in fields if one["required"]]
    return "complete" if required and all(one["value"] not in (None, "", []) for one in required) else "optional"


def form_of(page: dict[str, Any], listed: list[dict[str, Any]]) -> dict[str, Any]:
    """The page of a form: its sections, each at its own address."""
    return {**page, "groups": [{**one, "path": f"{page['path']}/{one['key']}"} for one in listed]}


def section_of(form: dict[str, Any], key: str) -> dict[str, Any]:
    """The page of one section, and which comes after it. Raises NotFound where the type is not asked it."""
    listed = form["groups"]
    place = next((index for index, one in enumerate(listed) if one["key"] == key), None)
    if place is None:
        raise queries.unknown_section([(one["legend"], one["path"]) for one in listed])
    section = listed[place]
    return {
        **form,
        "path": section["path"],
        "title": section["legend"],
        "words": f"Section {place + 1} of {len(listed)}. {section['words'] or ''}".strip(),
        "trail": [*form["trail"], {"label": WAY[form["current"]], "url": form["path"]}],
        "current": key,
        "next": "",
        "section": section,
        "list_path": form["path"],
        "next_path": listed[place + 1]["path"] if place + 1 < len(listed) else None,
    }
