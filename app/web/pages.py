"""What every template may use: the visitor, the plan's name, the navigation, a fresh idempotency key, and the filters."""

import secrets
from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy import func, select

from app.db import reading
from app.people import Actor
from app.record import Notice
from app.state_plan import DEFAULTS, StatePlan
from app.web.filters import FILTERS
from app.web.navigation import links
from app.web.visitor import actor


def context() -> dict[str, Any]:
    who = actor()
    with reading() as session:
        plan = session.execute(
            select(StatePlan.name, StatePlan.parameters).order_by((StatePlan.state == who.state).desc(), StatePlan.version.desc()).limit(1)
        ).first()
        unread = _unread(session, who)
    return {
        "actor": who if who.user_id else None,
        "plan_name": plan.name if plan else "no state plan yet",
        "navigation": links(who.role),
        "unread_count": unread,
        "request_path": request.path,
        "idempotency_key": secrets.token_urlsafe(18),
        "public_url": current_app.config["PUBLIC_URL"],
        "plan_time_zone": (plan.parameters if plan else {}).get("time_zone", DEFAULTS["time_zone"]),
        "rules_url": "/rules",
        "request_id": g.get("request_id", ""),
        "upload_limit_bytes": current_app.config["MAX_CONTENT_LENGTH"],
        "typed": {},
        "errors": {},
        "refusal": None,
    }


def _unread(session: Any, who: Actor) -> int:
    if who.user_id is None:
        return 0
    return session.scalar(select(func.count()).select_from(Notice).where(Notice.user_id == who.user_id, Notice.read_at.is_(None))) or 0


def install(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(context)
