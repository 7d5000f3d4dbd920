"""Signing in, one's own sign-ins and tokens, one-time links and the inbox (rules 1.19, 1.22, 8.10)."""

from marshmallow import Schema, fields, validate

from app.programme.schemas.pages import PagingSchema
from app.programme.schemas.people import PersonSchema


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
