"""A person's inbox: the same words that went out by mail, each with the page that it speaks of (rules 8.10, 10.12)."""

from typing import Any
from uuid import UUID

from app.programme import actions, queries
from app.programme.schemas.oneself import InboxSchema, NoticeSchema
from app.programme.schemas.pages import PathSchema
from app.programme.views import blueprint
from app.programme.views.asked import page_and_size, paging
from app.record import unread_notices
from app.web.audience import EVERYONE_SIGNED_IN, audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor


@blueprint.get("/inbox")
@audience(*EVERYONE_SIGNED_IN)
@speaks(gives=InboxSchema, page="programme/inbox.html", table="notices")
def inbox() -> Any:
    """What the visitor was told, the newest first."""
    page, size = page_and_size()
    with reading() as session:
        notices, total = queries.notices_of(session, actor(), page, size)
        return {"notices": notices, "unread": unread_notices(session, actor().user_id), "paging": paging(page, size, total)}


@blueprint.post("/inbox/<uuid:notice_id>/reading")
@audience(*EVERYONE_SIGNED_IN)
@speaks(gives=NoticeSchema)
def read_notice(notice_id: UUID) -> Any:
    """Mark a notice read and go to what it is about."""
    with writing() as session:
        return actions.read_notice(session, actor(), notice_id)


@blueprint.post("/inbox/reading")
@audience(*EVERYONE_SIGNED_IN)
@speaks(gives=PathSchema, notice="Every notice is marked read.")
def read_all_notices() -> Any:
    """Mark every notice read."""
    with writing() as session:
        actions.read_all_notices(session, actor())
    return {"path": "/inbox"}
