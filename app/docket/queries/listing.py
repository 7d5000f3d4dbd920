"""One way to list: columns by name, filters by conditions, paging and order by the server, the same for a page, JSON and CSV (rules 10.11, 14.8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import containing

PER_PAGE = 50
MOST_ROWS = 100_000
"""What one CSV holds at most; a filter makes a longer list shorter."""

AT_ONCE = 2_000
"""Rows that are held while all of a list are read."""


@dataclass(frozen=True)
class Asked:
    """What the reader asked of a list: filters by name, the order (`-name` descending), the page, and whether all rows are wanted."""

    filters: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    everything: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter that can be bookmarked: its SQL condition, and the SELECT of its choices where it has some.

    The condition of a filter `q` reads `:q`, and `:q_pattern` to find what contains the words.
    """

    name: str
    condition: str
    choices: str = ""
    label: str = ""


@dataclass(frozen=True)
class Listing:
    """A list: `key` names its rows in the answer, `columns` maps each name to its SQL, `source` is what stands after FROM."""

    key: str
    title: str
    about: str
    empty_words: str
    columns: Mapping[str, str]
    source: str
    filters: Sequence[Filter] = ()
    sorted_by: str = ""
    condition: str = "true"
    unsorted: frozenset[str] = frozenset()
    orders: Mapping[str, str] = field(default_factory=dict)
    """Columns that are ordered by another expression than they show, such as one with an index."""

    @property
    def address(self) -> str:
        return "/" + self.key.replace("_", "-")

    @property
    def order_names(self) -> list[str]:
        return [name for name in self.columns if name not in self.unsorted and name != "path" and not name.endswith("_path")]


def listed(session: Session, listing: Listing, asked: Asked, more: str = "true", values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One page of a list, or all of it up to MOST_ROWS. `more` is a further condition, such as whose rows a person may see."""
    patterns = {f"{name}_pattern": containing(value) for name, value in asked.filters.items() if isinstance(value, str)}
    bound = {**asked.filters, **patterns, **(values or {})}
    wanted = [one.condition for one in listing.filters if asked.filters.get(one.name) not in (None, "")]
    where = " AND ".join(f"({condition})" for condition in (listing.condition, more, *wanted))
    total = session.execute(text(f"SELECT count(*) FROM {listing.source} WHERE {where}"), bound).scalar_one()  # noqa: S608
    size = MOST_ROWS if asked.everything else PER_PAGE
    pages = max(1, -(-total // size))
    page = min(max(1, asked.page), pages)
    return {
        "title": listing.title,
        "about": listing.about,
        "empty_words": listing.empty_words,
        "list": listing.key,
        "total": total,
        "page": page,
        "pages": pages,
        "per_page": size,
        "sorted_by": listing.sorted_by,
        "sortable": listing.order_names,
        "filters": [_choices(session, one, asked) for one in listing.filters],
        listing.key: _rows(session, listing, asked.sort or listing.sorted_by, where, {**bound, "size": size, "skip": (page - 1) * size}),
    }


def every_row(session: Session, listing: Listing, more: str = "true", values: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """All rows of a list in its own order, read as they are asked for, however many there are."""
    statement = text(_selected(listing, listing.sorted_by, f"({listing.condition}) AND ({more})"))
    for row in session.execute(statement, dict(values or {}), execution_options={"yield_per": AT_ONCE}).mappings():
        yield dict(row)


def _rows(session: Session, listing: Listing, sort: str, where: str, bound: Mapping[str, Any]) -> list[dict[str, Any]]:
    statement = text(f"{_selected(listing, sort, where)} LIMIT :size OFFSET :skip")
    return [dict(row) for row in session.execute(statement, bound).mappings()]


def _selected(listing: Listing, sort: str, where: str) -> str:
    columns = ", ".join(f'{expression} AS "{name}"' for name, expression in listing.columns.items())
    return f"SELECT {columns} FROM {listing.source} WHERE {where} ORDER BY {_order(listing, sort)}"  # noqa: S608


def _order(listing: Listing, sort: str) -> str:
    """Only the list's own columns order it; what else is asked falls back to the list's own order."""
    name, direction = sort.lstrip("-"), "DESC NULLS LAST" if sort.startswith("-") else "ASC NULLS LAST"
    if name not in listing.order_names:
        name, direction = listing.sorted_by.lstrip("-"), "DESC NULLS LAST" if listing.sorted_by.startswith("-") else "ASC NULLS LAST"
    ways = {**listing.columns, **listing.orders}
    first = next(iter(listing.columns))
    return f"{ways[name]} {direction}, {ways[first]}" if name != first else f"{ways[name]} {direction}"


def _choices(session: Session, one: Filter, asked: Asked) -> dict[str, Any]:
    chosen = asked.filters.get(one.name)
    found = session.execute(text(one.choices)).scalars().all() if one.choices else []
    return {"name": one.name, "label": one.label or one.name.replace("_", " ").capitalize(), "chosen": chosen, "choices": [str(value) for value in found]}
