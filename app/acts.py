"""The page of one act: what it does, which rule stands behind it, the facts it rests on, and its few fields. One description, two dialects.

Schemas and forms of every domain use these and know nothing of Flask.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO

from marshmallow import Schema, fields, validate

PAGE = "act.html"
WORDS = validate.Length(max=20_000)
"""As long as anybody's words in one field may be."""


@dataclass(frozen=True)
class Field:
    """A form field: `kind` is one of the design system's types; `options` are (value, label) pairs."""

    name: str
    label: str
    kind: str = "text"
    value: Any = None
    help: str = ""
    rule: str = ""
    required: bool = False
    options: Sequence[tuple[Any, ...]] = ()
    unit: str = ""
    accept: str = ""


REASONS = Field("reasons", "Reasons", "textarea", help="In words that the provider and the public can follow.", rule="8.4", required=True)


@dataclass(frozen=True)
class Act:
    """What the page says and asks. `path` is where the form is sent, `back` the page that one came from, `confirm` the question before it is sent."""

    title: str
    words: str
    path: str
    back: str
    submit: str
    rule: str = ""
    fields: Sequence[Field] = ()
    facts: Sequence[tuple[str, Any]] = ()
    holdings: Sequence[dict[str, Any]] = ()
    files: bool = False
    warning: str = ""
    look: str = ""
    confirm: str = ""
    lines: Sequence[dict[str, Any]] = field(default_factory=tuple)

    @property
    def plain_fields(self) -> list[dict[str, Any]]:
        return [asdict(one) for one in self.fields]


class ActSchema(Schema):
    """The act's page: its form and the facts beside it."""

    title = fields.String(required=True)
    words = fields.String()
    rule = fields.String()
    path = fields.String(required=True)
    back = fields.String()
    submit = fields.String()
    fields_ = fields.List(fields.Dict(), attribute="plain_fields", data_key="fields")
    facts = fields.List(fields.List(fields.Raw()))
    holdings = fields.List(fields.Dict())
    lines = fields.List(fields.Dict())
    files = fields.Boolean()
    warning = fields.String()
    look = fields.String()
    confirm = fields.String()


class DoneSchema(Schema):
    """What an act answers: the id and page of what it was done to, and its state where it has one."""

    id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    state = fields.String()
    path = fields.String(required=True)


class ReasonsSchema(Schema):
    """Reasons in words."""

    reasons = fields.String(load_default="", validate=WORDS)


class ReasonSchema(Schema):
    """Why something ends that is no decision, such as an engagement or a representative's acting."""

    reason = fields.String(load_default="", validate=WORDS)


class Number(fields.Decimal):
    """A decimal number as people type it, with or without thousands separators; never NaN or infinite."""

    default_error_messages = {"invalid": "Not a number; write it as 1234.5."}

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**{"allow_nan": False, **keywords})

    def _validated(self, value: Any) -> Decimal:
        return super()._validated(value.replace(",", "").strip() if isinstance(value, str) else value)


@dataclass
class UploadedFile:
    """One uploaded file: its name, and either its stream or the address under which an earlier, refused attempt already stored it."""

    file_name: str
    stream: BinaryIO | None
    stored: dict[str, Any] = field(default_factory=dict)


class Upload(fields.Field):  # type: ignore[type-arg]
    """A file in a multipart form. Its loaded value is an UploadedFile."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, UploadedFile):
            raise self.make_error("validator_failed")
        return value
