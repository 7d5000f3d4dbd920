"""One URL, two dialects, one action: `@speaks` names what a view takes, gives and shows.

The intake, the JSON answer, the HTML page, the CSV, the refusal that gives a person's own form back, and the OpenAPI description all read the
same declaration. HTML is for whom it is asked for (`Accept: text/html` or `?format=html`); everybody else gets JSON.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, flash, g, jsonify, redirect, render_template, request
from marshmallow import Schema
from werkzeug.wrappers import Response as AnyResponse

from app.errors import Refused
from app.merkle import plain
from app.record import Repeated
from app.web.intake import load, typed
from app.web.refusals import problem

FORMATS = {"html": "text/html", "json": "application/json", "csv": "text/csv"}


@dataclass(frozen=True)
class Declaration:
    """What one view takes (a schema of form, JSON or query fields), gives (a schema), and how HTML shows it.

    `page` is the template of a GET. A POST answers HTML with a redirect to the result's path, or, refused, with the page of the GET view named
    by `form` and the person's own values. `table` names the list within the answer that CSV holds. `notice` is told after success.
    """

    takes: type[Schema] | None = None
    gives: type[Schema] | None = None
    page: str | None = None
    form: str | None = None
    table: str | None = None
    notice: str = ""
    status: int = 200


def speaks(
    *,
    takes: type[Schema] | None = None,
    gives: type[Schema] | None = None,
    page: str | None = None,
    form: str | None = None,
    table: str | None = None,
    notice: str = "",
    status: int = 200,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a view. The view gets the address's parts and the loaded fields as keywords, and returns a row, a dict or a Response."""
    declaration = Declaration(takes, gives, page, form, table, notice, status)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def answer(**address: Any) -> Any:
            g.declaration = declaration
            try:
                result = view(**address, **load(takes))
            except Repeated as repeated:
                return _again(repeated)
            except Refused as refusal:
                return _refused(declaration, refusal, address)
            return result if isinstance(result, AnyResponse) else _reply(declaration, result)

        answer.declaration = declaration  # type: ignore[attr-defined]
        answer.plain_view = view  # type: ignore[attr-defined]
        return answer

    return decorate


def dialect() -> str:
    """The format that was asked for: html, json or csv."""
    asked = request.args.get("format")
    if asked in FORMATS:
        return asked
    best = request.accept_mimetypes.best_match(["application/json", "text/html", "text/csv"], default="application/json")
    if best == "text/html" and not request.accept_mimetypes.quality("text/html") > request.accept_mimetypes.quality("application/json"):
        best = "application/json"
    return {"text/html": "html", "text/csv": "csv"}.get(best, "json")


def dumped(declaration: Declaration, result: Any) -> Any:
    """What the view gives, as plain JSON values: the only thing that a template sees."""
    return plain(declaration.gives().dump(result)) if declaration.gives else plain(result)


def _reply(declaration: Declaration, result: Any) -> Any:
    spoken = dialect()
    facts = dumped(declaration, result)
    if spoken == "csv" and declaration.table:
        return as_csv(facts[declaration.table], declaration.table)
    if spoken == "html" and request.method in {"GET", "HEAD"} and declaration.page:
        return render_template(declaration.page, it=facts, typed={}, errors={}, refusal=None)
    if spoken == "html" and request.method not in {"GET", "HEAD"}:
        return _see_other(declaration.notice, facts)
    answer = jsonify(facts)
    answer.status_code = declaration.status
    return answer


def _see_other(notice: str, facts: Any) -> AnyResponse:
    if notice:
        flash(notice, "success")
    path = facts.get("path") if isinstance(facts, dict) else None
    return redirect(path or "/", code=303)


def _again(repeated: Repeated) -> Any:
    if dialect() == "html":
        return _see_other("This was already recorded; nothing was done twice.", repeated.answer or {"path": repeated.event.path})
    answer = jsonify(repeated.answer)
    answer.headers["Idempotent-Replay"] = "true"
    return answer


def _refused(declaration: Declaration, refusal: Refused, address: dict[str, Any]) -> Any:
    """The person's own form again, with what was typed and the messages; a problem page or document where there is no form."""
    if dialect() != "html" or declaration.form is None:
        return problem(refusal)
    shown: Any = current_app.view_functions[declaration.form]
    form: Declaration = shown.declaration
    if form.page is None:
        return problem(refusal)
    asked = form.takes().load({}) if form.takes else {}
    try:
        facts = dumped(form, shown.plain_view(**address, **asked))
    except Refused:
        return problem(refusal)
    told = {"title": refusal.title, "words": refusal.words, "rule": refusal.rule, "what_to_do": refusal.what_to_do, "slug": refusal.slug()}
    page = render_template(form.page, it=facts, typed=typed(), errors=refusal.fields, refusal=told)
    return page, refusal.status


def as_csv(rows: list[dict[str, Any]], name: str) -> Response:
    """A list as CSV. A cell that a spreadsheet would run as a formula is given an apostrophe before it."""
    out = io.StringIO()
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: harmless(value) for key, value in row.items()})
    return Response(out.getvalue(), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


def harmless(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        value = "; ".join(str(item) for item in value)
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdecimal()
