"""What the compliance views take."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app.acts import WORDS, DoneSchema, Number, ReasonsSchema, Upload
from app.compliance.models import OPERATING

LONGEST_NAME = 300
NAMED = validate.And(validate.Regexp(r".*\S", error="Give the plant's name."), validate.Length(max=LONGEST_NAME))
MEGAWATTS = validate.Range(min=0, max=99_999, error="No unit has more than 99,999 MW.")


def amount(**more: Any) -> Number:
    """A number of 0 or more; the field's name says the unit."""
    return Number(validate=validate.Range(min=0), **more)


class Lines(fields.Field):  # type: ignore[type-arg]
    """Names, one a line in a form, a list in JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        given = value.splitlines() if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise ValidationError("Give one name a line.")
        if any(len(one) > LONGEST_NAME for one in given):
            raise ValidationError(f"A name has at most {LONGEST_NAME} characters.")
        return list(dict.fromkeys(" ".join(one.split()) for one in given if one.strip()))


class UnitSchema(Schema):
    """An affected EGU to register, under its facility's compliance account (rule 1.12)."""

    account_number = fields.String(required=True, error_messages={"required": "Name the facility's compliance account."})
    plant_name = fields.String(required=True, validate=NAMED, error_messages={"required": "Give the plant's name."})
    oris_plant_code = fields.String(required=True, validate=validate.Regexp(r"\d{1,6}$", error="The plant (ORIS) code is a number of up to six digits."))
    unit_id = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9*]{1,12}$", error="A unit id is letters and digits, such as 4 or CT1."))
    unit_class = fields.String(required=True, validate=validate.OneOf(["steam", "turbine"]), error_messages={"required": "Choose the class."})
    nameplate_mw = Number(load_default=None, allow_none=True, validate=MEGAWATTS)
    generation_2012_mwh = amount(load_default=None, allow_none=True)
    commercial_operation_on = fields.Date(load_default=None, allow_none=True)
    operating_status = fields.String(load_default="operating", validate=validate.OneOf(OPERATING))
    owners = Lines(load_default=list)
    operators = Lines(load_default=list)


class UnitDataSchema(Schema):
    """What of a unit's data can change; what is not named stays, and what is emptied in the form is taken out (rules 1.12, 1.14)."""

    emptied_counts = True
    plant_name = fields.String(validate=NAMED)
    nameplate_mw = Number(allow_none=True, validate=MEGAWATTS)
    commercial_operation_on = fields.Date(allow_none=True)
    operating_status = fields.String(validate=validate.OneOf(OPERATING))
    owners = Lines()
    operators = Lines()


class RetirementSchema(Schema):
    """The retired-unit exemption form (rule 1.12)."""

    retired_on = fields.Date(required=True, error_messages={"required": "Give the day on which the unit retired."})
    statement = fields.String(load_default="", validate=WORDS)
    certified = fields.Boolean(load_default=False)


class ResumptionSchema(ReasonsSchema):
    """The unit ran again (rule 1.12)."""

    lost_on = fields.Date(required=True, error_messages={"required": "Give the day on which the unit ran again."})


class RecordSchema(Schema):
    """A unit's year, with its evidence, certified (rules 9.17, 12.19)."""

    year = fields.Integer(required=True, validate=validate.Range(min=2022, max=2100, error="The programme begins in 2022."))
    co2_lb = amount(required=True)
    uncounted_co2_lb = amount(load_default=0)
    net_generation_mwh = amount(required=True)
    basis_words = fields.String(required=True, error_messages={"required": "Say where the figures come from."})
    evidence = Upload(required=True, error_messages={"required": "Attach the evidence."})
    certified = fields.Boolean(load_default=False)


class SurrenderSchema(Schema):
    """ERCs for one unit and one compliance period: named serials, or a number of the oldest."""

    period_start_year = fields.Integer(required=True, error_messages={"required": "Choose the compliance period."})
    serials = fields.String(load_default=None, allow_none=True)
    quantity = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1, error="At least 1 ERC."))


class NamedSerialsSchema(Schema):
    """Serials to be deducted first for one unit and one compliance period (rule 12.10)."""

    period_start_year = fields.Integer(required=True, error_messages={"required": "Choose the compliance period."})
    serials = fields.String(required=True, error_messages={"required": "Name the serials."})


class PeriodSchema(Schema):
    """A compliance period by its first year."""

    period_start_year = fields.Integer(required=True, error_messages={"required": "Choose the compliance period."})


class DeductionSchema(DoneSchema):
    """The report of a deduction, unit by unit."""

    period_start_year = fields.Integer()
    period_end_year = fields.Integer()
    deadline_on = fields.Date()
    deducted_at = fields.DateTime()
    rows = fields.List(fields.Dict())


class WhatIfSchema(Schema):
    """Figures to try out: nothing is recorded."""

    co2_lb = amount(load_default=None)
    net_generation_mwh = amount(load_default=None)
    standard_lb_per_mwh = amount(load_default=None)


class WhatIfAnswerSchema(Schema):
    """How many ERCs a unit would need for these figures, step by step."""

    path = fields.String()
    back = fields.String()
    unit = fields.String()
    given = fields.Dict()
    need = fields.Integer(allow_none=True)
    lines = fields.List(fields.Dict())
