"""What the forms of a reviewed matter take, the same for an eligibility application and an M&V report, and the pages of the acts that both have.

A matter is put together, verified, submitted, claimed, noted on, returned, recommended, sent back and withdrawn by the same fields (rules 8.1 to
8.11), so each stands here once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from marshmallow import Schema, fields, pre_load, validate

from app.acts import REASONS, Act, Field, ReasonsSchema, Upload
from app.db import now

__all__ = [
    "AttachSchema",
    "CertificationSchema",
    "ClaimSchema",
    "EndingSchema",
    "EngagementSchema",
    "NoteSchema",
    "Number",
    "ReasonsSchema",
    "RowSchema",
    "VerificationSchema",
    "claim_page",
    "ending_page",
    "engagement_page",
    "note_page",
    "reasons_page",
]

USUAL_DAYS_TO_VERIFY = 30


class Number(fields.Decimal):
    """A decimal number as people type it, with or without thousands separators; never NaN or infinite."""

    default_error_messages = {"invalid": "Not a number; write it as 1234.5."}

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**{"allow_nan": False, "as_string": True, **keywords})

    def _validated(self, value: Any) -> Decimal:
        return super()._validated(value.replace(",", "") if isinstance(value, str) else value)


class RowSchema(Schema):
    """One row of a list in a form: what is left empty counts as not given."""

    @pre_load
    def without_blanks(self, row: Any, **_: Any) -> Any:
        return {name: value for name, value in row.items() if value not in ("", None)} if isinstance(row, Mapping) else row


class NoteSchema(Schema):
    """A private note of the reviewers."""

    words = fields.String(load_default="")


class ClaimSchema(Schema):
    """Who takes the review: oneself when nobody is named."""

    reviewer_id = fields.UUID(load_default=None, allow_none=True)


class CertificationSchema(Schema):
    """The provider's signature under the certification (rule 1.16)."""

    certified = fields.Boolean(load_default=False)


class EngagementSchema(Schema):
    """Which accredited body is asked, and by when it is to report."""

    body_id = fields.UUID(required=True, error_messages={"required": "Choose a verification body."})
    due_on = fields.Date(required=True, error_messages={"required": "Give the day by which the report is due."})


class EndingSchema(Schema):
    """Why an engagement ends."""

    reason = fields.String(load_default="")


class AttachSchema(Schema):
    """A paper with what it is."""

    file = Upload(required=True, error_messages={"required": "Choose a file."})
    document_kind = fields.String(required=True, error_messages={"required": "Say what kind of document it is."})
    heading = fields.String(required=True, error_messages={"required": "Give the document a title."})
    confidential = fields.Boolean(load_default=False)
    supersedes_id = fields.UUID(load_default=None, allow_none=True)
    redacted_copy_of_id = fields.UUID(load_default=None, allow_none=True)


class CriterionFindingSchema(RowSchema):
    """What the verifier found on one criterion; whether it is complete is judged with the others."""

    code = fields.String(required=True)
    passed = fields.Boolean(load_default=None, allow_none=True)
    words = fields.String(load_default="")


class VerificationSchema(Schema):
    """The verifier's report: a finding on each criterion, the opinion, the verified MWh of an M&V report, and two statements."""

    opinion = fields.String(load_default="", validate=validate.OneOf(["", "positive", "negative"]))
    opinion_words = fields.String(load_default="")
    findings = fields.List(fields.Nested(CriterionFindingSchema), load_default=list)
    sites_reviewed = fields.String(load_default="")
    sampled_evidence = fields.String(load_default="")
    discrepancies = fields.String(load_default="")
    verified_mwh = Number(load_default=None, allow_none=True)
    attested = fields.Boolean(load_default=False)
    true_and_complete = fields.Boolean(load_default=False)
    file = Upload(load_default=None)


class Reviewed(Protocol):
    """What the pages below read of a matter."""

    @property
    def title(self) -> str: ...
    @property
    def path(self) -> str: ...


def reasons_page(matter: Reviewed, act: Mapping[str, Any], words: str, *, rule: str = "8.4", fields: Sequence[Field] = (REASONS,), **more: Any) -> Act:
    """The page of an act that asks for reasons; `act` is the open action, whose reason, if it is not open, is told first."""
    return Act(
        title=f"{act['label']}: {matter.title}",
        words=words,
        rule=rule,
        path=act["path"],
        back=matter.path,
        submit=act["label"],
        fields=fields,
        warning=more.pop("warning", "") or act["reason"] or "",
        **more,
    )


def note_page(matter: Reviewed, act: Mapping[str, Any]) -> Act:
    field = Field("words", "Note", "textarea", help="Only reviewers and auditors read it.", required=True)
    return reasons_page(matter, act, "A note stays with the matter. The provider, the verifier and the public never see it.", rule="8.4", fields=(field,))


def claim_page(matter: Reviewed, act: Mapping[str, Any], reviewers: Iterable[Any], chosen: UUID | None) -> Act:
    """Claim for oneself, or pass the review on. `reviewers` are people of the issuing state."""
    options = [(str(one.id), one.name) for one in reviewers]
    field = Field("reviewer_id", "Who reviews it", "select", str(chosen) if chosen else "", required=True, options=options)
    return reasons_page(matter, act, "One reviewer holds the claim; anybody of the state may take it over.", rule="8.8", fields=(field,))


def engagement_page(matter: Reviewed, act: Mapping[str, Any], accreditations: Iterable[Any], **more: Any) -> Act:
    """Choose a body that is accredited for the type today."""
    options = [(str(one.body_id), f"{one.body.name}, accreditation {one.number}") for one in accreditations]
    words = "The body is asked. It sees this matter and its documents once it has attested that it has no conflict of interest, and accepted."
    asked = (
        Field("body_id", "Verification body", "select", required=True, rule="6.11", options=[("", "Choose one"), *options]),
        Field("due_on", "Report due on", "date", (now().date() + timedelta(days=USUAL_DAYS_TO_VERIFY)).isoformat(), required=True),
    )
    return reasons_page(matter, act, words, rule="6.10", fields=asked, **more)


def ending_page(matter: Reviewed, act: Mapping[str, Any], body_name: str) -> Act:
    field = Field("reason", "Reason", "textarea", required=True, help="The body reads it.")
    words = f"The engagement of {body_name} ends: it no longer reads this matter. You can then engage another body."
    return reasons_page(matter, {**act, "label": "End the engagement"}, words, rule="6.8", fields=(field,), look="secondary")
