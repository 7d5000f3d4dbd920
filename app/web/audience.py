"""Which kind of visitor may come to a view at all. What a person may do to one record is judged in the action, by standing."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

from app.errors import NotPermitted, SignInNeeded
from app.people import Role
from app.web.visitor import by_token, who

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
EVERYONE_SIGNED_IN = tuple(str(role) for role in Role)


def audience(*roles: str, in_person: bool = False) -> Callable[[View], View]:
    """Mark a view with the roles that may come: role names, or *public* for everybody, signed in or not; `in_person` never by an API token."""
    unknown = set(roles) - {PUBLIC, *EVERYONE_SIGNED_IN}
    if unknown or not roles:
        raise ValueError(f"unknown audience {sorted(unknown)}; say {PUBLIC} or some of {EVERYONE_SIGNED_IN}")

    def mark(view: View) -> View:
        view.audience, view.in_person = roles, in_person  # type: ignore[attr-defined]
        return view

    return mark


def audience_of(view: Callable[..., Any]) -> tuple[str, ...]:
    """Who may come to a view; a view that says nothing is open to nobody, and a test names it."""
    return getattr(view, "audience", ())


def admit() -> None:
    """Before every view: refuse those whom it is not for."""
    if request.endpoint is None or request.endpoint == "static":
        return
    view = current_app.view_functions[request.endpoint]
    roles, visitor = audience_of(view), who()
    if visitor.role in roles and getattr(view, "in_person", False) and by_token():
        words = "An API token cannot do this: it is for the person, signed in with the password."
        raise NotPermitted(words, rule="1.19", what_to_do="Sign in with your e-mail address and password, and do it there.")
    if PUBLIC in roles or visitor.role in roles:
        return
    if visitor.user_id is None:
        raise SignInNeeded("This page is for people with an account.", what_to_do="Sign in, then open this page again.")
    words = f"This page is for: {', '.join(roles)}. You are signed in as {visitor.role}."
    raise NotPermitted(words, rule="1.19", what_to_do="Go back to your own pages, or ask somebody in that role.")


def install(app: Flask) -> None:
    app.before_request(admit)
