"""Signing in and out, invitations and forgotten passwords (rules 1.19, 1.22)."""

from typing import Any
from urllib.parse import urlsplit

import flask
from flask import flash, request
from flask_login import login_user, logout_user

from app.people import signed_in
from app.programme import actions, queries
from app.programme.actions.passwords import LEAST
from app.programme.actions.people import SIGNATURE_AGREEMENT
from app.programme.schemas.oneself import AcceptanceSchema, EmailSchema, LinkPageSchema, NextSchema, PasswordSchema, SignInSchema
from app.programme.schemas.pages import PathSchema
from app.programme.views import blueprint
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import Visitor, actor, own_token


def local(path: str) -> str:
    """The path when it leads to a page of this site, else the home page: nobody is sent elsewhere by a link to our sign-in."""
    parts = urlsplit(path)
    odd = any(ord(letter) < 33 or letter == "\\" for letter in path)
    leads_here = path.startswith("/") and not path.startswith("//") and not parts.scheme and not parts.netloc and not odd
    return path if leads_here and not path.startswith("/sign-") else "/"


@blueprint.get("/sign-in")
@audience("public")
@speaks(takes=NextSchema, gives=NextSchema, page="programme/sign_in.html")
def sign_in_form(next_path: str = "/") -> Any:
    """Sign in."""
    return {"next_path": local(next_path)}


@blueprint.post("/sign-in")
@audience("public")
@speaks(takes=SignInSchema, gives=PathSchema, form="programme.sign_in_form")
def sign_in(email: str, password: str, next_path: str) -> Any:
    """Sign in with e-mail address and password."""
    place, browser = request.remote_addr or "", request.user_agent.string
    with writing() as session:
        actions.attempt(session, email, place)
    with writing() as session:
        token = actions.sign_in(session, email, password, place, browser)
    _begin(token)
    return {"path": local(next_path)}


def _begin(token: str) -> None:
    """A cookie of its own for each sign-in; nothing that was in the visitor's earlier one lives on."""
    with reading() as session:
        user = signed_in(session, token)
        visitor = Visitor(token, user) if user is not None else None
    flask.session.clear()
    if visitor is not None:
        login_user(visitor)


@blueprint.post("/sign-out")
@audience("public")
@speaks(gives=PathSchema, notice="You are signed out.")
def sign_out() -> Any:
    """Sign out."""
    with writing() as session:
        actions.sign_out(session, actor(), own_token())
    logout_user()
    flask.session.clear()
    return {"path": "/"}


@blueprint.get("/password-resets")
@audience("public")
@speaks(gives=PathSchema, page="programme/password_resets.html")
def ask_password_reset_form() -> Any:
    """Ask for a link to set a new password."""
    return {"path": "/password-resets"}


@blueprint.post("/password-resets")
@audience("public")
@speaks(
    takes=EmailSchema,
    gives=PathSchema,
    form="programme.ask_password_reset_form",
    notice="If somebody has this address, a mail with a link is on its way to it. The link works for 2 hours.",
)
def ask_password_reset(email: str) -> Any:
    """Send a link to set a new password, if the address is known."""
    with writing() as session:
        actions.attempt(session, f"reset {email}", request.remote_addr or "")
    with writing() as session:
        actions.ask_password_reset(session, email)
    return {"path": "/sign-in"}


@blueprint.get("/password-resets/<token>")
@audience("public")
@speaks(gives=LinkPageSchema, page="programme/password_reset.html")
def password_reset_form(token: str) -> Any:
    """Set a new password by a link."""
    with reading() as session:
        return _link_page(queries.link(session, token, "password_reset"), request.path)


@blueprint.post("/password-resets/<token>")
@audience("public")
@speaks(
    takes=PasswordSchema,
    gives=PathSchema,
    form="programme.password_reset_form",
    notice="Your password is changed, and every earlier sign-in and API token has ended. Sign in with the new one.",
)
def password_reset(token: str, password: str) -> Any:
    """Set a new password; every earlier sign-in and token of the person ends."""
    with writing() as session:
        actions.reset_password(session, token, password)
    return {"path": "/sign-in"}


@blueprint.get("/invitations/<token>")
@audience("public")
@speaks(gives=LinkPageSchema, page="programme/invitation.html")
def invitation_form(token: str) -> Any:
    """Accept an invitation by its link."""
    with reading() as session:
        return _link_page(queries.link(session, token, "invitation"), request.path)


@blueprint.post("/invitations/<token>")
@audience("public")
@speaks(takes=AcceptanceSchema, gives=PathSchema, form="programme.invitation_form")
def invitation(token: str, password: str, agreed: bool) -> Any:
    """Accept an invitation: set the password and agree to the terms."""
    with writing() as session:
        user = actions.accept_invitation(session, token, password, agreed)
    flash(f"Welcome, {user.name}. Sign in with your e-mail address and the password that you chose.", "success")
    return {"path": "/sign-in"}


def _link_page(link: Any, path: str) -> dict[str, Any]:
    user = link.user
    facts = {"name": user.name, "email": user.email, "role": user.role, "organisation": user.organisation.name, "expires_at": link.expires_at}
    return {**facts, "agreement": SIGNATURE_AGREEMENT, "least_characters": LEAST, "path": path}
