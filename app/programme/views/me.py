"""Oneself: where one is signed in, and one's API tokens, each with its end (rule 1.19)."""

from datetime import date
from typing import Any
from uuid import UUID

import flask
from sqlalchemy.orm import Session

from app import people
from app.acts import PAGE, ActSchema
from app.db import now
from app.people import token_sha256
from app.programme import actions, queries
from app.programme.schemas.oneself import ChangePasswordSchema, MadeTokenSchema, MySchema, TokenSchema
from app.programme.schemas.pages import PathSchema
from app.programme.views import blueprint, forms
from app.web.audience import EVERYONE_SIGNED_IN, audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor, own_token

SHOWN_ONCE = "shown_once"


@blueprint.get("/me")
@audience(*EVERYONE_SIGNED_IN)
@speaks(gives=MySchema, page="programme/me.html")
def me() -> Any:
    """One's own profile, sign-ins and tokens."""
    with reading() as session:
        return {**_myself(session), "shown_once": flask.session.pop(SHOWN_ONCE, None)}


def _myself(session: Session) -> dict[str, Any]:
    user = people.user(session, actor().user_id)  # type: ignore[arg-type]
    here = token_sha256(own_token())
    names = ("id", "name", "email", "role", "organisation", "organisation_id", "invited_at", "signature_agreed_at", "left_at")
    sign_ins = [{**_columns(one, "id", "browser", "began_at", "expires_at"), "here": one.token_sha256 == here} for one in queries.sign_ins_of(session, user.id)]  # type: ignore[union-attr]
    tokens = [_columns(one, "id", "label", "made_at", "expires_at") | {"expired": _expired(one)} for one in queries.tokens_of(session, user.id)]  # type: ignore[union-attr]
    return {**_columns(user, *names), "path": "/me", "sign_ins": sign_ins, "tokens": tokens}


def _columns(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _expired(token: Any) -> bool:
    return token.expires_at is not None and token.expires_at <= now()


@blueprint.post("/me/sign-ins/<uuid:sign_in_id>/ending")
@audience(*EVERYONE_SIGNED_IN, in_person=True)
@speaks(gives=PathSchema, notice="That sign-in has ended.")
def end_sign_in(sign_in_id: UUID) -> Any:
    """End one of one's own sign-ins."""
    with writing() as session:
        return actions.end_sign_in(session, actor(), sign_in_id)


@blueprint.get("/me/password")
@audience(*EVERYONE_SIGNED_IN)
@speaks(gives=ActSchema, page=PAGE)
def password_form() -> Any:
    """Change one's own password."""
    return forms.password()


@blueprint.post("/me/password")
@audience(*EVERYONE_SIGNED_IN, in_person=True)
@speaks(takes=ChangePasswordSchema, gives=PathSchema, form="programme.password_form", notice="Your password is changed; every other sign-in has ended.")
def change_password(old_password: str, password: str) -> Any:
    """Change one's own password, knowing the present one; every other sign-in ends."""
    with writing() as session:
        actions.attempt(session, people.user(session, actor().user_id).email, flask.request.remote_addr or "")  # type: ignore[arg-type, union-attr]
    with writing() as session:
        actions.change_password(session, actor(), old_password, password, own_token())
    return {"path": "/me"}


@blueprint.get("/me/tokens")
@audience(*EVERYONE_SIGNED_IN)
@speaks(gives=ActSchema, page=PAGE)
def token_form() -> Any:
    """Make a token for a program."""
    return forms.token()


@blueprint.post("/me/tokens")
@audience(*EVERYONE_SIGNED_IN, in_person=True)
@speaks(takes=TokenSchema, gives=MadeTokenSchema, form="programme.token_form", notice="The token is made. Copy it now: it is shown this once.", status=201)
def make_token(label: str, expires_on: date | None) -> Any:
    """Make a token by which a program acts as its maker; it is told once."""
    with writing() as session:
        made, token = actions.make_token(session, actor(), label, expires_on)
    flask.session[SHOWN_ONCE] = token
    return {**_columns(made, "id", "label", "made_at", "expires_at"), "expired": False, "token": token, "path": "/me"}


@blueprint.post("/me/tokens/<uuid:token_id>/ending")
@audience(*EVERYONE_SIGNED_IN)
@speaks(gives=PathSchema, notice="The token has ended.")
def end_token(token_id: UUID) -> Any:
    """End a token."""
    with writing() as session:
        return actions.end_token(session, actor(), token_id)
