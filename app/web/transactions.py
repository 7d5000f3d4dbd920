"""The two ways in which a view opens a transaction. `writing()` first looks whether the same person already sent the same request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import db
from app.errors import Refused
from app.record import Event, Reply, refuse_repeat
from app.web.visitor import actor

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
    except (IntegrityError, Refused):
        with db.reading() as session:
            refuse_repeat(session, actor())
        raise


def _keep_answer(session: Session) -> None:
    recorded: tuple[Event, Any] | None = session.info.get("recorded")
    declaration = g.get("declaration")
    if recorded is None or recorded[0].idempotency_key is None or declaration is None or declaration.gives is None:
        return
    event, subject = recorded
    answer = declaration.gives().dump(subject)
    session.add(Reply(event_id=event.id, answer=answer))
