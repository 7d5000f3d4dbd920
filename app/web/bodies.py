"""How much a request may bring and of what: judged after who may come at all, so that nobody makes the system read what it will refuse anyway.

A body is small unless it is a form with a file, sent by somebody signed in to a view that takes one.
"""

from collections.abc import Iterator
from typing import Any

import flask
from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from app.acts import Upload
from app.errors import Invalid
from app.web.security import SAFE, refuse_odd
from app.web.visitor import idempotency_key, json_body, who

SMALL_BODY_BYTES = 2 * 1024 * 1024
"""All fields of the longest form, the EM&V plan, filled to their ends."""

MOST_BYTES = "erc.most_bytes"
"""Where a request says to the server that waits for its body how much of it is taken, when that is more than a small one."""

LONGEST_KEY = 200
DEEPEST = 50


def take() -> None:
    """Before every view that changes something: the body read once, within its bounds, and refused if the database could not hold it."""
    if request.endpoint is None or request.method in SAFE:
        return
    if who().user_id is not None:
        _admit_files()
    _refuse_cut_off()
    for name, text in _texts():
        refuse_odd(text, name)
    key = idempotency_key() or ""
    if len(key) > LONGEST_KEY:
        raise Invalid(f"The idempotency key is longer than {LONGEST_KEY} characters.", what_to_do="Send a shorter one, such as a UUID.")
    refuse_odd(key)


def take_what_was_begun_signed_in() -> None:
    """Admit the files of somebody whose sign-in has ended since, as our own signed cookie shows, so that what was typed beside them can be given back."""
    if "_user_id" in flask.session:
        _admit_files()


def _admit_files() -> None:
    declaration = getattr(current_app.view_functions[str(request.endpoint)], "declaration", None)
    fields: dict[str, Any] = declaration.takes().fields if declaration is not None and declaration.takes else {}
    if request.mimetype == "multipart/form-data" and any(isinstance(field, Upload) for field in fields.values()):
        request.max_content_length = request.environ[MOST_BYTES] = current_app.extensions["erc.settings"].upload_limit_bytes


def _refuse_cut_off() -> None:
    """A body that names no length is cut at the limit without a word; half of what somebody sent is not what they sent."""
    if request.content_length is None and request.mimetype != "multipart/form-data" and len(request.get_data(cache=True)) >= SMALL_BODY_BYTES:
        raise RequestEntityTooLarge


def _texts() -> Iterator[tuple[str, str]]:
    """Every text that was sent, with the name of the field that it came in."""
    for name, value in request.form.items(multi=True):
        yield name, name
        yield name, value
    for name, file in request.files.items(multi=True):
        yield name, file.filename or ""
    for name, value in _json().items():
        yield name, name
        yield from ((name, text) for text in _texts_in(value))


def _json() -> dict[str, Any]:
    """The fields of a JSON object. Raises BadRequest for brackets in brackets without end, which no field of ours has."""
    try:
        body = json_body()
    except RecursionError:
        raise _too_deep() from None
    return body if isinstance(body, dict) else {}


def _texts_in(value: Any) -> Iterator[str]:
    waiting = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise _too_deep()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting.extend((part, depth + 1) for pair in one.items() for part in pair)
        elif isinstance(one, list):
            waiting.extend((part, depth + 1) for part in one)


def _too_deep() -> BadRequest:
    return BadRequest(f"The JSON is nested more than {DEEPEST} deep. Send an object with the fields of the API description.")


def install(app: Flask) -> None:
    app.before_request(take)
