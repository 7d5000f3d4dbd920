"""What every template may use: the visitor, the plan's name, the navigation, a fresh idempotency key, and the filters."""

import secrets
from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy import select

from app.db import now, reading
from app.people import Actor
from app.record import unread_notices
from app.state_plan import DEFAULTS, StatePlan
from app.web.filters import FILTERS
from app.web.intake import rows_sent
from app.web.navigation import links
from app.web.visitor import who


def context() -> dict[str, Any]:
    visitor = who()
    plans, unread = _plans_and_unread(visitor) if "database_silent" not in g else ({}, 0)
    return {
        "actor": visitor if visitor.user_id else None,
        "plan_name": _plan_name(plans, visitor.state if visitor.user_id else ""),
        "navigation": links(visitor.role),
        "unread_count": unread,
        "request_path": request.path,
        "idempotency_key": secrets.token_urlsafe(18),
        "public_url": current_app.config["PUBLIC_URL"],
        "plan_time_zone": _time_zone(plans, g.get("shown_state") or visitor.state),
        "rules_url": "/rules",
        "request_id": g.get("request_id", ""),
        "upload_limit_bytes": current_app.extensions["erc.settings"].upload_limit_bytes,
        "typed": {},
        "errors": {},
        "refusal": None,
    }


def _plans_and_unread(visitor: Actor) -> tuple[dict[str, Any], int]:
    in_force_last = (StatePlan.state, StatePlan.effective_on <= now().date(), StatePlan.effective_on, StatePlan.version)
    found = select(StatePlan.state, StatePlan.name, StatePlan.parameters).order_by(*in_force_last)
    with reading() as session:
        return {row.state: row for row in session.execute(found)}, unread_notices(session, visitor.user_id) if visitor.user_id else 0


def _plan_name(plans: dict[str, Any], own: str) -> str:
    """The plan of the person's own state; to everybody else the only one there is, or the states that have one."""
    if not plans:
        return "no state plan yet"
    if own in plans or len(plans) == 1:
        return str(plans.get(own, next(iter(plans.values()))).name)
    return f"State plans of {', '.join(list(plans)[:-1])} and {list(plans)[-1]}"


def _time_zone(plans: dict[str, Any], state: str) -> str:
    """The zone of the state that the page is about, else of the person's own state; UTC where the states' zones differ."""
    default = DEFAULTS["time_zone"]
    zones = {one: row.parameters.get("time_zone", default) for one, row in plans.items()}
    if state in zones or not zones:
        return str(zones.get(state, default))
    return str(next(iter(zones.values()))) if len(set(zones.values())) == 1 else "UTC"


def install(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.filters["rows_sent"] = rows_sent
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(context)
