"""The page of one act: what it does, which rule stands behind it, the facts it rests on, and its few fields. One description, two dialects.

Schemas and forms of every domain use these and know nothing of Flask.
"""

import re
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


def counted_ercs(quantity: int, serials: Sequence[str]) -> str:
    """How many ERCs, and their serials: all of up to three ranges, the first three and how many more of a longer list."""
    more = f" and {len(serials) - 3:,} more ranges" if len(serials) > 3 else ""
    return f"{quantity:,} {'ERC' if quantity == 1 else 'ERCs'} ({', '.join(serials[:3])}{more})"


REASONS = Field("reasons", "Reasons", "textarea", help="In words that the provider and the public can follow.", rule="8.4", required=True)


LISTS = {
    "": "Home",
    "/accounts": "Accounts",
    "/affected-egus": "Affected EGUs",
    "/applications": "Applications",
    "/organisations": "Organisations",
    "/people": "People",
    "/state-plans": "State plans",
    "/verifiers": "Verifiers",
}
"""What a list that an act's page leads back to is called."""


@dataclass(frozen=True)
class Act:
    """What the page says and asks. `path` is where the form is sent, `back` the page that one came from."""

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
    lines: Sequence[dict[str, Any]] = field(default_factory=tuple)
    checked: bool = False
    """Whether the form is answered first with what would happen, in one sentence."""
    back_title: str = ""

    @property
    def came_from(self) -> str:
        """The name of the page one came from: the matter that the title names, or the list that the address is one of."""
        return self.back_title or self.title.partition(": ")[2] or LISTS.get(self.back.rstrip("/"), "Back")

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
    checked = fields.Boolean()
    came_from = fields.String()


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


THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")


MOST_WHOLE_DIGITS = 12
MOST_DECIMALS = 30


class Number(fields.Decimal):
    """A decimal number as people type it, with or without thousands separators; never NaN or infinite, nor of more digits than any quantity has."""

    default_error_messages = {
        "invalid": "Not a number; write it as 1234.5.",
        "too_long": f"Write at most {MOST_WHOLE_DIGITS} digits before the point and {MOST_DECIMALS} after it; check the unit.",
    }

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**{"allow_nan": False, **keywords})

    def _validated(self, value: Any) -> Decimal:
        text = value.strip() if isinstance(value, str) else value
        if isinstance(text, str) and "," in text:
            if not THOUSANDS.fullmatch(text):  # 25,5 is no 255: a comma that groups no thousands could be a decimal one.
                raise self.make_error("invalid", input=value)
            text = text.replace(",", "")
        number: Decimal = super()._validated(text)
        if number.adjusted() >= MOST_WHOLE_DIGITS or int(number.as_tuple().exponent) < -MOST_DECIMALS:
            raise self.make_error("too_long")
        return number


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
