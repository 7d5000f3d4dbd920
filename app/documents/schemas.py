"""What a page and the API say of a document. Nobody is given a document that they may not read, so nothing here is left out for anybody."""

from marshmallow import Schema, fields

from app.documents.kinds import DOCUMENT_KINDS


class DocumentSchema(Schema):
    """A document in a list; `url` is its content, `path` its page."""

    id = fields.UUID()
    path = fields.String()
    url = fields.Function(lambda found: f"{found.path}/content")
    title = fields.String(attribute="heading")
    kind = fields.Function(lambda found: DOCUMENT_KINDS[found.document_kind])
    document_kind = fields.String()
    file_name = fields.String()
    media_type = fields.String()
    size_bytes = fields.Integer()
    sha256 = fields.String()
    confidential = fields.Boolean()
    at = fields.DateTime(attribute="deposited_at")
    sealed_at = fields.DateTime(allow_none=True)
    retain_until = fields.Date(allow_none=True)
    supersedes_id = fields.UUID(allow_none=True)


class MatterLinkSchema(Schema):
    kind = fields.String()
    path = fields.String()


class LookSchema(Schema):
    at = fields.DateTime()
    who = fields.String(attribute="office")


class DocumentPageSchema(Schema):
    """A document with its line of versions, its public and its full copy, and, for those concerned, who looked at it."""

    document = fields.Nested(DocumentSchema)
    path = fields.Function(lambda page: page["document"].path)
    matter = fields.Nested(MatterLinkSchema, allow_none=True)
    versions = fields.List(fields.Nested(DocumentSchema))
    redacted_copies = fields.List(fields.Nested(DocumentSchema))
    is_redacted_copy = fields.Boolean()
    redacted_copy_of = fields.Nested(DocumentSchema, allow_none=True)
    looks = fields.List(fields.Nested(LookSchema), allow_none=True)
