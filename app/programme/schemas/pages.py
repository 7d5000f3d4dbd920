"""What any of the programme's pages may answer: where to go on, which part of a list this is, and whether the system is well."""

from marshmallow import Schema, fields


class PathSchema(Schema):
    """Where to go on."""

    path = fields.String()


class PagingSchema(Schema):
    """Which page of a list this is."""

    page = fields.Integer()
    pages = fields.Integer()
    total = fields.Integer()
    per_page = fields.Integer()


class HealthSchema(Schema):
    """`worker` is the seconds since a worker last gave a sign of life, null when none runs; `unsealed` those that the oldest event waits for its seal."""

    status = fields.String()
    database = fields.String()
    store = fields.String()
    worker = fields.Integer(allow_none=True)
    unsealed = fields.Integer(allow_none=True)
