"""The pages of affected EGUs, their emissions records and surrenders."""

from typing import Any
from uuid import UUID

from app.docket.queries import units
from app.docket.schemas import pages
from app.docket.views.blueprint import blueprint
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading
from app.web.visitor import actor


@blueprint.get("/affected-egus/<uuid:egu_id>")
@audience("public")
@speaks(gives=pages.UnitPageSchema, page="docket/unit.html")
def unit(egu_id: UUID) -> Any:
    """An affected EGU: need, have and missing by compliance period."""
    with reading() as session:
        return units.unit_page(session, actor(), egu_id)


@blueprint.get("/emissions-records/<uuid:record_id>")
@audience("public")
@speaks(gives=pages.RecordPageSchema, page="docket/emissions_record.html")
def emissions_record(record_id: UUID) -> Any:
    """CO2 and MWh of a unit in a year, with the decision on its ERCs."""
    with reading() as session:
        return units.record_page(session, actor(), record_id)


@blueprint.get("/surrenders/<uuid:surrender_id>")
@audience("public")
@speaks(gives=pages.SurrenderPageSchema, page="docket/surrender.html", table="lines")
def surrender(surrender_id: UUID) -> Any:
    """ERCs given up by a unit for a compliance period."""
    with reading() as session:
        return units.surrender_page(session, actor(), surrender_id)
