"""Who visits: the browser's sign-in (Flask-Login over our revocable sign-ins) or a bearer token, made into an Actor once per request."""

import hashlib
import hmac
import json
from typing import Any, cast

from flask import Flask, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user

from app.db import reading
from app.people import Actor, User, signed_in, token_holder

MANAGER = LoginManager()
KEY = "idempotency_key"
CHECK, AGAIN, THEN = "check", "again", "then"
HOW_SENT = frozenset({KEY, CHECK, AGAIN, THEN})
"""What a form or a JSON body says of how it is sent; the rest is what is sent."""

PIECE_BYTES = 1024 * 1024


class Visitor(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps in the signed cookie: the sign-in's token, never the person's id, so that ending the row ends the sign-in."""

    def __init__(self, token: str, user: User) -> None:
        self.token = token
        self.actor = Actor.of(user)

    def get_id(self) -> str:
        return self.token


@MANAGER.user_loader
def from_cookie(token: str) -> Visitor | None:
    with reading() as session:
        user = signed_in(session, token)
        return Visitor(token, user) if user else None


def by_token() -> bool:
    """Whether the request names a bearer token, which no browser sends by itself."""
    return request.headers.get("Authorization", "").partition(" ")[0].lower() == "bearer"


def from_bearer_token() -> Visitor | None:
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    with reading() as session:
        user = token_holder(session, token) if token else None
        return Visitor(token, user) if user else None


def visitor() -> Visitor | None:
    """Who signed in: by the token where one is named, good or not, and else by the cookie. What lies in the cookie beside a token counts for nothing."""
    if "visitor" not in g:
        by_cookie = cast(Visitor, current_user) if not by_token() and current_user.is_authenticated else None
        g.visitor = from_bearer_token() if by_token() else by_cookie
    return cast(Visitor | None, g.visitor)


def who() -> Actor:
    """The person of this request, or the public; nothing of the body is read for it."""
    if "who" not in g:
        found = visitor()
        g.who = found.actor if found else Actor.public()
    return cast(Actor, g.who)


def actor() -> Actor:
    """Who acts, with the request's id, its idempotency key and the digest of what was sent."""
    if "actor" not in g:
        digest = "" if request.method in {"GET", "HEAD"} else body_sha256()
        g.actor = who().asked(request_id=g.get("request_id", ""), idempotency_key=idempotency_key(), body_sha256=digest)
    return cast(Actor, g.actor)


def idempotency_key() -> str | None:
    """The request's own key. Who reads, repeats nothing: each look at a confidential document gives its bytes and is an event of its own."""
    if request.method in {"GET", "HEAD"}:
        return None
    return request.headers.get("Idempotency-Key") or request.form.get(KEY) or None


def own_token() -> str:
    """The token of this browser's own sign-in, so that a person sees which of the listed ones it is."""
    found = visitor()
    return found.token if found else ""


def body_sha256() -> str:
    """The digest of what was sent and where to; a file counts by its name and content, how it was sent does not.

    It is keyed with this installation's secret, so that nobody who reads the event table can try passwords or other short words against it.
    """
    digest = hmac.new(str(current_app.secret_key).encode(), f"{request.method} {request.path}\n".encode("utf-8", "replace"), hashlib.sha256)
    if request.mimetype in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        sent = sorted([name, value] for name, value in request.form.items(multi=True) if name not in HOW_SENT)
        digest.update(json.dumps(sent).encode())
        for name, file in sorted(request.files.items(multi=True), key=lambda pair: (pair[0], pair[1].filename or "")):
            digest.update(json.dumps([name, file.filename, file_sha256(file.stream)]).encode())
        return digest.hexdigest()
    body = json_body()
    without = {name: value for name, value in body.items() if name not in HOW_SENT} if isinstance(body, dict) else None
    digest.update(request.get_data(cache=True) if without is None else json.dumps(without, sort_keys=True).encode())
    return digest.hexdigest()


def file_sha256(stream: Any) -> str:
    """The digest of an uploaded file, read in pieces and left at its beginning."""
    digest = hashlib.sha256()
    stream.seek(0)
    while piece := stream.read(PIECE_BYTES):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()


def json_body() -> Any:
    """The JSON that was sent; None where it is another kind of body, or none at all."""
    return request.get_json(silent=True) if request.mimetype == "application/json" else None


def says_again() -> bool:
    """Whether a second one of the same is said to be meant: by the field *again*, or by a program's own Idempotency-Key, new for each request."""
    body = json_body()
    word = body.get(AGAIN) if isinstance(body, dict) else request.form.get(AGAIN)
    return bool(request.headers.get("Idempotency-Key")) or str(word).lower() in {"true", "yes", "on", "1"}


def install(app: Flask) -> None:
    MANAGER.init_app(app)
