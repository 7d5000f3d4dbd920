"""What the compliance views take."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.acts import DoneSchema, Number, Upload


def amount(**more: Any) -> Number:
    """A number of 0 or more; the field's name says the unit."""
    return Number(validate=validate.Range(min=0), **more)


class UnitSchema(Schema):
    """An affected EGU to register, under its facility's compliance account (rule 1.12)."""

    account_number = fields.String(required=True, error_messages={"required": "Name the facility's compliance account."})
    plant_name = fields.String(required=True, error_messages={"required": "Give the plant's name."})
    oris_plant_code = fields.String(required=True, validate=validate.Regexp(r"\d{1,6}$", error="The plant (ORIS) code is a number of up to six digits."))
    unit_id = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9*]{1,12}$", error="A unit id is letters and digits, such as 4 or CT1."))
    unit_class = fields.String(required=True, validate=validate.OneOf(["steam", "turbine"]), error_messages={"required": "Choose the class."})
    nameplate_mw = Number(load_default=None, allow_none=True, validate=validate.Range(min=0, max=99_999, error="No unit has more than 99,999 MW."))
    generation_2012_mwh = amount(load_default=None, allow_none=True)


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
