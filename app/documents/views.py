"""The page of a document and its bytes. Documents come in with the matter that they belong to; here they are read."""

from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, request

from app.documents import actions, queries
from app.documents.models import Document
from app.documents.schemas import DocumentPageSchema
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor

blueprint = Blueprint("documents", __name__)
PIECE = 1 << 16
SHOWN_IN_THE_BROWSER = {"application/pdf", "text/plain", "image/png"}
"""What a browser shows without running anything of it; everything else is saved."""


@blueprint.get("/documents/<uuid:document_id>")
@audience("public")
@speaks(gives=DocumentPageSchema, page="documents/document.html")
def document(document_id: UUID) -> dict[str, Any]:
    """The page of a document: what it is, its versions, its public copies."""
    with reading() as session:
        return queries.page(session, actor(), document_id)


@blueprint.get("/documents/<uuid:document_id>/content")
@audience("public")
@speaks(media="*/*")
def content(document_id: UUID) -> Response:
    """The bytes of a document, whole or one range of them."""
    with reading() as session:
        found = queries.readable_document(session, actor(), document_id)
    answer = _given(found)
    if found.confidential:
        with writing() as session:
            actions.look(session, actor(), document_id)
    return answer


def _given(found: Document) -> Response:
    """The bytes, whole or the one range that was asked for, or the word that the browser has them already (RFC 9110)."""
    if request.if_none_match.contains(found.sha256):
        return _marked(Response(status=304), found)
    if not _range_counts(found):
        return _marked(_part(found, 0, found.size_bytes, 200), found)
    asked = request.range.range_for_length(found.size_bytes) if request.range else None
    if asked is None:
        answer = Response(status=416, headers={"Content-Range": f"bytes */{found.size_bytes}"})
        return _marked(answer, found)
    start, end = asked
    answer = _part(found, start, end, 206)
    answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size_bytes}"
    return _marked(answer, found)


def _range_counts(found: Document) -> bool:
    """One range of bytes of this very content; several at once, and a range of an older content, are answered with the whole."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return False
    condition = request.headers.get("If-Range")
    return condition is None or condition == f'"{found.sha256}"'


def _part(found: Document, start: int, end: int, status: int) -> Response:
    """Opened before the answer begins, so that bytes which are not the deposited ones are refused and never sent."""
    stream = queries.content(found, start, end)
    pieces = _pieces(stream) if request.method != "HEAD" else None
    answer = Response(pieces, status=status, mimetype=found.media_type, direct_passthrough=pieces is not None)
    answer.call_on_close(stream.close)
    answer.headers["Content-Length"] = str(end - start)
    return answer


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


def _marked(answer: Response, found: Document) -> Response:
    """The headers of every answer. The digest is the strong validator: the content of an address never changes."""
    way = "inline" if found.media_type in SHOWN_IN_THE_BROWSER else "attachment"
    answer.set_etag(found.sha256)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "public, max-age=86400, immutable" if found.is_public else "private, no-store"
    answer.headers.set("Content-Disposition", way, **_named(found.file_name))
    return answer


def _named(file_name: str) -> dict[str, str]:
    """The name for every browser: plain letters for old ones, all letters for the others (RFC 6266)."""
    plain = file_name.encode("ascii", "replace").decode().replace("?", "_")
    return {"filename": plain} if plain == file_name else {"filename": plain, "filename*": f"UTF-8''{quote(file_name, safe='')}"}
