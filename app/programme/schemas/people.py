"""People and their organisations, as administrators, auditors and they themselves see them (rules 1.1, 1.3, 1.22)."""

from marshmallow import Schema, fields, validate

from app.agency import SCOPE_WORDS
from app.people import ORGANISATION_KINDS, Role
from app.programme.schemas.pages import PagingSchema


class PersonSchema(Schema):
    """A person as administrators and auditors see one. Never public."""

    id = fields.UUID()
    name = fields.String()
    email = fields.String()
    role = fields.String()
    organisation = fields.String(attribute="organisation.name")
    organisation_id = fields.UUID()
    organisation_path = fields.String(attribute="organisation.path")
    invited_at = fields.DateTime()
    signature_agreed_at = fields.DateTime(allow_none=True)
    left_at = fields.DateTime(allow_none=True)
    path = fields.String()
    link = fields.String()


class RepresentedSchema(Schema):
    """An account that a person acts for."""

    number = fields.String()
    name = fields.String()
    path = fields.String()
    representative_kind = fields.String()


class PersonPageSchema(PersonSchema):
    accounts = fields.List(fields.Nested(RepresentedSchema))
    claimed = fields.Integer()
    last_sign_in_at = fields.DateTime(allow_none=True)
    may_change = fields.Boolean()
    oneself = fields.Boolean()
    accepted = fields.Boolean()
    shown_once = fields.String(allow_none=True)


class PeopleFilterSchema(Schema):
    q = fields.String(load_default="")
    role = fields.String(load_default="")
    organisation_id = fields.UUID(load_default=None, allow_none=True)
    left = fields.Boolean(load_default=False)


class PeopleSchema(Schema):
    people = fields.List(fields.Nested(PersonSchema))
    roles = fields.List(fields.String())
    paging = fields.Nested(PagingSchema)


class InvitationSchema(Schema):
    name = fields.String(required=True, validate=validate.Length(max=200))
    email = fields.String(required=True, validate=validate.Length(max=320))
    role = fields.String(required=True, validate=validate.OneOf([str(role) for role in Role]))
    organisation_id = fields.UUID(required=True)


class LeavingSchema(Schema):
    passes_to_id = fields.UUID(load_default=None, allow_none=True)


class OrganisationSchema(Schema):
    id = fields.UUID()
    name = fields.String()
    organisation_kind = fields.String()
    state = fields.String()
    address = fields.String()
    public_body = fields.Boolean()
    opened_at = fields.DateTime()
    closed_at = fields.DateTime(allow_none=True)
    path = fields.String()


class AccountRowSchema(Schema):
    number = fields.String()
    account_kind = fields.String()
    name = fields.String()
    path = fields.String()
    closed_at = fields.DateTime(allow_none=True)


class GrantRowSchema(Schema):
    """What a state vested an agent with (rule 1.2)."""

    id = fields.UUID()
    scope = fields.String()
    instrument = fields.String()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    status = fields.String()
    ended_at = fields.DateTime(allow_none=True)
    ended_reason = fields.String()
    path = fields.String()


class NewGrantSchema(Schema):
    """Authority for a state's agent: how far, by which instrument, from and until which day (UTC)."""

    scope = fields.String(required=True, validate=validate.OneOf(list(SCOPE_WORDS)), error_messages={"required": "Choose how far it goes."})
    instrument = fields.String(required=True, validate=validate.Length(max=300), error_messages={"required": "Name the instrument."})
    from_on = fields.Date(required=True, error_messages={"required": "Give the first day."})
    until_on = fields.Date(load_default=None, allow_none=True)


class OrganisationPageSchema(OrganisationSchema):
    people = fields.List(fields.Nested(PersonSchema))
    accounts = fields.List(fields.Nested(AccountRowSchema))
    grants = fields.List(fields.Nested(GrantRowSchema))
    may_change = fields.Boolean()


class OrganisationsFilterSchema(Schema):
    q = fields.String(load_default="")
    organisation_kind = fields.String(load_default="")


class OrganisationsSchema(Schema):
    organisations = fields.List(fields.Nested(OrganisationSchema))
    kinds = fields.List(fields.String())
    paging = fields.Nested(PagingSchema)


class NewOrganisationSchema(Schema):
    name = fields.String(required=True, validate=validate.Length(max=200))
    kind = fields.String(required=True, validate=validate.OneOf(ORGANISATION_KINDS))
    state = fields.String(load_default="")
    address = fields.String(load_default="")
    public_body = fields.Boolean(load_default=False)
