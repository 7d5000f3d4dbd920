"""The parts in which a provider puts a matter together and a verifier examines it: facts, papers, engagement, verification, submission.

An eligibility application and an M&V report go the same way; what differs is the list of parts and what stands beside each form.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields

from app.amounts import day_in_words
from app.db import now

USUAL_DAYS_TO_VERIFY = 30
SUBMISSION = "submission"


class ActionSchema(Schema):
    """An act that is, or is not now, open to the reader."""

    action = fields.String()
    label = fields.String()
    reason = fields.String(allow_none=True)
    path = fields.String()
    direct = fields.Boolean()


class StepSchema(Schema):
    """One part of the way, and whether it is complete."""

    key = fields.String()
    label = fields.String()
    url = fields.String()
    complete = fields.Boolean()


class MissingSchema(Schema):
    """One thing that is still missing, its rule, and the address where it is cured."""

    code = fields.String()
    key = fields.String()
    words = fields.String()
    rule = fields.String()
    path = fields.String()


class PartSchema(Schema):
    """What every part's page begins with: title, the act with why it is not open, the parts of the way, and what is still missing."""

    path = fields.String()
    back = fields.String()
    title = fields.String()
    words = fields.String()
    next = fields.String()
    state = fields.String()
    trail = fields.List(fields.Dict())
    current = fields.String()
    act = fields.Nested(ActionSchema)
    steps = fields.List(fields.Nested(StepSchema))
    missing = fields.List(fields.Nested(MissingSchema))


class PaperSchema(Schema):
    """A paper of the matter, and where it is removed while that is possible."""

    id = fields.UUID()
    title = fields.String()
    url = fields.String()
    kind = fields.String()
    kind_words = fields.String()
    at = fields.DateTime()
    size_bytes = fields.Integer()
    sha256 = fields.String()
    confidential = fields.Boolean()
    superseded = fields.Boolean()
    removal_path = fields.String(allow_none=True)


class PapersSchema(PartSchema):
    """The papers of the matter, with the form that attaches one."""

    documents = fields.List(fields.Nested(PaperSchema))
    kinds = fields.List(fields.List(fields.String()))
    replaceable = fields.List(fields.List(fields.String()))
    confidential = fields.List(fields.List(fields.String()))


class EngagementPartSchema(PartSchema):
    """The bodies that could verify, the one that is engaged now, and what must be there before."""

    engagement = fields.Dict(allow_none=True)
    bodies = fields.List(fields.List(fields.String()))
    due_on = fields.Date()
    lacking = fields.List(fields.Nested(MissingSchema))


class SubmissionPartSchema(PartSchema):
    """The checklist, what the machine found, and the certification to sign."""

    checks = fields.List(fields.Dict())
    certification = fields.String()
    opinion = fields.String(allow_none=True)


class VerificationPartSchema(PartSchema):
    """What the verifier writes: a finding on each criterion, and two statements; beside the papers."""

    criteria = fields.List(fields.Dict())
    conflict_attestation = fields.String()
    truth_attestation = fields.String()
    engagement_path = fields.String(allow_none=True)
    documents = fields.List(fields.Nested(PaperSchema))


def part_page(matter: Any, act: Mapping[str, Any], way: Mapping[str, str], missing: Sequence[Mapping[str, Any]], said: Mapping[str, Any]) -> dict[str, Any]:
    """The frame of a part. `way` is the parts' labels by the last word of their address; `said` holds at least words and next."""
    return {
        "path": act["path"],
        "back": matter.path,
        "title": f"{act['label']}: {matter.title}",
        "state": matter.state,
        "trail": [{"label": matter.title, "url": matter.path}],
        "current": act["path"].rpartition("/")[2],
        "act": act,
        "steps": steps(matter, way, missing),
        "missing": missing,
        **said,
    }


def steps(matter: Any, way: Mapping[str, str], missing: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parts of the way in their order, and whether each is complete."""
    incomplete = {one["path"].removeprefix(f"{matter.path}/").partition("#")[0].partition("/")[0] for one in missing} | {SUBMISSION}
    submitted = matter.submitted_at is not None
    return [{"key": key, "label": label, "url": f"{matter.path}/{key}", "complete": submitted or key not in incomplete} for key, label in way.items()]


def papers(documents: Iterable[Any], matter: Any, made_by_others: frozenset[str] | None = None) -> list[dict[str, Any]]:
    """The papers as a page lists them. Out of a draft the provider takes its own, the newest version first; without `made_by_others` nobody does."""
    listed = list(documents)
    replaced = {one.supersedes_id for one in listed}
    own = [one for one in listed if made_by_others is not None and one.document_kind not in made_by_others and one.id not in replaced]
    removable = {one.id for one in own if matter.state == "draft" and one.sealed_at is None}
    return [
        {
            "id": one.id,
            "title": one.heading,
            "url": one.path,
            "kind": one.document_kind,
            "kind_words": one.kind_words,
            "at": one.deposited_at,
            "size_bytes": one.size_bytes,
            "sha256": one.sha256,
            "confidential": one.confidential,
            "superseded": one.id in replaced,
            "removal_path": f"{matter.path}/documents/{one.id}/removal" if one.id in removable else None,
        }
        for one in listed
    ]


def papers_part(listed: list[dict[str, Any]], kinds: Mapping[str, str]) -> dict[str, Any]:
    """The papers with what a new one can be: its kind, whose newer version, whose public copy."""
    choosable = [one for one in listed if one["removal_path"] and one["kind"] in kinds]
    return {
        "documents": listed,
        "kinds": [list(one) for one in kinds.items()],
        "replaceable": [[str(one["id"]), one["title"]] for one in choosable],
        "confidential": [[str(one["id"]), one["title"]] for one in choosable if one["confidential"]],
    }


def engagement_part(matter: Any, accreditations: Iterable[Any], engaged: Any, lacking: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Who could verify, who is engaged now, and what must be there before anybody is."""
    return {
        "bodies": [[str(one.body_id), f"{one.body.name} (accreditation {one.number}, until {day_in_words(one.valid_until_on)})"] for one in accreditations],
        "due_on": now().date() + timedelta(days=USUAL_DAYS_TO_VERIFY),
        "lacking": lacking,
        "engagement": engaged
        and {
            "path": engaged.path,
            "body": engaged.body.name,
            "state": engaged.state,
            "due_on": engaged.due_on,
            "ending": f"{matter.path}/engagement/ending" if matter.state == "in_verification" else None,
        },
    }
