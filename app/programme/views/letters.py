"""A letter at its permanent address: kept already, or made now that somebody asks; the bytes are the same (rules 8.4, 14.6)."""

import hashlib
from uuid import UUID

from flask import Response

from app.errors import NotFound
from app.programme import letters
from app.programme.views import blueprint
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing


@blueprint.get("/letters/<uuid:event_id>.pdf")
@audience("public")
@speaks(media="application/pdf")
def letter(event_id: UUID) -> Response:
    """The letter of an event as a PDF."""
    with reading() as session:
        kept = letters.kept_letter(session, event_id)
    if kept is None:
        with writing() as session:
            kept = letters.make_letter(session, event_id)
    return _given(kept)


def _given(document_id: UUID | None) -> Response:
    """The bytes of the letter, and where its document stands. Raises NotFound when the event promises none."""
    if document_id is None:
        raise NotFound("No letter is at this address.", what_to_do="Look among the documents of the matter.")
    with reading() as session:
        content = letters.letter_bytes(session, document_id)
    answer = Response(content, mimetype="application/pdf")
    answer.set_etag(hashlib.sha256(content).hexdigest())
    answer.headers["Content-Location"] = f"/documents/{document_id}/content"
    answer.headers["Content-Disposition"] = "inline"
    return answer
