"""The two ways in which a view opens a transaction. `writing()` first looks whether the same person already sent the same request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import db
from app.errors import NotFound, Refused, SentTwice
from app.record import Event, Reply, refuse_repeat, sent_before
from app.state_plan import plan_in_force
from app.web.visitor import AGAIN, actor, says_again

reading = db.reading


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction for one request. Raises Repeated when this person's idempotency key was answered before, also when both came at once.

    Of two that came at once, the second finds done what it wanted to do and is refused, or breaks the key's index: it is a repeat in both cases.
    """
    try:
        with db.writing() as session:
            refuse_repeat(session, actor())
            yield session
            _keep_answer(session)
            _ask_about_second(session)
            _only_rehearsed(session)
    except (IntegrityError, Refused):
        with db.reading() as session:
            refuse_repeat(session, actor())
        raise


def _ask_about_second(session: Session) -> None:
    """Raise SentTwice when what is checked before it is sent was done, exactly so, a moment ago, and nobody says that a second one is meant.

    Asked after the act, so that what is refused for itself is refused for itself, and under its locks, so that of two at once one is asked.
    """
    recorded, declaration = session.info.get("recorded"), g.get("declaration")
    if recorded is None or declaration is None or declaration.check is None or says_again():
        return
    before = sent_before(session, recorded[0])
    if before is not None:
        words = f"You sent exactly this at {_clock(session, before)}: {before.subject_title}."
        raise SentTwice(words, what_to_do="Send it once more only if you mean a second one, and say so.", fields={AGAIN: ["Is a second one meant?"]})


def _clock(session: Session, event: Event) -> str:
    """The time of day in the zone of the person's state."""
    try:
        zone = str(plan_in_force(session, actor().state)["time_zone"])
    except NotFound:
        zone = "UTC"
    return f"{event.at.astimezone(ZoneInfo(zone)):%H:%M %Z}"


class Rehearsed(Exception):
    """The act would have been done; nothing of it was kept. `words` say what it would have done."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def _only_rehearsed(session: Session) -> None:
    """End a rehearsal, asked for by `g.rehearsal`, before anything is kept: what was raised rolls the transaction back."""
    in_words = g.get("rehearsal")
    if in_words is not None:
        event, subject = session.info["recorded"]
        raise Rehearsed(in_words(subject, event.facts))


def _keep_answer(session: Session) -> None:
    """Make the answer while the session is there, so that what it reads is loaded, and keep it for a repeat when there is a key."""
    recorded: tuple[Event, Any] | None = session.info.get("recorded")
    declaration = g.get("declaration")
    if recorded is None or declaration is None or declaration.gives is None:
        return
    event, subject = recorded
    answer = declaration.gives().dump(subject)
    if event.idempotency_key is not None:
        session.add(Reply(event_id=event.id, answer=answer))
