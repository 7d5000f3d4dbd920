"""Who visits: the browser's sign-in (Flask-Login over our revocable sign-ins) or a bearer token, made into an Actor once per request."""

import hashlib
from io import SEEK_END, SEEK_SET, IOBase
from typing import cast

from flask import Flask, g, request
from flask_login import LoginManager, UserMixin, current_user

from app.db import reading
from app.people import Actor, User, signed_in, token_holder

MANAGER = LoginManager()
KEY = "idempotency_key"


class Visitor(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps in the signed cookie: the sign-in's token, never the person's id, so that ending the row ends the sign-in."""

    def __init__(self, token: str, user: User) -> None:
        self.token = token
        self.user = user

    def get_id(self) -> str:
        return self.token


@MANAGER.user_loader
def from_cookie(token: str) -> Visitor | None:
    with reading() as session:
        user = signed_in(session, token)
    return Visitor(token, user) if user else None


@MANAGER.request_loader
def from_bearer_token(_: object) -> Visitor | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    with reading() as session:
        user = token_holder(session, token.strip())
    g.came_by_token = user is not None
    return Visitor(token.strip(), user) if user else None


def actor() -> Actor:
    """The person of this request, or the public, with the request's id and idempotency key."""
    if "actor" not in g:
        who = Actor.of(cast(Visitor, current_user).user) if current_user.is_authenticated else Actor.public()
        key = request.headers.get("Idempotency-Key") or request.form.get(KEY) or None
        g.actor = who.asked(request_id=g.get("request_id", ""), idempotency_key=key, body_sha256=body_sha256() if key else "")
    return cast(Actor, g.actor)


def own_token() -> str:
    """The token of this browser's own sign-in, so that a person sees which of the listed ones it is."""
    return cast(Visitor, current_user).token if current_user.is_authenticated else ""


def body_sha256() -> str:
    """The digest of what was sent and where to, apart from the key itself; a file counts by its name and length."""
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if request.mimetype in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        for name, value in sorted((name, value) for name, value in request.form.items(multi=True) if name != KEY):
            digest.update(f"{name}={value}\n".encode("utf-8", "replace"))
        for name, file in sorted(request.files.items(multi=True), key=lambda pair: (pair[0], pair[1].filename or "")):
            digest.update(f"{name}={file.filename}:{_length(file.stream)}\n".encode("utf-8", "replace"))
    else:
        digest.update(request.get_data(cache=True))
    return digest.hexdigest()


def _length(stream: object) -> int:
    file = cast(IOBase, stream)
    file.seek(0, SEEK_END)
    length = file.tell()
    file.seek(0, SEEK_SET)
    return length


def install(app: Flask) -> None:
    MANAGER.init_app(app)
