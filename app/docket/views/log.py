"""The public log and the health of the system."""

from typing import Any
from uuid import UUID

from app.docket.queries import log as logs
from app.docket.schemas.programme import EventProofSchema, GrowthSchema, HeadsSchema, LogSchema, SystemSchema
from app.docket.views.blueprint import blueprint
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading


@blueprint.get("/log")
@audience("public")
@speaks(gives=LogSchema, page="docket/log.html", table="heads")
def log() -> Any:
    """The public log: its size, its signed heads, and how to check them."""
    with reading() as session:
        return logs.log_page(session)


@blueprint.get("/log/heads")
@audience("public")
@speaks(gives=HeadsSchema, page="docket/record.html", table="heads")
def log_heads() -> Any:
    """The newest signed heads in full."""
    with reading() as session:
        return {"title": "Signed heads", **logs.heads(session)}


@blueprint.get("/log/proof/<uuid:event_id>")
@audience("public")
@speaks(gives=EventProofSchema, page="docket/proof.html")
def log_proof(event_id: UUID) -> Any:
    """One event's public content with its proof of inclusion."""
    with reading() as session:
        return logs.proof_page(session, event_id)


@blueprint.get("/log/growth/<int:size>")
@audience("public")
@speaks(gives=GrowthSchema, page="docket/growth.html")
def log_growth(size: int) -> Any:
    """What shows that the log only grew since a head of this many events."""
    with reading() as session:
        return logs.growth_page(session, size)


@blueprint.get("/system")
@audience("administrator", "auditor")
@speaks(gives=SystemSchema, page="docket/system.html")
def system() -> Any:
    """Sizes, waiting work and the last signed head."""
    with reading() as session:
        return logs.system_page(session)
