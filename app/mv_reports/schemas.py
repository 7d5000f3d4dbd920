"""What an M&V report and the pages of its acts say, in both dialects."""

from typing import Any

from marshmallow import Schema, fields

from app.mv_reports.queries import tidy


class Mwh(fields.Decimal):
    """MWh as text without the zeros that the column adds."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**{"as_string": True, **keywords})

    def _serialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        return super()._serialize(None if value is None else tidy(value), *rest, **more)


class ActionSchema(Schema):
    """An act that is, or is not now, open to the reader."""

    action = fields.String()
    label = fields.String()
    reason = fields.String(allow_none=True)
    path = fields.String()
    direct = fields.Boolean()


class ReportSchema(Schema):
    """A report as its parties see it; a recommendation, a claim and notes are the reviewers' and not in it."""

    id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    path = fields.String()
    code = fields.String()
    number = fields.Integer()
    version = fields.Integer()
    previous_id = fields.UUID(allow_none=True)
    state = fields.String()
    state_since = fields.DateTime()
    issuing_state = fields.String()
    resource_id = fields.UUID()
    resource_name = fields.String()
    resource_code = fields.String()
    resource_type = fields.String()
    application_id = fields.UUID()
    emv_plan_id = fields.UUID()
    period_start_on = fields.Date()
    period_end_on = fields.Date()
    facts = fields.Dict()
    figures = fields.Dict()
    claimed_mwh = Mwh(allow_none=True)
    verified_mwh = Mwh(allow_none=True)
    creditable_mwh = fields.String(allow_none=True)
    calculation = fields.List(fields.Dict())
    checks = fields.List(fields.Dict())
    flagged = fields.Boolean()
    issued_ercs = fields.Integer(allow_none=True)
    submitted_at = fields.DateTime(allow_none=True)
    return_reasons = fields.String()
    decided_at = fields.DateTime(allow_none=True)
    decision_authority = fields.String()
    decision_reasons = fields.String()
    denial_codes = fields.List(fields.String())


class StepSchema(Schema):
    """One part of the report's form, and whether it is complete."""

    key = fields.String()
    label = fields.String()
    url = fields.String()
    complete = fields.Boolean()


class MissingSchema(Schema):
    """One thing that is still missing, and the address where it is cured."""

    code = fields.String()
    words = fields.String()
    rule = fields.String()
    path = fields.String()


class FieldSchema(Schema):
    """One field of a generated form."""

    name = fields.String()
    label = fields.String()
    kind = fields.String()
    value = fields.Raw(allow_none=True)
    help = fields.String()
    rule = fields.String()
    required = fields.Boolean()
    options = fields.List(fields.List(fields.String()))


class NewReportSchema(Schema):
    """The form that begins a report."""

    resource_id = fields.UUID()
    resource_name = fields.String()
    resource_path = fields.String()
    path = fields.String()
    suggested_start_on = fields.Date()
    suggested_end_on = fields.Date()
    reported = fields.List(fields.Dict())


class PartSchema(Schema):
    """What every page of a part of the report begins with: the report, the act with why it is not open, and the steps."""

    report = fields.Nested(ReportSchema)
    act = fields.Nested(ActionSchema)
    steps = fields.List(fields.Nested(StepSchema))
    missing = fields.List(fields.Nested(MissingSchema))


class YearFiguresSchema(Schema):
    """The further inputs of one vintage year."""

    year = fields.Integer()
    fields_ = fields.List(fields.Nested(FieldSchema), attribute="fields", data_key="fields")


class FactsPageSchema(PartSchema):
    """Statements and figures."""

    statements = fields.List(fields.Nested(FieldSchema))
    years = fields.List(fields.Nested(YearFiguresSchema))
    takes_fuel_months = fields.Boolean()
    fuel_months = fields.List(fields.Dict())
    takes_events = fields.Boolean()
    demand_events = fields.List(fields.Dict())


class ReadingSchema(Schema):
    """One row of the meter file with its line."""

    line_number = fields.Integer()
    meter_id = fields.String()
    month = fields.String()
    generation_mwh = Mwh()


class DocumentSchema(Schema):
    """A paper of the report, and where it is removed while that is possible."""

    id = fields.UUID()
    title = fields.String()
    url = fields.String()
    kind = fields.String()
    at = fields.DateTime()
    size_bytes = fields.Integer()
    sha256 = fields.String()
    confidential = fields.Boolean()
    superseded = fields.Boolean()
    removal_path = fields.String(allow_none=True)


class ReadingsPageSchema(PartSchema):
    """The meter rows with their lines, their sums by vintage year, and the months without a row."""

    readings = fields.List(fields.Nested(ReadingSchema))
    total_mwh = Mwh()
    by_year = fields.List(fields.Dict())
    gaps = fields.List(fields.Dict())
    columns = fields.List(fields.String())
    needed = fields.Boolean()
    document = fields.Nested(DocumentSchema, allow_none=True)


class DocumentsPageSchema(PartSchema):
    """The papers of the report, with the form that attaches one."""

    documents = fields.List(fields.Nested(DocumentSchema))
    kinds = fields.List(fields.List(fields.String()))
    replaceable = fields.List(fields.List(fields.String()))
    confidential = fields.List(fields.List(fields.String()))


class SubmissionPageSchema(PartSchema):
    """The checklist, the checks, the calculation and the certification."""

    checks = fields.List(fields.Dict())
    calculation = fields.List(fields.Dict())
    creditable_mwh = fields.String(allow_none=True)
    flagged = fields.Boolean()
    certification = fields.String()


class VerificationPageSchema(PartSchema):
    """What the verifier writes, beside the EM&V plan, the statements, the rows and the checks."""

    criteria = fields.List(fields.Dict())
    statements = fields.List(fields.Nested(FieldSchema))
    plan = fields.List(fields.Dict())
    figures = fields.List(fields.Dict())
    readings = fields.List(fields.Nested(ReadingSchema))
    total_mwh = Mwh()
    by_year = fields.List(fields.Dict())
    checks = fields.List(fields.Dict())
    calculation = fields.List(fields.Dict())
    documents = fields.List(fields.Nested(DocumentSchema))
    conflict_attestation = fields.String()
    truth_attestation = fields.String()
    engagement_path = fields.String(allow_none=True)
