"""The promises of every domain together: the worker keeps them, a page shows a letter (rules 8.4, 8.10, 10.12)."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.compliance import letters as compliance
from app.documents import actions as documents
from app.documents import queries as deposited
from app.eligibility import letters as eligibility
from app.erc_tcs import letters as erc_tcs
from app.errors import NotFound
from app.issuance import letters as issuance
from app.mv_reports import letters as mv_reports
from app.people import Actor
from app.press import letter_pdf
from app.promises import Post, Say, Write, told
from app.record import Delivery, Event
from app.record import event as event_of
from app.verifiers import letters as verifiers

LETTER = "letter"
LONGEST_HEADING = 200
OWN_WORDS: dict[str, Say] = {
    "account.close": told("Account closed", "The account is closed; its number is never used again.", number="Account", ground="Ground", reason="Reason"),
    "account.give_notice": told(
        "Notice of closing",
        "Nothing moved in the account for a year, and it has no ERCs. It will be closed unless a representative objects or ERCs come in.",
        number="Account",
        object_until_on="Object until",
    ),
    "agent_grant.grant": told(
        "Authority granted", "Your people act for the state as far as the grant goes.", scope="As far as", instrument="By", from_on="From", until_on="Until"
    ),
    "agent_grant.end": told("Grant ended", "Your people act for the state under it no more.", scope="It went as far as", instrument="By", reason="Reason"),
    "account.object": told("Objection to the closing", "The account stays open.", number="Account", reason="Reason"),
}
WORDS: dict[str, Say] = {
    **eligibility.WORDS,
    **mv_reports.WORDS,
    **issuance.WORDS,
    **compliance.WORDS,
    **erc_tcs.WORDS,
    **verifiers.WORDS,
    **OWN_WORDS,
}
"""Which events tell people, in which words. An event that is not here is quiet."""

LETTERS: dict[str, Write] = {**eligibility.LETTERS, **mv_reports.LETTERS, **issuance.LETTERS}
"""Which events promise a letter or certificate."""

PRESS = Actor.system("letters")


def kept_letter(session: Session, event_id: UUID) -> UUID | None:
    """The document of an event's letter, if it was made already."""
    delivery = session.get(Delivery, (event_id, LETTER))
    found = delivery.result.get("document_id") if delivery else None
    return UUID(found) if found else None


def make_letter(session: Session, event_id: UUID) -> UUID | None:
    """Make the letter that an event promises and keep it among the documents, once; whoever comes second waits and gets the same one.

    Returns its document's id, or None when this event promises no letter. Raises NotFound for an event that is not known.
    """
    event = event_of(session, event_id)
    if event is None:
        raise NotFound("No letter is at this address.", what_to_do="Look among the documents of the matter.")
    if event.action not in LETTERS:
        return None
    claimed = insert(Delivery).values(event_id=event.id, promise=LETTER, result={}).on_conflict_do_nothing()
    if session.execute(claimed.returning(Delivery.promise)).scalar() is None:
        return kept_letter(session, event_id)
    post = LETTERS[event.action](session, event)
    if post is None:
        return None
    kept = _deposit(session, event, post)
    session.get_one(Delivery, (event.id, LETTER)).result = {"document_id": str(kept)}
    session.flush()
    return kept


def _deposit(session: Session, event: Event, post: Post) -> UUID:
    """Print and deposit a letter, sealed and public from its making. Its file is named after the event, whose instant it carries."""
    received = documents.receive_bytes(letter_pdf(post.letter, event.at), f"{event.action.replace('.', '-').replace('_', '-')}-{event.id}.pdf")
    owner = documents.Owner(post.matter_kind, post.matter_id, post.organisation_id, (post.organisation_id,), post.issuing_state)
    heading = post.heading if len(post.heading) <= LONGEST_HEADING else f"{post.heading[: LONGEST_HEADING - 1]}…"
    return documents.deposit(session, PRESS, owner, received, documents.Label(post.document_kind, heading), sealed=True).id


def letter_bytes(session: Session, document_id: UUID) -> bytes:
    """A kept letter, whole."""
    with deposited.content(deposited.document(session, document_id)) as stream:
        return stream.read()
