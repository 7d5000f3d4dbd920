"""Whether the system works: the database answers, the object store answers, the worker lives, and the public log is sealed (rule 10.10)."""

import time
from typing import Any

from flask import jsonify
from sqlalchemy.exc import SQLAlchemyError

from app.documents import queries as documents
from app.programme import queries
from app.programme.schemas.pages import HealthSchema
from app.programme.views import blueprint
from app.web.audience import audience
from app.web.security import LOG
from app.web.speaks import speaks
from app.web.transactions import reading
from storage import ObjectStore

KNOWN_SECONDS = 10.0
_known: dict[str, tuple[float, ObjectStore, str]] = {}


@blueprint.get("/healthz")
@audience("public")
@speaks(gives=HealthSchema)
def healthz() -> Any:
    """Whether the system works: its database, its worker, its repository."""
    database, worker, unsealed = _database()
    store = _store()
    broken = "broken" in {database, store}
    answer = jsonify({"status": "broken" if broken else "ok", "database": database, "store": store, "worker": worker, "unsealed": unsealed})
    answer.status_code = 503 if broken else 200
    return answer


def _database() -> tuple[str, int | None, int | None]:
    try:
        with reading() as session:
            return "ok", *queries.worker_signs(session)
    except (SQLAlchemyError, LookupError) as error:
        LOG.error("database does not answer", exc_info=error)
        return "broken", None, None


def _store() -> str:
    """Whether the store takes something and has room. The answer counts for some seconds, so that to be asked often costs the store little."""
    try:
        store = documents.store()
        asked_at, asked, answer = _known.get("store", (0.0, store, ""))
        if not answer or asked is not store or time.monotonic() - asked_at > KNOWN_SECONDS:
            answer = _probed(store)
            _known["store"] = (time.monotonic(), store, answer)
        return answer
    except Exception as error:
        LOG.error("object store does not answer", exc_info=error)
        return "broken"


def _probed(store: ObjectStore) -> str:
    """Whatever a store of any kind raises is a store that does not work."""
    try:
        store.probe()
    except Exception as error:
        LOG.error("object store takes nothing", failure=f"{type(error).__name__}: {error}")
        return "broken"
    return "ok"
