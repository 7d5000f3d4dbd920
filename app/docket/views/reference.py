"""The pages that explain: glossary, rules, kinds of refusal, the API, and the life of one credit."""

from dataclasses import asdict
from typing import Any

from flask import current_app, jsonify

from app.docket.queries import rulebook
from app.docket.schemas import programme
from app.docket.views.blueprint import blueprint
from app.docket.views.explaining import FUNCTIONS, STEPS, operations
from app.errors import NotFound
from app.web import glossary as words
from app.web.audience import audience
from app.web.openapi import description
from app.web.refusals import kinds
from app.web.speaks import speaks


@blueprint.get("/glossary")
@audience("public")
@speaks(gives=programme.GlossarySchema, page="docket/glossary.html", table="terms")
def glossary() -> Any:
    """The words of the programme in plain sentences."""
    return {"title": "Glossary", "terms": [{**asdict(term), "slug": term.slug} for term in words.GLOSSARY]}


@blueprint.get("/rules")
@audience("public")
@speaks(gives=programme.RulesSchema, page="docket/rules.html")
def rules() -> Any:
    """The programme's numbered rules, each with what kind of source stands behind it."""
    return {"title": "Rules of the programme", "sections": list(rulebook.sections())}


@blueprint.get("/problems")
@audience("public")
@speaks(gives=programme.ProblemsSchema, page="docket/problems.html", table="problems")
def problems() -> Any:
    """Every kind of refusal."""
    return {"title": "Kinds of refusal", "problems": [_problem(kind) for kind in kinds()]}


@blueprint.get("/problems/<slug>")
@audience("public")
@speaks(gives=programme.ProblemSchema, page="docket/problem_kind.html")
def problem_kind(slug: str) -> Any:
    """One kind of refusal: what it means and what to do."""
    found = next((kind for kind in kinds() if kind.slug() == slug), None)
    if found is None:
        raise NotFound("No kind of refusal has this name.", what_to_do="Look in the list of kinds.")
    return _problem(found)


def _problem(kind: Any) -> dict[str, Any]:
    return {"slug": kind.slug(), "title": kind.title, "status": kind.status, "words": kind.explanation, "path": f"/problems/{kind.slug()}"}


@blueprint.get("/api")
@audience("public")
@speaks(gives=programme.ApiSchema, page="docket/api.html")
def api() -> Any:
    """Every operation in words: who may, which fields, which formats."""
    return {"title": "API", "groups": operations(description(current_app))}


@blueprint.get("/openapi.json")
@audience("public")
@speaks(media="application/json")
def openapi() -> Any:
    """The whole API as an OpenAPI 3.1 description."""
    return jsonify(description(current_app))


@blueprint.get("/about")
@audience("public")
@speaks(gives=programme.AboutSchema, page="docket/about.html")
def about() -> Any:
    """The life of one credit, and what this system does (programme rule 10.16)."""
    return {"title": "The life of one credit", "steps": STEPS, "functions": FUNCTIONS}
