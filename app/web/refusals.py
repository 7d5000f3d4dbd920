"""How a refusal is told: one mapping from our few kinds to problem documents (RFC 9457) and problem pages. Unknown errors are a bare 500."""

from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, jsonify, redirect, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.errors import NotFound, Refused, SignInNeeded, TooLarge
from app.web.security import LOG, told_path
from app.web.visitor import KEY


class BadRequest(Refused):
    title = "Not understood"
    explanation = "The request could not be read. Check the address, the method and the content type."


def wants_html() -> bool:
    from app.web.speaks import dialect

    return dialect() == "html"


def problem(refusal: Refused) -> Any:
    """The refusal as the visitor asked to read it. A visitor who must sign in first is sent to do so and brought back."""
    if wants_html():
        if isinstance(refusal, SignInNeeded) and request.method in {"GET", "HEAD"}:
            return redirect(f"/sign-in?next={quote(request.full_path.rstrip('?'))}", code=303)
        if isinstance(refusal, SignInNeeded):
            return _sign_in_again(), refusal.status
        told = {**_told(refusal), "slug": refusal.slug()}
        return render_template("problem.html", refusal=told, errors=refusal.fields, typed={}), refusal.status
    answer = jsonify({**_told(refusal), "type": f"{request.host_url}problems/{refusal.slug()}", "status": refusal.status, "errors": refusal.fields})
    answer.status_code = refusal.status
    answer.mimetype = "application/problem+json"
    return answer


def _sign_in_again() -> str:
    """What was typed, to be sent again after signing in. It travels in the page alone: nothing is kept for somebody who is not signed in."""
    sent = [(name, value) for name, values in request.form.lists() if name != KEY for value in values]
    files = [(name, file.filename) for name, file in request.files.items() if file.filename]
    return render_template("sign_in_again.html", path=request.path, sent=sent, files=files)


def _told(refusal: Refused) -> dict[str, Any]:
    return {
        "title": refusal.title,
        "detail": refusal.words,
        "words": refusal.words,
        "rule": refusal.rule,
        "what_to_do": refusal.what_to_do,
        "request_id": g.get("request_id", ""),
    }


def http(error: HTTPException) -> Any:
    """Flask's own refusals in our words."""
    if isinstance(error, RequestEntityTooLarge):
        return problem(TooLarge("What was sent is larger than this system takes.", what_to_do="Split the file, or compress it, and send again."))
    if error.code == 404:
        return problem(NotFound("Nothing is at this address.", what_to_do="Check the address, or use the search."))
    if error.code is None or error.code >= 500:
        return unknown(error)
    refusal = BadRequest(str(error.description or error.name))
    refusal.status = error.code
    answer = problem(refusal)
    if error.code == 405 and isinstance(answer, Response):
        answer.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    return answer


def unknown(error: Exception) -> Any:
    """A fault of ours: the person gets the request id, the log gets the traceback."""
    LOG.error("fault", path=told_path(), exc_info=error)
    told = {"title": "Something is broken here", "words": "This is our fault, and nothing was saved.", "rule": None, "request_id": g.get("request_id", "")}
    told["what_to_do"] = f"Try again; if it stays, name the request {told['request_id']} to the administrator."
    if wants_html():
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
    app.register_error_handler(Exception, unknown)
