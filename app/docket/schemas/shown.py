"""How docket declares what it answers: names, with the kind of each told by the name's ending, as the naming rule of this project fixes it.

`_at` is an instant, `_on` a day, MWh, lb and MW are exact numbers as text, counts are integers. The values are plain already, so that dumping
costs nothing on the page whose speed is promised; a test compares every answer with its declaration.
"""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.fields import Field

WHOLE = frozenset(
    """
    ercs quantity total page pages per_page version size year count vintage_year age_days line number waiting overdue issued active
    held surrendered retired cancelled need missing usable_in_account of_which_replacements replacements_owed invalid_ercs issued_ercs
    ercs_issued surrendered_ercs ercs_active ercs_reserved offers_to_you offers_by_you jobs blocks period_start_year period_end_year readings_count ranges_count
    log_size unplaced sequence sealed_at_position documents_count unsealed_events
    """.split()
)
YES_OR_NO = frozenset(["confidential", "flagged", "own", "direct", "link", "passed", "cited", "sees_relied_on", "mv_report_overdue"])


class Shown(Schema):
    """A schema whose values are plain before they come: dumping hands them on as they are."""

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        return obj


def kind_of(name: str) -> Field[Any]:
    """The field of a name."""
    if name in YES_OR_NO:
        return fields.Boolean(allow_none=True)
    if name in WHOLE:
        return fields.Integer(allow_none=True)
    if name.endswith(("_at", "_since")) or name in {"at", "when", "since"}:
        return fields.DateTime(allow_none=True)
    if name.endswith("_on"):
        return fields.Date(allow_none=True)
    return fields.UUID(allow_none=True) if name == "id" else fields.String(allow_none=True)


COLUMN_WORDS = {
    fields.Boolean: "True or False",
    fields.Integer: "whole number",
    fields.DateTime: "instant, UTC",
    fields.Date: "day",
    fields.UUID: "id",
    fields.String: "text",
}


def column_words(name: str) -> str:
    """What kind of value stands under a name, for those who read a file."""
    return "exact decimal" if name.endswith(("_mwh", "_lb", "_mw")) else COLUMN_WORDS[type(kind_of(name))]


def shape(name: str, names: str = "", **nested: Field[Any]) -> type[Schema]:
    """A declared answer: plain names, then what has an inner shape."""
    members: dict[str, Any] = {one: kind_of(one) for one in names.split()}
    return type(name, (Shown,), {**members, **nested})


def rows(name: str, names: str = "", **nested: Field[Any]) -> Field[Any]:
    """A list of such answers."""
    return fields.List(fields.Nested(shape(name, names, **nested)))


def one(name: str, names: str = "", **nested: Field[Any]) -> Field[Any]:
    """One such answer, or nothing."""
    return fields.Nested(shape(name, names, **nested), allow_none=True)


def link(name: str = "Link") -> Field[Any]:
    """A thing by its title and the address of its page."""
    return fields.Nested(LINK, allow_none=True)


LINK = shape("Link", "title path status")
LINE = shape("CalculationLine", "label how value unit rule kind vintage_year")
DOCUMENT = shape("Document", "kind kind_words title file_name sha256 size confidential at url path of")
EVENT = shape("TimelineEntry", "at words who reason event url")
ACTION = shape("OpenAction", "action label reason path direct link")
FINDING = shape("Finding", "code title outcome passed severity words rule cure")
ANSWER = shape("Answer", "label value rule")
GROUP = shape("AnswerGroup", "legend rule", answers=fields.List(fields.Nested(ANSWER)))
BLOCK = shape("BlockRow", "serials quantity status account_kind since path")


def many(schema: type[Schema]) -> Field[Any]:
    return fields.List(fields.Nested(schema))
