"""The OpenAPI 3.1 description, made from the same declarations that the views answer by: nothing is described twice, so nothing can differ."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from werkzeug.routing import Rule

from app.acts import Upload
from app.web.audience import PUBLIC, audience_of
from app.web.bodies import LONGEST_KEY
from app.web.speaks import Declaration

PART = re.compile(r"<(?:(?P<converter>[^:<>]+):)?(?P<name>[^<>]+)>")
FORMATS = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer", "minimum": 0}}
SECOND = " Without a key, exactly the same within ten minutes is asked about (409): send the field `again` with true if a second one is meant."
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "rule": {"type": ["string", "null"]},
        "what_to_do": {"type": ["string", "null"]},
        "request_id": {"type": "string"},
        "errors": {"type": "object"},
        "links": {"type": "array", "items": {"type": "object", "properties": {"label": {"type": "string"}, "url": {"type": "string"}}}},
    },
}


def declared(app: Flask) -> Iterator[tuple[Rule, str, Callable[..., Any]]]:
    """Every route with its method and view, but the static files."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, app.view_functions[rule.endpoint]


def description(app: Flask) -> dict[str, Any]:
    """The whole API as OpenAPI 3.1."""
    plugin = MarshmallowPlugin(schema_name_resolver=lambda schema: _name(schema))
    spec = APISpec(
        title="ERC Docket",
        version="1",
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": "Every page is also JSON at the same address: send Accept: application/json, and a personal API token as a bearer token."},
        servers=[{"url": app.config["PUBLIC_URL"]}],
    )
    assert plugin.converter is not None
    plugin.converter.add_attribute_function(file_bytes)  # type: ignore[no-untyped-call]
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", PROBLEM)
    for rule, method, view in declared(app):
        spec.path(path=PART.sub(r"{\g<name>}", rule.rule), operations={method.lower(): operation(rule, method, view)})
    described: dict[str, Any] = json_numbers(spec.to_dict())
    return described


def file_bytes(_converter: Any, field: Any, **_: Any) -> dict[str, Any]:
    """How a file field is described; apispec calls this for every field."""
    if not isinstance(field, Upload):
        return {}
    return {"type": ["string", "null"] if field.allow_none else "string", "format": "binary"}


def json_numbers(value: Any) -> Any:
    """Bounds of decimal fields as JSON numbers, which is what the standard asks for."""
    if isinstance(value, dict):
        return {key: json_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [json_numbers(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _name(schema: Any) -> str:
    """The domain and the class, such as EligibilityApplication; empty, which is described in place, for a schema made on the fly."""
    kind = schema if isinstance(schema, type) else type(schema)
    top, _, rest = kind.__module__.partition(".")
    domain = rest.partition(".")[0].replace("_", " ").title().replace(" ", "")
    return f"{domain}{kind.__name__.removesuffix('Schema')}" if top == "app" else ""


def operation(rule: Rule, method: str, view: Callable[..., Any]) -> dict[str, Any]:
    declaration: Declaration = getattr(view, "declaration", Declaration())
    roles = audience_of(view)
    words = (view.__doc__ or rule.endpoint.rpartition(".")[2].replace("_", " ")).strip().split("\n")[0]
    found: dict[str, Any] = {
        "operationId": f"{rule.endpoint.replace('.', '_')}_{method.lower()}",
        "tags": [rule.endpoint.split(".")[0]],
        "summary": words,
        "description": f"For: {', '.join(roles)}.",
        "parameters": [_parameter(match) for match in PART.finditer(rule.rule)],
        "responses": responses(declaration, method),
    }
    if PUBLIC not in roles:
        found["security"] = [{"token": []}]
    if method != "GET":
        found["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "maxLength": LONGEST_KEY},
                "description": "A repeat with the same key is answered with the first result." + (SECOND if declaration.check else ""),
            }
        )
    else:
        found["parameters"] += _of_lists(declaration)
    if declaration.takes and method == "GET":
        found["parameters"].append({"in": "query", "schema": declaration.takes})
    elif declaration.takes:
        uploads = any(isinstance(field, Upload) for field in declaration.takes().fields.values())
        kinds = ["multipart/form-data"] if uploads else ["application/json", "application/x-www-form-urlencoded"]
        found["requestBody"] = {"required": True, "content": {kind: {"schema": declaration.takes} for kind in kinds}}
    return found


def _of_lists(declaration: Declaration) -> list[dict[str, Any]]:
    """What every address of a list takes beside its own filters."""
    formats = ["json", *(["html"] if declaration.page else []), *(["csv"] if declaration.table else [])]
    found: list[dict[str, Any]] = []
    if declaration.gives and {"paging", "pages"} & set(declaration.gives().fields):
        found.append({"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}, "description": "From 1; a page of CSV has more rows."})
        if declaration.takes:
            found.append({"name": "sort", "in": "query", "schema": {"type": "string"}, "description": "The name of a column, with a minus downwards."})
    if len(formats) > 1:
        found.append({"name": "format", "in": "query", "schema": {"type": "string", "enum": formats}, "description": "In place of the Accept header."})
    return found


def _parameter(match: re.Match[str]) -> dict[str, Any]:
    kind, _, words = (match["converter"] or "").partition("(")
    schema = {"type": "string", "enum": [word.strip(" ')") for word in words.split(",")]} if kind == "any" else FORMATS.get(kind, {"type": "string"})
    return {"name": match["name"], "in": "path", "required": True, "schema": schema}


def responses(declaration: Declaration, method: str) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if declaration.gives:
        content["application/json"] = {"schema": declaration.gives}
    if declaration.table:
        content["text/csv"] = {"schema": {"type": "string"}}
    if declaration.page:
        content["text/html"] = {"schema": {"type": "string"}}
    if declaration.media:
        content[declaration.media] = {"schema": {"type": "string", "format": "binary"}}
    done: dict[str, Any] = {"description": "Done." if method != "GET" else "What is asked for."}
    if content:
        done["content"] = content
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {"description": "Refused, with the reason, the rule and what to do.", "content": problem}
    elsewhere = {"303": {"description": "Done; a browser, which asks for HTML, is sent to the page of the result."}} if method != "GET" else {}
    return {str(declaration.status): done, **elsewhere, "4XX": refused}
