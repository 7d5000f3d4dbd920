"""The lists: one schema made of each list's own columns, and the filters that its address takes."""

from typing import Any

from marshmallow import Schema, fields, validate
from marshmallow.fields import Field

from app.docket.queries.listing import Listing
from app.docket.schemas.shown import rows, shape

CHOICE = shape("FilterChoice", "name label chosen", choices=fields.List(fields.String()))
WHOLE_FILTERS = frozenset({"vintage"})
UUID_FILTERS = frozenset({"provider"})
DAY_FILTERS = frozenset({"from_on", "until_on"})


def list_schema(listing: Listing) -> type[Schema]:
    """What a list answers: its rows under its own key, and the paging."""
    name = "".join(part.capitalize() for part in listing.key.split("_"))
    row = rows(f"{name}Row", " ".join(listing.columns))
    paging = "title about empty_words list total page pages per_page sorted_by"
    return shape(f"{name}List", paging, sortable=fields.List(fields.String()), filters=fields.List(fields.Nested(CHOICE)), **{listing.key: row})


def filters_schema(listing: Listing) -> type[Schema]:
    """The query of a list's address."""
    name = "".join(part.capitalize() for part in listing.key.split("_"))
    members: dict[str, Any] = {one.name: _filter(one.name, listing) for one in listing.filters}
    return type(f"{name}Filters", (Schema,), members)


def _filter(name: str, listing: Listing) -> Field[Any]:
    if name in WHOLE_FILTERS:
        return fields.Integer(validate=validate.Range(0, 9999))
    if name in UUID_FILTERS or (name == "resource" and listing.key != "ercs"):
        return fields.UUID()
    if name == "flagged":
        return fields.Boolean()
    return fields.Date() if name in DAY_FILTERS else fields.String(validate=validate.Length(max=200))


class SearchSchema(Schema):
    q = fields.String(load_default="", validate=validate.Length(max=300))


class ReadingsSchema(Schema):
    """`readings=all` shows every meter row of a report."""

    readings = fields.String(load_default="")
