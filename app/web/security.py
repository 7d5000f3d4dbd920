"""What every answer carries and every change must show: a request id, a strict content security policy, and an Origin of our own."""

import logging
import re
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

from app.errors import Invalid, OtherSite
from app.web.visitor import by_token

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'; script-src 'self'; style-src 'self'"
)
SAFE = {"GET", "HEAD", "OPTIONS"}
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
LOG = structlog.get_logger("erc.request")


def begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def refuse_odd_address() -> None:
    """An address that the database could not hold is refused before anything is asked of it."""
    for value in (request.path, *(value for values in request.args.listvalues() for value in values)):
        refuse_odd(value)


def refuse_odd(text: str, field: str = "") -> None:
    """PostgreSQL's text holds neither a NUL nor half a surrogate pair: say so before it does."""
    found = UNSTORABLE.search(text)
    if found is None:
        return
    words = "There is a NUL character in it." if found[0] == "\x00" else "There is half a character in it (a lone surrogate)."
    refused = {field: [words]} if field and not UNSTORABLE.search(field) else {}
    raise Invalid(f"What was sent cannot be kept as text. {words}", what_to_do="Remove it and send again.", fields=refused)


def refuse_other_sites() -> None:
    """A change that comes with a cookie must come from our own pages; a bearer token is no browser's and needs no such proof."""
    if request.method in SAFE or by_token():
        return
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched in {"same-origin", "none"}:
        return
    if fetched is None and origin is not None and f"{origin}/".startswith(f"{request.host_url}"):
        return
    raise OtherSite("This was not sent from a page of this site.", what_to_do="Open the form here and send it again, or use an API token.")


def finish(answer: Response) -> Response:
    answer.headers["X-Request-Id"] = g.get("request_id", "")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint == "static":
        answer.headers["Cache-Control"] = "public, max-age=3600"
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["Vary"] = "Accept, Cookie"
    if request.is_secure:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
    took_ms = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
    LOG.info("request", method=request.method, path=told_path(), status=answer.status_code, took_ms=took_ms)
    return answer


def told_path() -> str:
    """The path as the log may keep it: a one-time link's token is a secret, so its route stands there instead."""
    if request.url_rule is not None and "token" in (request.view_args or {}):
        return request.url_rule.rule
    return request.path


def install(app: Flask) -> None:
    app.before_request(begin)
    app.before_request(refuse_odd_address)
    app.before_request(refuse_other_sites)
    app.after_request(finish)


def configure_logs() -> None:
    """One JSON object a line on standard error, each with the request's id."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
