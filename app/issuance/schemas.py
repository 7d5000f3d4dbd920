"""What the issuance views take."""

from marshmallow import fields, validate

from app.acts import Number, ReasonsSchema
from app.erc_tcs.flows import CAUSES


class IssuanceSchema(ReasonsSchema):
    """The decision: all that was recommended, or a part of its MWh, with reasons."""

    approved_mwh = Number(load_default=None, allow_none=True, validate=validate.Range(min=0))


class CancellationSchema(ReasonsSchema):
    """Invalid ERCs by serials, or by how many of the report's last ones; with the cause of rule 13.4."""

    serials = fields.String(load_default=None, allow_none=True)
    quantity = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1))
    cause = fields.String(required=True, validate=validate.OneOf(list(CAUSES)), error_messages={"required": "Choose the cause."})
