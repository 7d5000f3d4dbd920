"""What forms and the API take about ERCs and accounts, and what pages and the API say of them (rules sections 1, 11)."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

SIGN_IT = "Read the statement and tick the box: a movement without it is not recorded (programme rule 1.16)."


class WholeNumber(fields.Integer):
    """A count as people write it: 1,000 and 1 000 are a thousand."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        tidy = "".join(value.split()).replace(",", "") if isinstance(value, str) else value
        if isinstance(tidy, bool) or (isinstance(tidy, float) and not tidy.is_integer()):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(tidy, attr, data, **kwargs)


class SignedSchema(Schema):
    """What is signed by being sent: the tick is asked for here, the statement's words are kept with the event."""

    certified = fields.Boolean(
        required=True,
        validate=validate.Equal(True, error=SIGN_IT),
        error_messages={"required": SIGN_IT},
        metadata={"description": "True: the statement of programme rule 1.16 is signed."},
    )

    @post_load
    def signed(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        """To call the action is to sign, so the tick itself goes no further."""
        loaded.pop("certified")
        return loaded


class ChosenSchema(SignedSchema):
    """Which ERCs: named serials, or how many of the oldest."""

    serials = fields.String(
        load_default=None, allow_none=True, metadata={"description": "Serials or ranges, parted by commas or lines. Left out: the oldest are taken."}
    )
    quantity = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=2**62, error="Write a whole number from 1."),
        error_messages={"invalid": "Write a whole number, such as 1,000."},
    )  # fmt: skip


class TransferSchema(ChosenSchema):
    to_number = fields.String(required=True, error_messages={"required": "Give the number of the receiving account."})
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class RetirementSchema(ChosenSchema):
    reason = fields.String(required=True, validate=validate.Length(max=2000), error_messages={"required": "Say why they are retired; it is public."})
    beneficiary = fields.String(
        required=True, validate=validate.Length(max=500), error_messages={"required": "Say for whom or for what they are retired; it is public."}
    )


class AcceptanceSchema(SignedSchema):
    """The receiver signs for what they take."""


class AnswerSchema(Schema):
    words = fields.String(load_default="", validate=validate.Length(max=2000))


class LookSchema(Schema):
    """The query of a form: whose account is it?"""

    to_number = fields.String(load_default="")


class AccountFactsSchema(Schema):
    """An account as others see it: its number, kind and organisation, never a person."""

    id = fields.UUID()
    number = fields.String()
    path = fields.String()
    title = fields.String()
    account_kind = fields.String()
    name = fields.String()
    state = fields.String()
    organisation = fields.String(attribute="organisation.name")
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)


class TransactionSchema(Schema):
    """One recorded movement."""

    id = fields.UUID()
    number = fields.Integer()
    path = fields.String()
    title = fields.String()
    transaction_kind = fields.String()
    recorded_at = fields.AwareDateTime()
    from_account = fields.Nested(AccountFactsSchema)
    to_account = fields.Nested(AccountFactsSchema)
    quantity = fields.Integer()
    reason = fields.String()
    beneficiary = fields.String()
    purpose = fields.String()
    cause = fields.String(allow_none=True)
    by_office = fields.String()


class OfferSchema(Schema):
    """An offer and what became of it."""

    id = fields.UUID()
    path = fields.String()
    title = fields.String()
    state = fields.String()
    from_account = fields.Nested(AccountFactsSchema)
    to_account = fields.Nested(AccountFactsSchema)
    quantity = fields.Integer()
    reason = fields.String()
    offered_at = fields.AwareDateTime()
    answered_at = fields.AwareDateTime(allow_none=True)
    answer_words = fields.String()


class HoldingRowSchema(Schema):
    """A range of serials in an account; a CSV prints these columns."""

    serials = fields.String()
    quantity = fields.Integer()
    vintage_year = fields.Integer()
    status = fields.String()
    since = fields.AwareDateTime()
    issuing_state = fields.String()
    resource_code = fields.String()
    report_code = fields.String()


class FlowSchema(Schema):
    account_kind = fields.String()
    words = fields.String()


class ReceiverSchema(Schema):
    """Whose account a typed number is; `problem` says why it cannot receive."""

    number = fields.String()
    path = fields.String()
    name = fields.String()
    account_kind = fields.String()
    state = fields.String()
    organisation = fields.String()
    problem = fields.String(allow_none=True)


class MovingFormSchema(Schema):
    """The form on which ERCs are moved, with what the account holds free."""

    id = fields.UUID()
    path = fields.String()
    title = fields.String()
    account = fields.Nested(AccountFactsSchema)
    free = fields.Integer()
    not_free = fields.Dict(keys=fields.String(), values=fields.Integer())
    holding = fields.List(fields.Nested(HoldingRowSchema))
    holding_rows_total = fields.Integer()
    flows = fields.List(fields.Nested(FlowSchema))
    receiver = fields.Nested(ReceiverSchema, allow_none=True)
    statement = fields.String()
    closed_because = fields.String(allow_none=True)
    transfers_wait = fields.String()


class AnsweringFormSchema(Schema):
    """The form on which an offer is answered."""

    id = fields.UUID()
    path = fields.String()
    title = fields.String()
    offer = fields.Nested(OfferSchema)
    serials = fields.List(fields.String())
    statement = fields.String()
    closed_because = fields.String(allow_none=True)
