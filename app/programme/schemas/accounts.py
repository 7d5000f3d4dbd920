"""Accounts, and who acts for them (rules 1.6 to 1.21)."""

from marshmallow import Schema, fields, validate

from app.acts import WORDS, ReasonSchema
from app.erc_tcs.flows import SUBMISSIONS
from app.programme.schemas.people import AccountRowSchema

PRIVATE_AND_STATE_KINDS = ("general", "compliance", "holding", "origination", "surrender", "retirement", "cancellation")
REPRESENTATIVE_KINDS = ("primary", "alternate", "agent")


class NewAccountSchema(Schema):
    account_kind = fields.String(required=True, validate=validate.OneOf(PRIVATE_AND_STATE_KINDS))
    name = fields.String(required=True, validate=validate.Length(max=200))
    organisation_id = fields.UUID(required=True)
    state = fields.String(required=True)
    responsible_official = fields.String(load_default="")
    representative_user_id = fields.UUID(load_default=None, allow_none=True)


class AccountSchema(AccountRowSchema):
    id = fields.UUID()
    state = fields.String()
    organisation = fields.String(attribute="organisation.name")
    responsible_official = fields.String()
    opened_at = fields.DateTime()


class ScopeSchema(Schema):
    """What is delegated to an agent: types of submission (rule 1.17)."""

    scope = fields.List(fields.String(), load_default=list)


class NewRepresentativeSchema(ScopeSchema):
    user_id = fields.UUID(required=True)
    representative_kind = fields.String(required=True, validate=validate.OneOf(REPRESENTATIVE_KINDS))


class ClosingSchema(ReasonSchema):
    """Why an account is closed: `ground` is *request* or *inactivity* (rule 1.18)."""

    ground = fields.String(load_default="request")


class PartiesSchema(Schema):
    """Who has an interest in the ERCs of an account, one party a line (rule 1.21)."""

    parties = fields.String(load_default="", validate=WORDS)


class CertificateSchema(Schema):
    """What a certificate of representation says (rule 1.11)."""

    facility_and_units = representative_contact = alternate_contact = owners_and_operators = fields.String(load_default="", validate=WORDS)
    selected_by_agreement = authority_given = notice_given = fields.Boolean(load_default=False)
    signed_on = fields.Date(required=True, error_messages={"required": "Give the day of the signatures."})


class RepresentativeSchema(Schema):
    """Who acts for an account. The person's name is for those who act for it, the administrator and the auditor."""

    id = fields.UUID()
    person = fields.String(attribute="user.name")
    organisation = fields.String(attribute="user.organisation.name")
    representative_kind = fields.String()
    scope = fields.List(fields.String())
    may = fields.Function(lambda named: "; ".join(SUBMISSIONS[one] for one in named.scope) or "everything")
    began_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True)
    account = fields.String(attribute="account.number")
    path = fields.Function(lambda named: f"/accounts/{named.account.number}/representatives")


class RepresentativesSchema(Schema):
    account = fields.Nested(AccountSchema)
    representatives = fields.List(fields.Nested(RepresentativeSchema))
    may_change = fields.Boolean()
    may_name_agents = fields.Boolean()
