"""One URL, two dialects, one action: `@speaks` names what a view takes, gives and shows.

The intake, the JSON answer, the HTML page, the CSV, the refusal that gives a person's own form back, and the OpenAPI description all read the
same declaration.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, flash, g, jsonify, redirect, render_template, request
from marshmallow import Schema
from werkzeug.wrappers import Response as AnyResponse

from app.errors import Invalid, Refused
from app.merkle import plain
from app.record import Repeated
from app.web.dialects import dialect
from app.web.intake import load, typed, words_typed
from app.web.refusals import problem
from app.web.transactions import Rehearsed
from app.web.visitor import CHECK, THEN

PAGE_BELOW = re.compile(r"(/[\w-]+)+")
"""An address of ours without a host, a dot or a line's end in it."""

InWords = Callable[[Any, Any], str]
"""What an act does, in one sentence with its numbers, from what it changed and the facts of its event."""


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Declares what one view takes (a schema of form, JSON or query fields), gives (a schema), and how HTML shows it.

    `page` is the template of a GET. A POST answers HTML with a redirect to the result's path, or, refused, with the page of the GET view named
    by `form` and the person's own values. With `check`, a form that sends `check=first` is answered with what would happen, in those words, and
    the same values to send again; nothing is done before. `table` names the list within the answer that CSV holds. `notice` is told after success.
    `media` is the type of a view that answers with bytes of its own.
    """

    takes: type[Schema] | None = None
    gives: type[Schema] | None = None
    page: str | None = None
    form: str | None = None
    table: str | None = None
    notice: str = ""
    status: int = 200
    media: str = ""
    check: InWords | None = None

    def __call__(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """The view that speaks so. It gets the address's parts and the loaded fields as keywords, and returns a row, a dict or a Response."""

        @wraps(view)
        def answer(**address: Any) -> Any:
            g.declaration = self
            try:
                step = _step(self)
                if step == "again":
                    return _form_again(self, address)
                g.rehearsal = self.check if step == "first" else None
                result = view(**address, **load(self.takes))
            except Rehearsed as rehearsed:
                return _checked(self, rehearsed.words, address)
            except Repeated as repeated:
                return _again(repeated)
            except Refused as refusal:
                return _refused(self, refusal, address)
            return result if isinstance(result, AnyResponse) else _reply(self, result)

        answer.declaration = self  # type: ignore[attr-defined]
        answer.plain_view = view  # type: ignore[attr-defined]
        return answer


speaks = Declaration
"""Over a view it reads as a verb: `@speaks(takes=…, gives=…)`."""


def dumped(declaration: Declaration, result: Any) -> Any:
    """What the view gives, as plain JSON values: the only thing that a template sees."""
    return plain(declaration.gives().dump(result)) if declaration.gives else plain(result)


def _reply(declaration: Declaration, result: Any) -> Any:
    spoken = dialect()
    facts = dumped(declaration, result)
    if spoken == "csv" and declaration.table:
        return _table(declaration, declaration.table, facts)
    if spoken == "html" and request.method in {"GET", "HEAD"} and declaration.page:
        g.shown_state = facts.get("issuing_state", "") if isinstance(facts, dict) else ""
        return render_template(declaration.page, it=facts, typed={}, errors={}, refusal=None)
    if spoken == "html" and request.method not in {"GET", "HEAD"}:
        return _see_other(declaration.notice, facts)
    answer = jsonify(facts)
    answer.status_code = declaration.status
    return answer


def _see_other(notice: str, facts: Any) -> AnyResponse:
    """To the result's page, or to the page below it that the pressed button names: the next section of a form."""
    if notice:
        flash(notice, "success")
    path = (facts.get("path") if isinstance(facts, dict) else None) or "/"
    then = request.form.get(THEN, "")
    return redirect(then if PAGE_BELOW.fullmatch(then) and then.startswith(f"{path}/") else path, code=303)


def _step(declaration: Declaration) -> str:
    """Where a form stands that is checked before it is sent: first, again (to change it), or nowhere.

    Raises Invalid where nothing can be checked: who asks what would happen must never find it done.
    """
    step = request.form.get(CHECK, "") if request.method == "POST" else ""
    known = {"", "again", *(["first"] if declaration.check else [])}
    if step and (step not in known or dialect() != "html"):
        words = "This cannot be checked before it is sent; nothing was done."
        raise Invalid(words, what_to_do="Send it without the field check, or as a form from its page.", fields={CHECK: [words]})
    return step


def _shown_form(declaration: Declaration, address: dict[str, Any]) -> tuple[str, Any] | None:
    """The page of the declared form and what it shows; None where there is none."""
    shown: Any = current_app.view_functions[declaration.form] if declaration.form else None
    form: Declaration | None = getattr(shown, "declaration", None)
    if form is None or form.page is None:
        return None
    asked = form.takes().load({}) if form.takes else {}
    try:
        return form.page, dumped(form, shown.plain_view(**address, **asked))
    except Refused:
        return None


def _form_again(declaration: Declaration, address: dict[str, Any]) -> Any:
    """The form with what was typed, for a person who read what would happen and wants to change it."""
    form = _shown_form(declaration, address)
    return redirect(request.path, code=303) if form is None else render_template(form[0], it=form[1], typed=typed(), errors={}, refusal=None)


def _checked(declaration: Declaration, words: str, address: dict[str, Any]) -> Any:
    """What would happen, in words, with everything typed as hidden fields and the one button that does it."""
    form = _shown_form(declaration, address)
    sent = [(name, value) for name, values in request.form.lists() for value in values if name != CHECK]
    return render_template("check.html", it=form[1] if form else {}, words=words, sent=sent, typed={}, errors={}, refusal=None)


def _again(repeated: Repeated) -> Any:
    if dialect() == "html":
        return _see_other("This was already recorded; nothing was done twice.", repeated.answer or {"path": repeated.event.path})
    answer = jsonify(repeated.answer)
    answer.headers["Idempotent-Replay"] = "true"
    return answer


def _refused(declaration: Declaration, refusal: Refused, address: dict[str, Any]) -> Any:
    """The person's own form again, with what was typed and the messages; a problem page or document where there is no form, or it is gone."""
    form = _shown_form(declaration, address) if dialect() == "html" else None
    if form is None:
        return problem(refusal, words_typed() if declaration.form else ())
    told = {"title": refusal.title, "words": refusal.words, "rule": refusal.rule, "what_to_do": refusal.what_to_do, "slug": refusal.slug()}
    return render_template(form[0], it=form[1], typed=typed(), errors=refusal.fields, refusal=told), refusal.status


def _table(declaration: Declaration, table: str, facts: Any) -> Response:
    """The declared table as CSV; where it has more rows than one answer holds, the Link header names the next part (RFC 8288)."""
    listed: Any = declaration.gives().fields[table] if declaration.gives else None
    answer = as_csv(facts[table], table, list(listed.inner.schema.fields) if listed else [])
    paging = facts.get("paging", facts)
    if paging.get("page", 1) < paging.get("pages", 1):
        answer.headers["Link"] = f'<{request.path}?{urlencode({**request.args.to_dict(), "page": paging["page"] + 1})}>; rel="next"'
    return answer


def as_csv(rows: list[dict[str, Any]], name: str, names: list[str]) -> Response:
    """A list as CSV. `names` head a list that is empty, so that a program that reads it meets the same columns on every day."""
    columns = list(dict.fromkeys(key for row in rows for key in row)) or names
    return Response("".join(csv_lines(rows, columns)), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


def csv_lines(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """The heading and the rows, line by line. A cell that a spreadsheet would run as a formula is given an apostrophe before it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        yield out.getvalue()
        out.seek(0)
        out.truncate()
        writer.writerow({key: harmless(value) for key, value in row.items()})
    yield out.getvalue()


def harmless(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        value = "; ".join(str(item) for item in value)
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdecimal()
