"""One-time links and the mails that carry them. The token stands in the mail and nowhere else: kept is its hash, and no event names it.

The mail is a job of its own in the transaction that makes the link; its words leave the database when it is sent.
"""

import secrets
from datetime import timedelta

from sqlalchemy.orm import Session

from app.db import now
from app.people import User, token_sha256
from app.programme import queries
from app.programme.actions import mails
from app.programme.models import OneTimeLink
from app.record import JOBS

LASTS = {"invitation": timedelta(days=14), "password_reset": timedelta(hours=2)}
SEND_MAIL = "send_mail"


def make_link(session: Session, user: User, purpose: str) -> str:
    """A new link for this purpose, which ends the earlier ones; the mail with it is queued. Returns the token."""
    for earlier in queries.links_in_force(session, user.id, purpose):
        earlier.used_at = now()
    token = secrets.token_urlsafe(32)
    session.add(OneTimeLink(user=user, purpose=purpose, token_sha256=token_sha256(token), expires_at=now() + LASTS[purpose]))
    session.flush()
    mail(session, user, *mails.link_mail(user, purpose, token))
    return token


def mail(session: Session, user: User, subject: str, words: str) -> None:
    """Queue one mail in this transaction."""
    queue(session, SEND_MAIL, to=user.email, subject=subject, words=words)


def queue(session: Session, task: str, **words: str) -> None:
    """Queue a job of the worker in this transaction."""
    connection = session.connection().connection.driver_connection
    JOBS.configure_task(task, connection=connection).defer(**words)


def spend(link: OneTimeLink) -> User:
    """The link has done its work; it never works again."""
    link.used_at = now()
    return link.user
