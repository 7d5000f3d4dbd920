"""Figures, map and data sets for everybody (rules 10.11, 10.18, 14.8): the page, and every public list in one zip, read at one moment."""

import hashlib
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from app.db import snapshot
from app.docket import packages
from app.docket.queries import figures, visibility
from app.docket.queries.listing import AT_ONCE, Listing, every_row
from app.docket.queries.lists import PUBLIC
from app.docket.schemas.figures import DataSchema
from app.docket.schemas.shown import column_words
from app.docket.views.blueprint import blueprint
from app.merkle import plain
from app.people import Actor
from app.web.audience import audience
from app.web.speaks import csv_lines, speaks
from app.web.transactions import reading


@blueprint.get("/data")
@audience("public")
@speaks(gives=DataSchema, page="docket/data.html", table="by_month")
def data() -> Any:
    """What the programme amounts to, now and by month, with every list and the data set."""
    with reading() as session:
        return figures.data_page(session)


@blueprint.get(figures.DATA_SET)
@audience("public")
@speaks(media="application/zip")
def data_set() -> Response:
    """Every public list as CSV in one zip, with a manifest, as of the last signed head."""
    with snapshot() as session:
        reached = plain(figures.log_reached(session))
        tag = hashlib.sha256(current_app.json.dumps(reached).encode()).hexdigest()
        known = request.if_none_match.contains(tag)
        answer = Response(None if known else _packed(session, reached), 304 if known else 200, mimetype="application/zip")
    answer.set_etag(tag)
    answer.headers["Content-Disposition"] = f'attachment; filename="{figures.DATA_SET.rpartition("/")[2]}"'
    return answer


def _packed(session: Session, reached: dict[str, Any]) -> Iterator[bytes]:
    """The zip, made whole before the first byte leaves, so that a slow reader keeps no transaction open."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it to its end.
    for piece in packages.zipped(_entries(session, reached)):
        file.write(piece)
    file.seek(0)
    return packages.pieces_of(file)


def _entries(session: Session, reached: dict[str, Any]) -> Iterator[packages.Entry]:
    """The lists first; what describes them comes last, because it counts and hashes what was written."""
    files: list[dict[str, Any]] = []
    for listing in PUBLIC:
        yield f"{listing.key}.csv", partial(_list, session, listing, files)
    address = str(current_app.config["PUBLIC_URL"])
    readme = packages.data_readme(address, files, reached["head"], reached["waiting"]).encode()
    manifest = f"{current_app.json.dumps({'address': address, **reached, 'files': files}, indent=2)}\n".encode()
    written = [(hashlib.sha256(content).hexdigest(), name) for name, content in (("README.txt", readme), ("manifest.json", manifest))]
    sums = "".join(f"{digest}  {name}\n" for digest, name in [*((one["sha256"], one["name"]) for one in files), *written]).encode()
    for name, content in (("README.txt", readme), ("manifest.json", manifest), ("SHA256SUMS", sums)):
        yield name, partial(iter, [content])


def _list(session: Session, listing: Listing, files: list[dict[str, Any]]) -> Iterator[bytes]:
    """A list as anybody sees it, in pieces, and then what it was, told to the manifest."""
    digest, count = hashlib.sha256(), 0
    rows = every_row(session, listing, *visibility.of_list(listing.key, Actor.public()))
    lines = csv_lines(map(plain, rows), list(listing.columns))
    while some := list(islice(lines, AT_ONCE)):
        piece, count = "".join(some).encode(), count + len(some)
        digest.update(piece)
        yield piece
    columns = [{"name": name, "kind": column_words(name)} for name in listing.columns]
    told = {"name": f"{listing.key}.csv", "title": listing.title, "about": listing.about, "rows": count - 1}
    files.append({**told, "sha256": digest.hexdigest(), "columns": columns})
