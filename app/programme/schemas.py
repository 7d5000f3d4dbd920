"""What the programme's own pages take and give: the same fields as JSON and as forms."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from app.acts import WORDS, ReasonSchema
from app.erc_tcs.flows import SUBMISSIONS
from app.people import ORGANISATION_KINDS, Role
from app.state_plan import PARAMETERS, parameter_from

PRIVATE_AND_STATE_KINDS = ("general", "compliance", "holding", "origination", "surrender", "retirement", "cancellation")
REPRESENTATIVE_KINDS = ("primary", "alternate", "agent")


class PagingSchema(Schema):
    """Which page of a list this is."""

    page = fields.Integer()
    pages = fields.Integer()
    total = fields.Integer()
    per_page = fields.Integer()


class PathSchema(Schema):
    """Where to go on."""

    path = fields.String()


class SignInSchema(Schema):
    email = fields.String(required=True, validate=validate.Length(max=320))
    password = fields.String(required=True, validate=validate.Length(max=1024))
    next = fields.String(attribute="next_path", load_default="/")


class NextSchema(Schema):
    next = fields.String(attribute="next_path", load_default="/")


class EmailSchema(Schema):
    email = fields.String(required=True, validate=validate.Length(max=320))


class PasswordSchema(Schema):
    password = fields.String(required=True, validate=validate.Length(max=1024))


class ChangePasswordSchema(PasswordSchema):
    """A new password, for whoever knows the present one."""

    old_password = fields.String(required=True, validate=validate.Length(max=1024))


class AcceptanceSchema(PasswordSchema):
    agreed = fields.Boolean(load_default=False)


class LinkPageSchema(Schema):
    """The page behind a one-time link: who is meant, until when it works, and what is asked."""

    name = fields.String()
    email = fields.String()
    role = fields.String()
    organisation = fields.String()
    expires_at = fields.DateTime()
    agreement = fields.String()
    least_characters = fields.Integer()
    path = fields.String()


class SignInRowSchema(Schema):
    id = fields.UUID()
    browser = fields.String()
    began_at = fields.DateTime()
    expires_at = fields.DateTime()
    here = fields.Boolean()


class TokenRowSchema(Schema):
    id = fields.UUID()
    label = fields.String()
    made_at = fields.DateTime()
    expires_at = fields.DateTime(allow_none=True)
    expired = fields.Boolean()


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


class MySchema(PersonSchema):
    """Oneself: sign-ins and tokens with their ends. `shown_once` is the text of a token just made, in the browser that made it."""

    sign_ins = fields.List(fields.Nested(SignInRowSchema))
    tokens = fields.List(fields.Nested(TokenRowSchema))
    shown_once = fields.String(allow_none=True)


class TokenSchema(Schema):
    label = fields.String(required=True, validate=validate.Length(max=100))
    expires_on = fields.Date(load_default=None, allow_none=True)


class MadeTokenSchema(TokenRowSchema):
    """A token just made: `token` is told this once and never again."""

    token = fields.String()
    path = fields.String()


class NoticeSchema(Schema):
    id = fields.UUID()
    subject = fields.String()
    words = fields.String()
    path = fields.String()
    made_at = fields.DateTime()
    read_at = fields.DateTime(allow_none=True)


class InboxSchema(Schema):
    notices = fields.List(fields.Nested(NoticeSchema))
    unread = fields.Integer()
    paging = fields.Nested(PagingSchema)


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


class OrganisationPageSchema(OrganisationSchema):
    people = fields.List(fields.Nested(PersonSchema))
    accounts = fields.List(fields.Nested(AccountRowSchema))
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


class PlanParameter(fields.Field):  # type: ignore[type-arg]
    """A parameter of the plan, as JSON or as a form's text; see app/state_plan.py."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return parameter_from(str(attr), value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class PlanFactsSchema(Schema):
    state = fields.String(required=True)
    name = fields.String(required=True, validate=validate.Length(max=200))
    ruleset = fields.String(load_default="seed", validate=validate.OneOf(["seed", "final"]))
    effective_on = fields.Date(required=True)
    reason = fields.String(required=True)


PlanParametersSchema = Schema.from_dict(
    {one.name: PlanParameter(allow_none=True, metadata={"description": f"{one.label} (programme rule {one.rule})"}) for one in PARAMETERS},
    name="PlanParametersSchema",
)


class NewPlanSchema(PlanFactsSchema, PlanParametersSchema):  # type: ignore[misc, valid-type]
    """A new version. What is not given keeps its default, unless `complete` says that everything stands here: then it is empty."""

    complete = fields.Boolean(load_default=False)

    @post_load
    def together(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The parameters in one place, apart from what the version is called."""
        parameters = {one.name: loaded.pop(one.name) for one in PARAMETERS if one.name in loaded}
        if loaded.pop("complete"):
            parameters = {**self._emptied(parameters), **parameters}
        return {**loaded, "parameters": parameters}

    def _emptied(self, given: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, list[str]] = {}
        emptied: dict[str, Any] = {}
        for one in PARAMETERS:
            try:
                emptied[one.name] = None if one.name in given else parameter_from(one.name, None)
            except ValueError as error:
                told[one.name] = [str(error)]
        if told:
            raise ValidationError(told)
        return emptied


class ForStateSchema(Schema):
    state = fields.String(load_default="")


class PlanRowSchema(Schema):
    id = fields.UUID()
    state = fields.String()
    version = fields.Integer()
    name = fields.String()
    ruleset = fields.String()
    effective_on = fields.Date()
    made_at = fields.DateTime()
    reason = fields.String()
    in_force = fields.Boolean()
    path = fields.String()


class PlansSchema(Schema):
    plans = fields.List(fields.Nested(PlanRowSchema))
    may_add = fields.Boolean()


class PlanPageSchema(PlanRowSchema):
    """A version with all its parameters, and what differs from the version before it."""

    parameters = fields.Dict(attribute="all_parameters")
    changes = fields.List(fields.Dict())
    groups = fields.List(fields.Dict())
    previous_path = fields.String(allow_none=True)
    may_add = fields.Boolean()


class PlanFormSchema(Schema):
    """The form of a new version, filled in from the newest one."""

    state = fields.String()
    name = fields.String()
    ruleset = fields.String()
    follows = fields.String(allow_none=True)
    groups = fields.List(fields.Dict())
    path = fields.String()


class HealthSchema(Schema):
    """`worker` is the seconds since the worker last signed a head of the public log; null before the first."""

    status = fields.String()
    database = fields.String()
    store = fields.String()
    worker = fields.Integer(allow_none=True)
