"""The first page, the reviewers' queue and the search."""

from typing import Any

from flask import redirect

from app.docket.queries import home as homes
from app.docket.queries import queue as queues
from app.docket.queries import search as searches
from app.docket.schemas.lists import SearchSchema
from app.docket.schemas.programme import HomeSchema, QueueSchema, SearchResultSchema
from app.docket.views.blueprint import blueprint
from app.web.audience import audience
from app.web.dialects import dialect
from app.web.speaks import speaks
from app.web.transactions import reading
from app.web.visitor import actor


@blueprint.get("/")
@audience("public")
@speaks(gives=HomeSchema, page="docket/home.html")
def home() -> Any:
    """The first page: for the public what there is, for each role what waits for them."""
    with reading() as session:
        return homes.home_page(session, actor())


@blueprint.get("/queue")
@audience("reviewer", "auditor")
@speaks(takes=SearchSchema, gives=QueueSchema, page="docket/queue.html")
def queue(q: str = "") -> Any:
    """Everything that is not decided, by whose turn it is, with age and due day; an auditor reads every state's."""
    with reading() as session:
        return queues.queue_page(session, actor(), q)


@blueprint.get("/search")
@audience("public")
@speaks(takes=SearchSchema, gives=SearchResultSchema, page="docket/search.html", table="results")
def search(q: str = "") -> Any:
    """Search by serial, resource, plant code, owner, unit, account or code; misspelling is forgiven."""
    with reading() as session:
        found = searches.search_page(session, q)
    return redirect(found["straight_to"], 303) if found["straight_to"] and dialect() == "html" else found
