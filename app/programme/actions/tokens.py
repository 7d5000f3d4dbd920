"""Personal API tokens: a program with one does what its person may do. Shown once, kept as a hash, ended by the person (rule 1.19)."""

import secrets
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app import people
from app.db import now
from app.errors import Invalid, NotFound, NotPermitted
from app.people import Actor, ApiToken, token_sha256
from app.programme import queries
from app.programme.actions.words import need
from app.record import record

UTC = ZoneInfo("UTC")


def make_token(session: Session, actor: Actor, label: str, expires_on: date | None = None) -> tuple[ApiToken, str]:
    """A new token of one's own, in force to the end of `expires_on` (UTC) or until it is ended; its text is returned only here."""
    user = people.user(session, actor.user_id) if actor.user_id else None
    if user is None:
        raise NotPermitted("Only a person has API tokens.", rule="1.19", what_to_do="Sign in first.")
    expires_at = datetime.combine(expires_on, time.max, UTC) if expires_on else None
    if expires_at is not None and expires_at <= now():
        raise Invalid("The day has passed.", fields={"expires_on": ["Choose a day from today on, or leave it empty."]})
    token = f"erc_{secrets.token_urlsafe(32)}"
    words = need(label, "label", "Say what the token is for, such as the program's name.")
    made = ApiToken(user=user, label=words, token_sha256=token_sha256(token), expires_at=expires_at)
    session.add(made)
    session.flush()
    record(session, actor, "make", made, private={"label": made.label, "expires_at": expires_at})
    return made, token


def end_token(session: Session, actor: Actor, token_id: UUID) -> ApiToken:
    """End one of one's own tokens."""
    found = queries.token_for_update(session, token_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound("You have no such token.", what_to_do="Look at the list of your tokens.")
    found.ended_at = found.ended_at or now()
    record(session, actor, "end", found, private={"label": found.label})
    return found
