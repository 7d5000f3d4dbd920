"""A person's own inbox: notices are marked read. These write no event: whether somebody has read a line is nobody's history."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.db import now
from app.people import Actor
from app.programme import queries
from app.record import Notice


def read_notice(session: Session, actor: Actor, notice_id: UUID) -> Notice:
    """Mark one of one's own notices read. Writes no event."""
    notice = queries.notice_for_update(session, actor, notice_id)
    notice.read_at = notice.read_at or now()
    return notice


def read_all_notices(session: Session, actor: Actor) -> None:
    """Mark every notice of one's own read. Writes no event."""
    session.execute(update(Notice).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None)).values(read_at=now()))
