"""Whether the system works: the database answers, the object store answers, and when the worker last signed the public log (rule 10.10)."""

from typing import Any

from flask import jsonify
from sqlalchemy.exc import SQLAlchemyError

from app.documents import queries as documents
from app.programme import queries
from app.programme.schemas import HealthSchema
from app.programme.views import blueprint
from app.web.audience import audience
from app.web.security import LOG
from app.web.speaks import speaks
from app.web.transactions import reading

NEVER_STORED = f"sha256/00/00/{'0' * 64}"


@blueprint.get("/healthz")
@audience("public")
@speaks(gives=HealthSchema)
def healthz() -> Any:
    """Whether the system works: its database, its worker, its repository."""
    database, worker = _database()
    store = _store()
    broken = "broken" in {database, store}
    answer = jsonify({"status": "broken" if broken else "ok", "database": database, "store": store, "worker": worker})
    answer.status_code = 503 if broken else 200
    return answer


def _database() -> tuple[str, int | None]:
    try:
        with reading() as session:
            return "ok", queries.head_age_seconds(session)
    except (SQLAlchemyError, LookupError) as error:
        LOG.error("database does not answer", exc_info=error)
        return "broken", None


def _store() -> str:
    """Ask for an object that nobody stores: whatever a store of any kind raises is a store that does not answer."""
    try:
        documents.store().stat(NEVER_STORED)
    except Exception as error:
        LOG.error("object store does not answer", exc_info=error)
        return "broken"
    return "ok"
