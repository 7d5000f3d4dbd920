"""How a refusal is told: one mapping from our few kinds to problem documents (RFC 9457) and problem pages. Unknown errors are a bare 500."""

import errno
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import psycopg
from flask import Flask, g, jsonify, make_response, redirect, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.errors import NotFound, Refused, SignInNeeded, TooLarge, Unavailable
from app.people import Actor
from app.web.bodies import take_what_was_begun_signed_in
from app.web.dialects import dialect
from app.web.filters import size_limit
from app.web.security import LOG, SAFE, told_path
from app.web.visitor import KEY


class BadRequest(Refused):
    title = "Not understood"
    explanation = "The request could not be read. Check the address, the method and the content type."


def problem(refusal: Refused, words_typed: Sequence[tuple[str, str]] = ()) -> Any:
    """The refusal as the visitor asked to read it, on a page with what was typed. A visitor who must sign in first is sent to do so and brought back."""
    if dialect() == "html":
        if isinstance(refusal, SignInNeeded) and request.method in {"GET", "HEAD"}:
            return redirect(f"/sign-in?next={quote(request.full_path.rstrip('?'))}", code=303)
        if isinstance(refusal, SignInNeeded):
            return _sign_in_again(refusal)
        told = {**_told(refusal), "slug": refusal.slug()}
        return render_template("problem.html", refusal=told, errors=refusal.fields, typed={}, words_typed=words_typed), refusal.status
    answer = jsonify({**_told(refusal), "type": f"{request.host_url}problems/{refusal.slug()}", "status": refusal.status, "errors": refusal.fields})
    answer.status_code = refusal.status
    answer.mimetype = "application/problem+json"
    return answer


def _sign_in_again(refusal: Refused) -> Any:
    """What was typed, to be sent again after signing in. It travels in the page alone: nothing is kept for somebody who is not signed in."""
    try:
        take_what_was_begun_signed_in()
        sent = [(name, value) for name, values in request.form.lists() if name != KEY for value in values]
    except HTTPException as error:
        return http(error)
    files = [(name, file.filename) for name, file in request.files.items() if file.filename]
    return render_template("sign_in_again.html", path=request.path, sent=sent, files=files), refusal.status


def _told(refusal: Refused) -> dict[str, Any]:
    return {
        "title": refusal.title,
        "detail": refusal.words,
        "words": refusal.words,
        "rule": refusal.rule,
        "what_to_do": refusal.what_to_do,
        "request_id": g.get("request_id", ""),
        **({"links": [{"label": label, "url": url} for label, url in refusal.links]} if refusal.links else {}),
    }


def http(error: HTTPException) -> Any:
    """Flask's own refusals in our words."""
    if isinstance(error, RequestEntityTooLarge):
        words = f"What was sent is larger than is taken here: at most {size_limit(request.max_content_length)} in {request.max_form_parts:,} parts."
        return problem(TooLarge(words, what_to_do="Shorten it, or split or compress the file, and send again."))
    if error.code == 404:
        return problem(NotFound("Nothing is at this address.", what_to_do="Check the address, or use the search."))
    if error.code is None or error.code >= 500:
        return unknown(error)
    if error.code == 405:
        return _other_method(sorted(getattr(error, "valid_methods", None) or ()))
    refusal = BadRequest(str(error.description or error.name), what_to_do="Check the address, the method and what was sent.")
    refusal.status = error.code
    return problem(refusal)


def _other_method(taken: Sequence[str]) -> Any:
    """What this address takes instead; most often somebody opened the address to which a button sends."""
    told = " or ".join(one for one in taken if one not in {"HEAD", "OPTIONS"})
    words, what_to_do = f"Nothing can be sent to this address by {request.method}.", f"Send {told}."
    if request.method in SAFE:
        words = "There is no page at this address: it only takes what a button sends."
        what_to_do = f"Go back to the page where the button is, and press it there. A program sends {told}."
    refusal = BadRequest(words, what_to_do=what_to_do)
    refusal.status = 405
    answer = make_response(problem(refusal))
    answer.headers["Allow"] = ", ".join(taken)
    return answer


def without_database(error: Exception) -> Any:
    """The database is away, starts, stops or has no room; the visitor counts as nobody, because to ask who it is would need it."""
    if not _is_silence(error):
        return unknown(error)
    LOG.error("database_silent", path=told_path(), failure=str(error).splitlines()[0])
    g.who = g.actor = Actor.public()
    g.database_silent = True
    if request.method not in SAFE and getattr(error, "connection_invalidated", False):
        words = "The database stopped to answer while it was asked to save this."
        return problem(Unavailable(words, what_to_do="In a minute, look whether it was saved. Sending the same form again does nothing twice."))
    return problem(Unavailable("The database does not answer just now; nothing was saved.", what_to_do="Try again in a minute."))


def _is_silence(error: BaseException | None) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError)
    return isinstance(error, (PoolTimeout, psycopg.OperationalError))


def without_room(error: OSError) -> Any:
    """A disk that is full or read-only is no fault of the program."""
    if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
        return unknown(error)
    LOG.error("disk_full", path=told_path(), failure=str(error))
    return problem(Unavailable("This system has no room to take anything just now; nothing was saved.", what_to_do="Tell the administrator, and try again."))


def unknown(error: Exception) -> Any:
    """A fault of ours: the person gets the request id, the log gets the traceback."""
    behind: Any = getattr(error, "original_exception", None)  # What was raised while another refusal was told.
    if _is_silence(behind) and "database_silent" not in g:
        return without_database(behind)
    LOG.error("fault", path=told_path(), exc_info=error)
    told = {"title": "Something is broken here", "words": "This is our fault, and nothing was saved.", "rule": None, "request_id": g.get("request_id", "")}
    told["what_to_do"] = f"Try again; if it stays, name the request {told['request_id']} to the administrator."
    if dialect() == "html":
        return render_template("problem.html", refusal=told, errors={}, typed={}), 500
    answer = jsonify({**told, "type": "about:blank", "status": 500})
    answer.status_code = 500
    answer.mimetype = "application/problem+json"
    return answer


def kinds() -> list[type[Refused]]:
    """Every kind of refusal, for the pages that explain them."""
    found: list[type[Refused]] = []
    waiting: list[type[Refused]] = [Refused]
    while waiting:
        waiting.extend(sorted(waiting[0].__subclasses__(), key=lambda kind: kind.__name__))
        found.append(waiting.pop(0))
    return [kind for kind in found if kind is not Refused]


def install(app: Flask) -> None:
    app.register_error_handler(Refused, problem)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(DBAPIError, without_database)
    app.register_error_handler(PoolTimeout, without_database)
    app.register_error_handler(psycopg.OperationalError, without_database)
    app.register_error_handler(OSError, without_room)
    app.register_error_handler(Exception, unknown)
