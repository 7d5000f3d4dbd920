"""What the forms of an M&V report take beside what every reviewed matter takes (rules 5.1 to 5.8, 5.18a, 8.6, 8.11)."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.acts import Number, ReasonsSchema, Upload
from app.mv_reports.actions import GROUNDS
from app.mv_reports.quantification.needed import EVENTS_OF, FUEL_MONTHS_OF, OF_TYPE, needed
from app.mv_reports.queries import STATEMENTS
from app.mv_reports.reasonableness import SOURCES
from app.review_forms import RowSchema

FIELD_OF = {"number": Number, "yes_no": fields.Boolean, "choice": fields.String, "words": fields.String}
LINE = validate.Length(max=300)
NEEDED = {one.name: one for type_code in OF_TYPE for one in needed(type_code)}


class BeginSchema(Schema):
    """The resource and the period, both days included."""

    resource_id = fields.UUID(required=True)
    period_start_on = fields.Date(required=True, error_messages={"required": "Give the first day of the period."})
    period_end_on = fields.Date(required=True, error_messages={"required": "Give the last day of the period."})


class YearRowSchema(RowSchema):
    """The further inputs of one vintage year."""

    year = fields.Integer(required=True)


FigureRowSchema = YearRowSchema.from_dict(  # every figure that any type asks for; the action refuses what is not of the report's type
    {name: FIELD_OF[one.kind](metadata={"description": f"{one.label} (programme rule {one.rule})"}) for name, one in NEEDED.items()}, name="FigureRowSchema"
)


class FuelMonthSchema(RowSchema):
    """One month of a unit that burns a second fuel (rule 2.16)."""

    month = fields.String(required=True, validate=validate.Regexp(r"[0-9]{4}-(0[1-9]|1[0-2])$", error="Write the month as YYYY-MM."))
    generation_mwh = Number(required=True)
    qualifying_share = Number(required=True)
    other_share = Number(required=True)


class DemandEventSchema(RowSchema):
    """One call on demand-side management (rule 2.22)."""

    held_on = fields.Date(required=True)
    words = fields.String(load_default="Demand reduced")
    reduced_mw = Number(required=True)
    hours = Number(required=True)


class ReportFactsSchema(Schema):
    """Statements and figures, complete or not."""

    methods_applied = fields.String()
    data_source = fields.String(validate=validate.OneOf(["", *SOURCES]))
    meter_reader = fields.String()
    changed = fields.Boolean(load_default=False)
    changes = fields.String()
    changed_on = fields.Date()
    eligibility_continued = fields.Boolean(load_default=False)
    not_duplicated = fields.Boolean(load_default=False)
    installation_evidence = fields.String()
    delivery = fields.String()
    registry = fields.String(validate=LINE)
    registry_generator_id = fields.String(validate=LINE)
    first_certificate = fields.String(validate=LINE)
    last_certificate = fields.String(validate=LINE)
    co2_report = fields.String()
    figures = fields.List(fields.Nested(FigureRowSchema), load_default=list)
    fuel_months = fields.List(fields.Nested(FuelMonthSchema), load_default=list)
    demand_events = fields.List(fields.Nested(DemandEventSchema), load_default=list)


class ReadingsSchema(Schema):
    """A CSV of meter rows, and the total that somebody expects of it."""

    file = Upload(required=True, error_messages={"required": "Choose the CSV file."})
    typed_total_mwh = Number(load_default=None, allow_none=True)


class ReportRecommendationSchema(ReasonsSchema):
    """All creditable MWh when `approved_mwh` is left empty; for a parked report the reviewer's words on the check."""

    approved_mwh = Number(load_default=None, allow_none=True)
    override_reasons = fields.String(load_default="")


class RejectionSchema(ReasonsSchema):
    """Grounds of the closed list with reasons (rule 8.6)."""

    codes = fields.List(fields.String(validate=validate.OneOf(GROUNDS)), load_default=list)


def facts_and_figures(loaded: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The statements, and the figures by vintage year with the months and events of each."""
    figures: dict[str, Any] = {str(row["year"]): {name: value for name, value in row.items() if name != "year"} for row in loaded["figures"]}
    for row in loaded["fuel_months"]:
        figures.setdefault(row["month"][:4], {}).setdefault("fuel_months", []).append(row)
    for row in loaded["demand_events"]:
        figures.setdefault(str(row["held_on"].year), {}).setdefault("demand_events", []).append(row)
    return {name: loaded[name] for name in STATEMENTS if name in loaded}, figures


def takes_rows(type_code: str) -> tuple[bool, bool]:
    """Whether a type's form has rows of fuel months, and of demand events."""
    return type_code in FUEL_MONTHS_OF, type_code in EVENTS_OF
