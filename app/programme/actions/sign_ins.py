"""Signing in and out. Guesses are counted before they are judged, per address and per place, so that many at once gain nothing (rule 1.19).

A stranger who guesses at an address from elsewhere soon runs out of tries, and its owner signs in as before."""

import math
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import people
from app.db import now
from app.errors import NotFound, NotPermitted, TooManyAttempts
from app.people import Actor, SignIn, token_sha256
from app.programme import queries
from app.programme.actions.passwords import hashed, matches, outdated
from app.programme.models import FailedSignIn
from app.record import record

LASTS = timedelta(hours=12)
WINDOW = timedelta(minutes=15)
TRIES_FOR_ONE_FROM_ONE_PLACE = 5
TRIES_PER_PLACE = 20
"""Several people may sit behind one place, so it gets more tries than one address from it."""
TRIES_PER_ADDRESS = 50


class WrongPassword(NotPermitted):
    """The address or the password; it is never said which."""

    status = 401
    title = "Not signed in"
    explanation = "The e-mail address or the password is not right. It is not said which, so that nobody can find out who has an account."


def attempt(session: Session, email: str, place: str) -> None:
    """Count one try, in a transaction of its own before the password is looked at. Raises TooManyAttempts, which says how long to wait."""
    address = email.strip().lower()
    queries.lock_attempts(session, address)
    since = now() - WINDOW
    old = select(FailedSignIn.id).where(FailedSignIn.at < since).with_for_update(skip_locked=True)
    session.execute(delete(FailedSignIn).where(FailedSignIn.id.in_(old)))
    for tries, most in (
        (queries.failures(session, since, email=address, place=place), TRIES_FOR_ONE_FROM_ONE_PLACE),
        (queries.failures(session, since, email=address), TRIES_PER_ADDRESS),
        (queries.failures(session, since, place=place), TRIES_PER_PLACE),
    ):
        if len(tries) >= most:
            minutes = max(1, math.ceil((tries[-most] + WINDOW - now()).total_seconds() / 60))
            raise TooManyAttempts(
                f"Signing in failed {len(tries)} times in the last 15 minutes.",
                rule="1.19",
                what_to_do=f"Wait {minutes} minute{'s' if minutes > 1 else ''}, or set a new password by the link on the sign-in page.",
            )
    session.add(FailedSignIn(email=address, place=place))


def sign_in(session: Session, email: str, password: str, place: str, browser: str) -> str:
    """The token of a new sign-in. Raises WrongPassword after the same work for a known and an unknown address."""
    address = email.strip().lower()
    user = people.user_by_email(session, address)
    if not matches(user.password_hash if user else None, password) or user is None or user.left_at or user.organisation.closed_at:
        raise WrongPassword("The e-mail address or the password is not right.", what_to_do="Try again, or ask for a new password below.")
    session.execute(delete(FailedSignIn).where(FailedSignIn.email == address))
    if outdated(user.password_hash or ""):
        user.password_hash = hashed(password)
    token = secrets.token_urlsafe(32)
    begun = SignIn(user=user, token_sha256=token_sha256(token), browser=browser[:200], expires_at=now() + LASTS)
    session.add(begun)
    session.flush()
    record(session, Actor.of(user), "begin", begun, private={"place": place, "browser": begun.browser})
    return token


def sign_out(session: Session, actor: Actor, token: str) -> SignIn | None:
    """End the sign-in of this browser, if it has not ended already."""
    found = queries.sign_in_of_token(session, token)
    return _ended(session, actor, found) if found else None


def end_sign_in(session: Session, actor: Actor, sign_in_id: UUID) -> SignIn:
    """End one of one's own sign-ins, from any browser."""
    found = queries.sign_in_for_update(session, sign_in_id)
    if found is None or found.user_id != actor.user_id:
        raise NotFound("You have no such sign-in.", what_to_do="Look at the list of your sign-ins.")
    return _ended(session, actor, found)


def _ended(session: Session, actor: Actor, found: SignIn) -> SignIn:
    found.ended_at = found.ended_at or now()
    record(session, actor, "end", found)
    return found
