"""What the forms of a reviewed matter take, the same for an eligibility application and an M&V report (rules 1.16, 3.15, 6.2 to 6.11, 8.1 to 8.11)."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, pre_load, validate

from app.acts import WORDS, Number, Upload


class RowSchema(Schema):
    """One row of a list in a form: what is left empty counts as not given."""

    @pre_load
    def without_blanks(self, row: Any, **_: Any) -> Any:
        return {name: value for name, value in row.items() if value not in ("", None)} if isinstance(row, Mapping) else row


class NoteSchema(Schema):
    """A private note of the reviewers."""

    words = fields.String(load_default="", validate=WORDS)


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


class AttachSchema(Schema):
    """A paper with what it is, whether it is confidential, and to which other paper it belongs."""

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
    words = fields.String(load_default="", validate=WORDS)


class VerificationSchema(Schema):
    """The verifier's report: a finding on each criterion, the opinion, the verified MWh of an M&V report, and two statements."""

    opinion = fields.String(load_default="", validate=validate.OneOf(["", "positive", "negative"]))
    opinion_words = fields.String(load_default="", validate=WORDS)
    findings = fields.List(fields.Nested(CriterionFindingSchema), load_default=list)
    sites_reviewed = fields.String(load_default="", validate=WORDS)
    sampled_evidence = fields.String(load_default="", validate=WORDS)
    discrepancies = fields.String(load_default="", validate=WORDS)
    verified_mwh = Number(load_default=None, allow_none=True)
    attested = fields.Boolean(load_default=False)
    true_and_complete = fields.Boolean(load_default=False)
    file = Upload(load_default=None, allow_none=True)
