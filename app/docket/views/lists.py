"""The lists: paged, sorted and filtered by the server through addresses that can be bookmarked, and as CSV."""

from typing import Any

from app.docket.queries import inside, lists, visibility
from app.docket.queries.listing import Listing, listed
from app.docket.schemas.lists import filters_schema, list_schema
from app.docket.views.asking import asked
from app.docket.views.blueprint import blueprint
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading
from app.web.visitor import actor

PAGE = "docket/list.html"


def _list(listing: Listing, filters: dict[str, Any]) -> dict[str, Any]:
    """The rows that this person may see."""
    more, values = visibility.of_list(listing.key, actor())
    with reading() as session:
        return listed(session, listing, asked(filters), more, values)


@blueprint.get("/resources")
@audience("public")
@speaks(takes=filters_schema(lists.RESOURCES), gives=list_schema(lists.RESOURCES), page=PAGE, table="resources")
def resources(**filters: Any) -> Any:
    """Resources with their qualification and the ERCs issued to them."""
    return _list(lists.RESOURCES, filters)


@blueprint.get("/applications")
@audience("public")
@speaks(takes=filters_schema(lists.APPLICATIONS), gives=list_schema(lists.APPLICATIONS), page=PAGE, table="applications")
def applications(**filters: Any) -> Any:
    """Eligibility applications as submitted and decided; a provider sees their own drafts too."""
    return _list(lists.APPLICATIONS, filters)


@blueprint.get("/mv-reports")
@audience("public")
@speaks(takes=filters_schema(lists.MV_REPORTS), gives=list_schema(lists.MV_REPORTS), page=PAGE, table="mv_reports")
def mv_reports(**filters: Any) -> Any:
    """M&V reports as submitted, verified and decided."""
    return _list(lists.MV_REPORTS, filters)


@blueprint.get("/decisions")
@audience("public")
@speaks(takes=filters_schema(lists.DECISIONS), gives=list_schema(lists.DECISIONS), page=PAGE, table="decisions")
def decisions(**filters: Any) -> Any:
    """What the state decided, by which authority and why."""
    return _list(lists.DECISIONS, filters)


@blueprint.get("/issuances")
@audience("public")
@speaks(takes=filters_schema(lists.ISSUANCES), gives=list_schema(lists.ISSUANCES), page=PAGE, table="issuances")
def issuances(**filters: Any) -> Any:
    """Every minting of ERCs."""
    return _list(lists.ISSUANCES, filters)


@blueprint.get("/ercs")
@audience("public")
@speaks(takes=filters_schema(lists.ERCS), gives=list_schema(lists.ERCS), page=PAGE, table="ercs")
def ercs(**filters: Any) -> Any:
    """Where every ERC is now, by ranges of serials."""
    return _list(lists.ERCS, filters)


@blueprint.get("/accounts")
@audience("public")
@speaks(takes=filters_schema(lists.ACCOUNTS), gives=list_schema(lists.ACCOUNTS), page=PAGE, table="accounts")
def accounts(**filters: Any) -> Any:
    """Accounts by kind and organisation, never by person."""
    return _list(lists.ACCOUNTS, filters)


@blueprint.get("/transactions")
@audience("public")
@speaks(takes=filters_schema(lists.TRANSACTIONS), gives=list_schema(lists.TRANSACTIONS), page=PAGE, table="transactions")
def transactions(**filters: Any) -> Any:
    """Every recorded movement of ERCs."""
    return _list(lists.TRANSACTIONS, filters)


@blueprint.get("/affected-egus")
@audience("public")
@speaks(takes=filters_schema(lists.AFFECTED_EGUS), gives=list_schema(lists.AFFECTED_EGUS), page=PAGE, table="affected_egus")
def affected_egus(**filters: Any) -> Any:
    """Affected EGUs with what they surrendered."""
    return _list(lists.AFFECTED_EGUS, filters)


@blueprint.get("/verifiers")
@audience("public")
@speaks(takes=filters_schema(lists.VERIFIERS), gives=list_schema(lists.VERIFIERS), page=PAGE, table="verifiers")
def verifiers(**filters: Any) -> Any:
    """Accreditations of verification bodies."""
    return _list(lists.VERIFIERS, filters)


@blueprint.get("/state-agents")
@audience("public")
@speaks(takes=filters_schema(lists.STATE_AGENTS), gives=list_schema(lists.STATE_AGENTS), page=PAGE, table="state_agents")
def state_agents(**filters: Any) -> Any:
    """Whom a state vested with authority, how far and by which instrument."""
    return _list(lists.STATE_AGENTS, filters)


@blueprint.get("/proposals")
@audience("administrator", "reviewer", "auditor")
@speaks(takes=filters_schema(inside.PROPOSALS), gives=list_schema(inside.PROPOSALS), page=PAGE, table="proposals")
def proposals(**filters: Any) -> Any:
    """What one person proposed and a second one decides."""
    return _list(inside.PROPOSALS, filters)


@blueprint.get("/engagements")
@audience("provider", "verifier", "reviewer", "auditor")
@speaks(takes=filters_schema(inside.ENGAGEMENTS), gives=list_schema(inside.ENGAGEMENTS), page=PAGE, table="engagements")
def engagements(**filters: Any) -> Any:
    """Engagements of verification bodies by due day."""
    return _list(inside.ENGAGEMENTS, filters)


@blueprint.get("/events")
@audience("auditor")
@speaks(takes=filters_schema(inside.EVENTS), gives=list_schema(inside.EVENTS), page=PAGE, table="events")
def events(**filters: Any) -> Any:
    """The event log with private facts, filtered by action, subject, person and days."""
    return _list(inside.EVENTS, filters)
