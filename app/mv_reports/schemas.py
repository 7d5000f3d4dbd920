"""What an M&V report and the pages of its acts say, in both dialects."""

from typing import Any

from marshmallow import Schema, fields

from app.amounts import tidy
from app.review_forms import EngagementPartSchema, PaperSchema, PapersSchema, PartSchema, SubmissionPartSchema, VerificationPartSchema


class Mwh(fields.Decimal):
    """MWh as text without the zeros that the column adds."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**{"as_string": True, **keywords})

    def _serialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        return super()._serialize(None if value is None else tidy(value), *rest, **more)


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


class ReportPart(Schema):
    """The report of which a page shows a part."""

    report = fields.Nested(ReportSchema)


class YearFiguresSchema(Schema):
    """The further inputs of one vintage year."""

    year = fields.Integer()
    fields_ = fields.List(fields.Nested(FieldSchema), attribute="fields", data_key="fields")


class FactsPageSchema(ReportPart, PartSchema):
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


class ReadingsPageSchema(ReportPart, PartSchema):
    """The meter rows with their lines, their sums by vintage year, and the months without a row."""

    readings = fields.List(fields.Nested(ReadingSchema))
    total_mwh = Mwh()
    by_year = fields.List(fields.Dict())
    gaps = fields.List(fields.Dict())
    columns = fields.List(fields.String())
    needed = fields.Boolean()
    document = fields.Nested(PaperSchema, allow_none=True)


class DocumentsPageSchema(ReportPart, PapersSchema):
    """The papers of a report."""


class EngagementPageSchema(ReportPart, EngagementPartSchema):
    """Who verifies a report."""


class SubmissionPageSchema(ReportPart, SubmissionPartSchema):
    """What is certified and submitted, with the calculation."""

    calculation = fields.List(fields.Dict())
    creditable_mwh = fields.String(allow_none=True)
    flagged = fields.Boolean()


class SaidSchema(Schema):
    """One statement, or one figure of a vintage year, in words."""

    label = fields.String()
    value = fields.String()
    rule = fields.String()
    year = fields.String()


class PlanGroupSchema(Schema):
    """The statements of the EM&V plan that the rule groups together."""

    legend = fields.String()
    rule = fields.String()
    answers = fields.List(fields.Nested(SaidSchema))


class VerificationPageSchema(ReportPart, VerificationPartSchema):
    """What the verifier writes, beside the EM&V plan, the statements, the rows and the checks."""

    statements = fields.List(fields.Nested(SaidSchema))
    plan = fields.List(fields.Nested(PlanGroupSchema))
    figures = fields.List(fields.Nested(SaidSchema))
    readings = fields.List(fields.Nested(ReadingSchema))
    total_mwh = Mwh()
    by_year = fields.List(fields.Dict())
    checks = fields.List(fields.Dict())
    calculation = fields.List(fields.Dict())
