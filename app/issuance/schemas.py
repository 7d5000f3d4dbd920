"""What the issuance views take, and what the page of the decision shows."""

from marshmallow import Schema, fields, validate

from app.acts import WORDS, ActSchema, Number, ReasonsSchema
from app.erc_tcs.flows import CAUSES


class AmountSchema(Schema):
    """One vintage of a decision to issue: approved MWh and the carry brought in make whole ERCs and the carry that goes on (rules 6.6, 9.2, 9.4)."""

    vintage_year = fields.Integer()
    verified_mwh = fields.String()
    creditable_mwh = fields.String()
    approved_mwh = fields.String()
    carry_in_mwh = fields.String()
    sum_mwh = fields.String()
    ercs = fields.Integer()
    carry_out_mwh = fields.String()


class DecisionFormSchema(ActSchema):
    """The page of the decision, with its amounts."""

    amounts = fields.List(fields.Nested(AmountSchema))


class IssuanceSchema(ReasonsSchema):
    """The decision: all that was recommended, or a part of its MWh, with reasons."""

    approved_mwh = Number(load_default=None, allow_none=True, validate=validate.Range(min=0))


class CancellationSchema(ReasonsSchema):
    """Invalid ERCs by serials, or by how many of the report's last ones; with the cause of rule 13.4."""

    serials = fields.String(load_default=None, allow_none=True)
    quantity = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1))
    cause = fields.String(required=True, validate=validate.OneOf(list(CAUSES)), error_messages={"required": "Choose the cause."})


class CorrectionSchema(ReasonsSchema):
    """The ERCs that a clerical error put into an account, by their serials, and the account to which they belong (rule 13.8)."""

    serials = fields.String(required=True, validate=WORDS, error_messages={"required": "Name the ERCs that are in the wrong account."})
    to_number = fields.String(required=True, validate=WORDS, error_messages={"required": "Name the right account."})
