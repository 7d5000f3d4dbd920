"""Organisations: entered and closed by the administrator; auditors read (rules 1.1, 1.15)."""

from typing import Any
from uuid import UUID

from app import people
from app.acts import PAGE, ActSchema, ReasonSchema
from app.erc_tcs import queries as erc_tcs
from app.people import ORGANISATION_KINDS
from app.programme import actions, queries
from app.programme.queries import Wanted
from app.programme.schemas.people import NewOrganisationSchema, OrganisationPageSchema, OrganisationSchema, OrganisationsFilterSchema, OrganisationsSchema
from app.programme.views import blueprint, forms
from app.programme.views.asked import page_and_size, paging, sort
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor


@blueprint.get("/organisations")
@audience("administrator", "auditor")
@speaks(takes=OrganisationsFilterSchema, gives=OrganisationsSchema, page="programme/organisations.html", table="organisations")
def organisations(**wanted: Any) -> Any:
    """Every organisation, page by page."""
    page, size = page_and_size()
    with reading() as session:
        found, total = queries.organisations_page(session, Wanted(**wanted, sort=sort()), page, size)
        return {"organisations": found, "kinds": list(ORGANISATION_KINDS), "paging": paging(page, size, total)}


@blueprint.get("/organisations/new")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def add_organisation_form() -> Any:
    """Add an organisation."""
    return forms.new_organisation()


@blueprint.post("/organisations")
@audience("administrator")
@speaks(takes=NewOrganisationSchema, gives=OrganisationSchema, form="programme.add_organisation_form", notice="The organisation is added.", status=201)
def add_organisation(**facts: Any) -> Any:
    """Add an organisation."""
    with writing() as session:
        return actions.add_organisation(session, actor(), **facts)


@blueprint.get("/organisations/<uuid:organisation_id>")
@audience("administrator", "auditor")
@speaks(gives=OrganisationPageSchema, page="programme/organisation.html")
def organisation(organisation_id: UUID) -> Any:
    """An organisation with its people and accounts."""
    with reading() as session:
        found = queries.organisation(session, organisation_id)
        facts = {name: getattr(found, name) for name in OrganisationSchema().fields}
        rows = {"people": people.people_of(session, found.id), "accounts": erc_tcs.accounts_of(session, found.id), "grants": found.grants}
        return {**facts, **rows, "may_change": actor().role == "administrator" and found.closed_at is None}


@blueprint.get("/organisations/<uuid:organisation_id>/closing")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def close_organisation_form(organisation_id: UUID) -> Any:
    """Close an organisation."""
    with reading() as session:
        return forms.closing_organisation(queries.organisation(session, organisation_id))


@blueprint.post("/organisations/<uuid:organisation_id>/closing")
@audience("administrator")
@speaks(takes=ReasonSchema, gives=OrganisationSchema, form="programme.close_organisation_form", notice="The organisation is closed.")
def close_organisation(organisation_id: UUID, reason: str) -> Any:
    """Close an organisation whose people have left and whose accounts are closed."""
    with writing() as session:
        return actions.close_organisation(session, actor(), organisation_id, reason)
