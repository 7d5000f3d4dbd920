"""Which format a request asks for: HTML for whom it is asked for (`Accept: text/html` or `?format=html`), CSV likewise, JSON for everybody else."""

from flask import request

FORMATS = {"html": "text/html", "json": "application/json", "csv": "text/csv"}


def dialect() -> str:
    """The format that was asked for: html, json or csv."""
    asked = request.args.get("format")
    if asked in FORMATS:
        return asked
    best = request.accept_mimetypes.best_match(["application/json", "text/html", "text/csv"], default="application/json")
    if best == "text/html" and not request.accept_mimetypes.quality("text/html") > request.accept_mimetypes.quality("application/json"):
        best = "application/json"
    return {"text/html": "html", "text/csv": "csv"}.get(best, "json")
