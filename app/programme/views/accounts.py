"""Accounts are opened, given representatives and closed by the administrator; representatives delegate, and list who has an interest (rules 1.6 to 1.23)."""

from typing import Any
from uuid import UUID

from app.acts import PAGE, ActSchema, DoneSchema, ReasonSchema
from app.erc_tcs import actions as erc_tcs_actions
from app.erc_tcs import queries as erc_tcs
from app.erc_tcs.flows import PRIVATE_KINDS
from app.errors import NotFound, NotPermitted
from app.people import Role
from app.programme import actions, queries
from app.programme.schemas.accounts import (
    AccountSchema,
    CertificateSchema,
    ClosingSchema,
    NewAccountSchema,
    NewRepresentativeSchema,
    PartiesSchema,
    RepresentativeSchema,
    RepresentativesSchema,
    ScopeSchema,
)
from app.programme.views import blueprint, forms
from app.programme.views.asked import organisation
from app.state_plan import state_time
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor

HOLDERS = ("provider", "representative")


@blueprint.get("/accounts/new")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def open_account_form() -> Any:
    """Open an account."""
    with reading() as session:
        return forms.new_account(queries.open_organisations(session), queries.possible_representatives(session), actor().state, organisation())


@blueprint.post("/accounts")
@audience("administrator")
@speaks(takes=NewAccountSchema, gives=AccountSchema, form="programme.open_account_form", notice="The account is open.", status=201)
def open_account(**facts: Any) -> Any:
    """Open an account with its first representative."""
    with writing() as session:
        return erc_tcs_actions.open_account(session, actor(), **{**facts, "state": facts["state"].upper()})


@blueprint.get("/accounts/<number>/representatives")
@audience("administrator", "auditor", *HOLDERS)
@speaks(gives=RepresentativesSchema, page="programme/representatives.html", table="representatives")
def representatives(number: str) -> Any:
    """The representatives of an account, now and before."""
    with reading() as session:
        account = _own_account(session, number)
        named = erc_tcs.representatives_ever(session, account.id)
        administers = actor().is_(Role.ADMINISTRATOR) and account.closed_at is None and account.account_kind in PRIVATE_KINDS
        principal = any(one.user_id == actor().user_id and one.ended_at is None and one.representative_kind != "agent" for one in named)
        return {"account": account, "representatives": named, "may_change": administers, "may_name_agents": principal and account.closed_at is None}


def _own_account(session: Any, number: str) -> Any:
    """The account, for the administrator, the auditor, and the people of the organisation that holds it or who act for it."""
    account = erc_tcs.account_by_number(session, number)
    reads_all = actor().is_(Role.ADMINISTRATOR, Role.AUDITOR) or actor().organisation_id == account.organisation_id
    if not reads_all and not erc_tcs.may_act_for(session, actor(), account):
        raise NotPermitted("Who acts for this account is shown to its own people.", rule="14.10", what_to_do="Ask the holder of the account.")
    return account


@blueprint.get("/accounts/<number>/representatives/new")
@audience("administrator", *HOLDERS)
@speaks(gives=ActSchema, page=PAGE)
def name_representative_form(number: str) -> Any:
    """Name a representative of an account."""
    administers = actor().is_(Role.ADMINISTRATOR)
    with reading() as session:
        account = _own_account(session, number)
        return forms.naming(account, queries.possible_representatives(session, None if administers else account.organisation_id), administers)


@blueprint.post("/accounts/<number>/representatives")
@audience("administrator", *HOLDERS)
@speaks(
    takes=NewRepresentativeSchema,
    gives=RepresentativeSchema,
    form="programme.name_representative_form",
    notice="The person acts for the account from now on.",
    status=201,
)
def name_representative(number: str, **named: Any) -> Any:
    """Name a person who acts for an account; for an agent, with what is delegated."""
    with writing() as session:
        return erc_tcs_actions.name_representative(session, actor(), number, **named)


@blueprint.get("/accounts/<number>/representatives/<uuid:representative_id>/scope")
@audience("administrator", *HOLDERS)
@speaks(gives=ActSchema, page=PAGE)
def scope_form(number: str, representative_id: UUID) -> Any:
    """Change what is delegated to an agent."""
    with reading() as session:
        account = _own_account(session, number)
        return forms.delegation(account, _named(session, account, representative_id))


@blueprint.post("/accounts/<number>/representatives/<uuid:representative_id>/scope")
@audience("administrator", *HOLDERS)
@speaks(takes=ScopeSchema, gives=RepresentativeSchema, form="programme.scope_form", notice="The new delegation is in force.")
def change_scope(number: str, representative_id: UUID, scope: list[str]) -> Any:
    """Sign a new notice of delegation for an agent, in place of the one before."""
    with writing() as session:
        named = _named(session, erc_tcs.account_by_number(session, number), representative_id)
        return erc_tcs_actions.change_scope(session, actor(), named.id, scope)


@blueprint.get("/accounts/<number>/certificate")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def certificate_form(number: str) -> Any:
    """Enter a certificate of representation of a facility."""
    with reading() as session:
        account = erc_tcs.account_by_number(session, number)
        return forms.certificate(account, [one for one in erc_tcs.representatives(session, account.id) if one.representative_kind != "agent"])


@blueprint.post("/accounts/<number>/certificate")
@audience("administrator")
@speaks(takes=CertificateSchema, gives=DoneSchema, form="programme.certificate_form", notice="Entered; it stands until a superseding one.", status=201)
def enter_certificate(number: str, **certified: Any) -> Any:
    """Enter a complete certificate of representation; the one before is superseded."""
    with writing() as session:
        return erc_tcs_actions.enter_certificate(session, actor(), number, erc_tcs_actions.Certified(**certified))


@blueprint.get("/accounts/<number>/ownership-interests")
@audience(*HOLDERS)
@speaks(gives=ActSchema, page=PAGE)
def ownership_form(number: str) -> Any:
    """List who has an interest in the ERCs of an account."""
    with reading() as session:
        return forms.ownership(_own_account(session, number))


@blueprint.post("/accounts/<number>/ownership-interests")
@audience(*HOLDERS)
@speaks(takes=PartiesSchema, gives=AccountSchema, form="programme.ownership_form", notice="The list is saved.")
def list_owners(number: str, parties: str) -> Any:
    """Keep the list of who has an interest in the ERCs of an account."""
    with writing() as session:
        return erc_tcs_actions.list_owners(session, actor(), number, parties)


@blueprint.get("/accounts/<number>/representatives/<uuid:representative_id>/ending")
@audience("administrator", *HOLDERS)
@speaks(gives=ActSchema, page=PAGE)
def end_representative_form(number: str, representative_id: UUID) -> Any:
    """End a person's acting for an account."""
    with reading() as session:
        account = _own_account(session, number)
        named = _named(session, account, representative_id)
        return forms.ending(account, named, state_time(session, account.state, named.began_at).date())


def _named(session: Any, account: Any, representative_id: UUID) -> Any:
    found = next((one for one in erc_tcs.representatives_ever(session, account.id) if one.id == representative_id), None)
    if found is None:
        raise NotFound("Nobody of this account is at this address.", what_to_do="Choose from the list of those who act for it.")
    return found


@blueprint.post("/accounts/<number>/representatives/<uuid:representative_id>/ending")
@audience("administrator", *HOLDERS)
@speaks(takes=ReasonSchema, gives=RepresentativeSchema, form="programme.end_representative_form", notice="The person no longer acts for the account.")
def end_representative(number: str, representative_id: UUID, reason: str) -> Any:
    """End a person's acting for an account, with the reason."""
    with writing() as session:
        named = _named(session, erc_tcs.account_by_number(session, number), representative_id)
        return erc_tcs_actions.end_representative(session, actor(), named.id, reason)


@blueprint.get("/accounts/<number>/closing")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def close_account_form(number: str) -> Any:
    """Close an account."""
    with reading() as session:
        account = erc_tcs.account_by_number(session, number)
        noticed = account.closing_noticed_at and state_time(session, account.state, account.closing_noticed_at).date()
        return forms.closing_account(account, erc_tcs.totals_by_status(session, account.id), noticed)


@blueprint.post("/accounts/<number>/closing")
@audience("administrator")
@speaks(takes=ClosingSchema, gives=AccountSchema, form="programme.close_account_form", notice="The account is closed.")
def close_account(number: str, reason: str, ground: str) -> Any:
    """Close an empty account, on request or after notice."""
    with writing() as session:
        return actions.close_account(session, actor(), number, reason, ground)


@blueprint.get("/accounts/<number>/closing-notice")
@audience("administrator")
@speaks(gives=ActSchema, page=PAGE)
def closing_notice_form(number: str) -> Any:
    """Give notice that an idle account will be closed."""
    with reading() as session:
        account = erc_tcs.account_by_number(session, number)
        idle_on = state_time(session, account.state, erc_tcs.last_activity_at(session, account)).date()
        return forms.closing_notice(account, erc_tcs.totals_by_status(session, account.id), idle_on)


@blueprint.post("/accounts/<number>/closing-notice")
@audience("administrator")
@speaks(gives=AccountSchema, form="programme.closing_notice_form", notice="Notice is given; the holder has 20 business days to object.")
def give_closing_notice(number: str) -> Any:
    """Give notice that an idle account will be closed; the holder can object."""
    with writing() as session:
        return actions.give_closing_notice(session, actor(), number)


@blueprint.get("/accounts/<number>/closing-objection")
@audience(*HOLDERS)
@speaks(gives=ActSchema, page=PAGE)
def closing_objection_form(number: str) -> Any:
    """Object to the closing of an account."""
    with reading() as session:
        return forms.closing_objection(_own_account(session, number))


@blueprint.post("/accounts/<number>/closing-objection")
@audience(*HOLDERS)
@speaks(takes=ReasonSchema, gives=AccountSchema, form="programme.closing_objection_form", notice="The account stays open.")
def object_to_closing(number: str, reason: str) -> Any:
    """Object to the closing of an account, which stays open."""
    with writing() as session:
        return actions.object_to_closing(session, actor(), number, reason)
