"""What came in, the same for a form, a JSON body and a query: read once, checked against the view's schema, refused all at once."""

import re
from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from app.errors import Invalid, Refused
from app.web.uploads import KEPT, KEPT_NAME, Upload, keep, kept_token, uploaded
from app.web.visitor import CHECK, HOW_SENT, json_body

NOT_FIELDS = HOW_SENT | {"format", "page", "sort"}
PLAINLY = {
    "Missing data for required field.": "This is missing: fill it in.",
    "Field may not be null.": "This is missing: fill it in.",
    "Not a valid integer.": "Write a whole number.",
    "Not a valid number.": "Write a number, such as 1234.5.",
    "Not a valid date.": "Write a day, such as 2022-03-31.",
    "Not a valid boolean.": "Answer yes or no.",
}
"""What marshmallow says to a programmer, in the words that a person is told."""

ROW = re.compile(r"^(?P<name>\w+)-(?P<index>\d{1,4})-(?P<field>\w+)$")


def load(takes: type[Schema] | None) -> dict[str, Any]:
    """The loaded fields. Raises Invalid with the messages of every field at once."""
    if takes is None:
        return {}
    schema = takes()
    try:
        loaded: dict[str, Any] = schema.load(_raw(schema), unknown=EXCLUDE if request.method in {"GET", "HEAD"} else RAISE)
    except ValidationError as error:
        raise Invalid("Some fields are not right; each is named below.", what_to_do="Correct them and send again.", fields=flat(error.messages)) from error
    return loaded


def _raw(schema: Schema) -> dict[str, Any]:
    if request.method in {"GET", "HEAD"}:
        return _from_form(schema, request.args)
    if request.mimetype == "application/json":
        body = json_body()
        if not isinstance(body, dict):
            raise Invalid("The body is not a JSON object.", what_to_do="Send an object with the fields of the API description.")
        return {key: value for key, value in body.items() if key not in NOT_FIELDS - {CHECK}}  # Only a page's form is checked first.
    return {**_from_form(schema, request.form), **_files(schema)}


def _from_form(schema: Schema, form: MultiDict[str, str]) -> dict[str, Any]:
    """Form values by field: a list field takes every value of its name, and `rows-0-month` makes rows.

    An empty one counts as not given; where the form shows what stands there already (`emptied_counts` of its schema), as taken out.
    """
    raw: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for name in form:
        if name in NOT_FIELDS or name.endswith(KEPT):
            continue
        match = ROW.match(name)
        if match and name not in schema.fields:
            rows.setdefault(match["name"], {}).setdefault(int(match["index"]), {})[match["field"]] = form[name].strip()
            continue
        values = [value.strip() for value in form.getlist(name) if value.strip()]
        if values:
            raw[name] = values if isinstance(schema.fields.get(name), fields.List) else values[0]
        elif getattr(schema, "emptied_counts", False) and name in schema.fields:
            raw[name] = None if schema.fields[name].allow_none else ""
    for name, found in rows.items():
        raw[name] = [row for _, row in sorted(found.items()) if any(row.values())]
    return raw


def _files(schema: Schema) -> dict[str, Any]:
    found = {name: uploaded(name) for name, field in schema.fields.items() if isinstance(field, Upload)}
    return {name: file for name, file in found.items() if file is not None}


def typed() -> dict[str, Any]:
    """Everything that the person typed, for the form that is given back; a list where a name came more than once.

    Empty rows stand behind the others, as they were read, so that what is wrong is told beside the row that it means. A file that came, now or in an
    earlier attempt, stands as `<field>__kept` with the word that names it, and `<field>__kept_name`.
    """
    sent = {name: values if len(values) > 1 else values[0] for name, values in request.form.lists() if not name.endswith((KEPT, KEPT_NAME))}
    return _closed_up(sent) | _kept_files()


def rows_sent(typed: Mapping[str, Any], name: str, *, filled: bool = False) -> int:
    """How many rows of a field a form came with, counted by the highest number among them; with `filled`, up to the last that holds something."""
    found = [ROW.match(one) for one, value in typed.items() if value or not filled]
    return max((int(match["index"]) + 1 for match in found if match and match["name"] == name), default=0)


def words_typed() -> list[tuple[str, str]]:
    """Every word that the person typed, by field, for the page that must stand in for a form that is gone; no password."""
    sent = ((name, value) for name, values in request.form.lists() if name not in HOW_SENT and "password" not in name for value in values)
    return [(name, value) for name, value in sent if value.strip()]


def _closed_up(sent: dict[str, Any]) -> dict[str, Any]:
    """The same fields with the rows that hold nothing behind those that hold something."""
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    found = {}
    for name, value in sent.items():
        match = ROW.match(name)
        if match:
            rows.setdefault(match["name"], {}).setdefault(int(match["index"]), {})[match["field"]] = value
        else:
            found[name] = value
    for name, numbered in rows.items():
        filled = sorted(sorted(numbered), key=lambda index: not any(str(value).strip() for value in numbered[index].values()))
        for place, index in enumerate(filled):
            found |= {f"{name}-{place}-{field}": value for field, value in numbered[index].items()}
    return found


def _kept_files() -> dict[str, str]:
    """The files that can go again; one that was refused for itself, or is kept no longer, cannot."""
    found: dict[str, str] = {}
    for name in {*request.files, *(name.removesuffix(KEPT) for name in request.form if name.endswith(KEPT))}:
        try:
            file = uploaded(name)
            if file is not None:
                keep(file)
                found |= {f"{name}{KEPT}": kept_token(file), f"{name}{KEPT_NAME}": str(file.stored.get("file_name", file.file_name))}
        except Refused:
            continue
    return found


def flat(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages by field name, with `rows-0-month` for a row's field."""
    found: dict[str, list[str]] = {}
    for key, value in messages.items() if isinstance(messages, dict) else []:
        name = f"{prefix}{key}" if key != "_schema" else (prefix.rstrip("-") or "_")
        if isinstance(value, dict):
            found.update(flat(value, f"{name}-"))
        else:
            found[name] = [PLAINLY.get(str(message), str(message)) for message in (value if isinstance(value, list) else [value])]
    return found
