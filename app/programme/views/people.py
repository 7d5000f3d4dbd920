"""People: invited, looked up, and let go by the administrator; auditors read (rules 1.1, 1.3, 1.19)."""

from typing import Any
from uuid import UUID

import flask
from flask import flash
from sqlalchemy.orm import Session

from app.acts import PAGE, ActSchema
from app.errors import NotFound
from app.people import Role, User
from app.people import user as person_of
from app.programme import actions, queries
from app.programme.actions.mails import link_path
from app.programme.queries import Wanted
from app.programme.schemas.people import InvitationSchema, LeavingSchema, PeopleFilterSchema, PeopleSchema, PersonPageSchema, PersonSchema
from app.programme.views import blueprint, forms
from app.programme.views.asked import organisation, page_and_size, paging, sort
from app.promises import address
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor

SHOWN_ONCE = "invitation_link"


@blueprint.get("/people")
@audience("administrator", "auditor")
@speaks(takes=PeopleFilterSchema, gives=PeopleSchema, page="programme/people.html", table="people")
def people(**wanted: Any) -> Any:
    """Every person, page by page."""
    page, size = page_and_size()
    with reading() as session:
        found, total = queries.people_page(session, Wanted(**wanted, sort=sort()), page, size)
        return {"people": found, "roles": [str(role) for role in Role], "paging": paging(page, size, total)}


@blueprint.get("/people/new")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def invite_form() -> Any:
    """Invite a person."""
    with reading() as session:
        return forms.invitation(queries.open_organisations(session), organisation())


@blueprint.post("/people")
@audience("administrator")
@speaks(takes=InvitationSchema, gives=PersonSchema, form="programme.invite_form", status=201)
def invite(**facts: Any) -> Any:
    """Invite a person by a link that is sent to them."""
    with writing() as session:
        user, token = actions.invite(session, actor(), **facts)
    return _shown_once(user, token)


def _shown_once(user: User, token: str) -> User:
    """Show the link to who invited, this once, beside the mail that carries it."""
    link = address(link_path("invitation", token))
    flask.session[SHOWN_ONCE] = link
    flash(f"{user.name} is invited; the mail with the link is on its way.", "success")
    user.link = link  # type: ignore[attr-defined]
    return user


@blueprint.get("/people/<uuid:user_id>")
@audience("administrator", "auditor")
@speaks(gives=PersonPageSchema, page="programme/person.html")
def person(user_id: UUID) -> Any:
    """A person with role, organisation and accounts."""
    with reading() as session:
        found = _person(session, user_id)
        facts = {name: getattr(found, name) for name in PersonSchema().fields if hasattr(found, name)}
        return {**facts, **queries.person_facts(session, found, actor()), "shown_once": flask.session.pop(SHOWN_ONCE, None)}


def _person(session: Session, user_id: UUID) -> User:
    found = person_of(session, user_id)
    if found is None:
        raise NotFound("Nobody with this id is known.", what_to_do="Choose the person from the list of people.")
    return found


@blueprint.post("/people/<uuid:user_id>/invitation")
@audience("administrator")
@speaks(gives=PersonSchema)
def renew_invitation(user_id: UUID) -> Any:
    """Send a new invitation in place of one that was not accepted."""
    with writing() as session:
        user, token = actions.renew_invitation(session, actor(), user_id)
    return _shown_once(user, token)


@blueprint.get("/people/<uuid:user_id>/leaving")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def leaving_form(user_id: UUID) -> Any:
    """Record that a person leaves, and who takes over."""
    with reading() as session:
        found = _person(session, user_id)
        return forms.leaving(found, queries.person_facts(session, found, actor()), queries.colleagues(session, found))


@blueprint.post("/people/<uuid:user_id>/leaving")
@audience("administrator")
@speaks(takes=LeavingSchema, gives=PersonSchema, form="programme.leaving_form", notice="This person has left; nobody signs in with that address any more.")
def leave(user_id: UUID, passes_to_id: UUID | None) -> Any:
    """End a person's access and pass on what they hold."""
    with writing() as session:
        return actions.leave(session, actor(), user_id, passes_to_id)
