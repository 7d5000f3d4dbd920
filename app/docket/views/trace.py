"""The trace of an ERC, its download as one file, and the package of its papers."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, current_app, jsonify

from app.docket import packages
from app.docket.queries.trace import trace as trace_of
from app.docket.schemas.trace import TraceSchema
from app.docket.views.blueprint import blueprint
from app.documents import queries as documents
from app.merkle import plain
from app.people import Actor
from app.web.audience import audience
from app.web.dialects import dialect
from app.web.speaks import speaks
from app.web.transactions import reading
from app.web.visitor import actor


@blueprint.get("/ercs/<path:serial>")
@audience("public")
@speaks(gives=TraceSchema, page="docket/trace.html")
def trace(serial: str) -> Any:
    """The trace of one ERC or of a range: who made it, on which papers, who held it, with proof."""
    with reading() as session:
        found = trace_of(session, serial, actor())
    return found if dialect() == "html" else jsonify(plain(found))


@blueprint.get("/ercs/<path:serial>/trace.json")
@audience("public")
@speaks(gives=TraceSchema)
def trace_file(serial: str) -> Response:
    """The trace as a file to keep; `erc verify` checks it without this system."""
    with reading() as session:
        found = plain(trace_of(session, serial, Actor.public()))
    answer = jsonify(found)
    answer.headers["Content-Disposition"] = f'attachment; filename="{packages.package_name(found["serial"])[:-4]}.json"'
    return answer


@blueprint.get("/ercs/<path:serial>/package.zip")
@audience("public")
@speaks(media="application/zip")
def package(serial: str) -> Response:
    """The trace and every public document behind it, as one zip with checksums."""
    with reading() as session:
        found = plain(trace_of(session, serial, Actor.public()))
    name = packages.package_name(found["serial"])
    return Response(packages.zipped(_entries(found)), mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _entries(found: dict[str, Any]) -> Iterator[packages.Entry]:
    """The files of a package: words, checksums, trace, then the documents as they are read."""
    papers = documents_of(found)
    address = f"{current_app.config['PUBLIC_URL']}{found['path']}"
    readme = packages.readme(found["serial"], words_of(found), address, papers).encode()
    trace_json = f"{current_app.json.dumps(found, indent=2)}\n".encode()
    small = (("README.txt", readme), ("SHA256SUMS", packages.checksums(trace_json, readme, papers).encode()), ("trace.json", trace_json))
    return iter([*((name, partial(iter, [content])) for name, content in small), *_papers(papers)])


def _papers(papers: list[dict[str, Any]]) -> Iterator[packages.Entry]:
    with reading() as session:
        for paper, name in zip(papers, packages.file_names(papers), strict=True):
            found = documents.document(session, UUID(paper["path"].rpartition("/")[2]))
            documents.content(found).close()  # Refuses now what would else break off in the middle of the package.
            yield name, partial(_pieces, found)


def _pieces(found: Any) -> Iterator[bytes]:
    return packages.pieces_of(documents.content(found))


def documents_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The documents of a trace; the parts of a range have the same ones."""
    return list((found["parts"][0] if "parts" in found else found)["documents"])


def words_of(found: dict[str, Any]) -> str:
    return " ".join(part["words"] for part in found["parts"]) if "parts" in found else str(found["words"])
