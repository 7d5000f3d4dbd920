"""The versions of the states' plans: everybody reads them, the administrator enters new ones, nobody changes one (rules section 21)."""

from typing import Any

from app.errors import NotFound
from app.people import Role
from app.programme import actions, queries
from app.programme.schemas.plans import ForStateSchema, NewPlanSchema, PlanFormSchema, PlanPageSchema, PlanRowSchema, PlansSchema
from app.programme.views import blueprint
from app.state_plan import DEFAULTS, StatePlan, changes, groups, plan_in_force, plans, states_with_plans
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor


@blueprint.get("/state-plans")
@audience("public")
@speaks(gives=PlansSchema, page="programme/state_plans.html", table="plans")
def state_plans() -> Any:
    """The versions of every state plan."""
    with reading() as session:
        in_force = _in_force(session)
        return {"plans": [_row(plan, in_force) for plan in plans(session)], "may_add": actor().is_(Role.ADMINISTRATOR)}


def _in_force(session: Any) -> set[Any]:
    found = set()
    for state in states_with_plans(session):
        try:
            found.add(plan_in_force(session, state).id)
        except NotFound:
            continue
    return found


def _row(plan: StatePlan, in_force: set[Any]) -> dict[str, Any]:
    names = ("id", "state", "version", "name", "ruleset", "effective_on", "made_at", "reason", "path")
    return {**{name: getattr(plan, name) for name in names}, "in_force": plan.id in in_force}


@blueprint.get("/state-plans/new")
@audience("administrator")
@speaks(takes=ForStateSchema, gives=PlanFormSchema, page="programme/new_state_plan.html")
def new_plan_form(state: str = "") -> Any:
    """Enter a new version of a state plan, from the one in force."""
    with reading() as session:
        newest = queries.newest_plan(session, (state or actor().state).upper())
    facts = {"state": (state or actor().state).upper(), "name": newest.name if newest else "", "ruleset": newest.ruleset if newest else "seed"}
    return {**facts, "follows": newest.title if newest else None, "groups": groups(newest.all_parameters if newest else DEFAULTS), "path": "/state-plans"}


@blueprint.post("/state-plans")
@audience("administrator")
@speaks(takes=NewPlanSchema, gives=PlanRowSchema, form="programme.new_plan_form", notice="The new version is entered. It is never changed.", status=201)
def add_plan(**facts: Any) -> Any:
    """Enter a new version of a state plan, from its day on."""
    with writing() as session:
        return actions.add_plan(session, actor(), **facts)


@blueprint.get("/state-plans/<state>/<int:version>")
@audience("public")
@speaks(gives=PlanPageSchema, page="programme/state_plan.html", table="changes")
def state_plan(state: str, version: int) -> Any:
    """One version of a state plan with its parameters and what it changed."""
    with reading() as session:
        plan = queries.plan_version(session, state, version)
        return {**_row(plan, _in_force(session)), **_against(plan, queries.plan_before(session, plan)), "may_add": actor().is_(Role.ADMINISTRATOR)}


def _against(plan: StatePlan, before: StatePlan | None) -> dict[str, Any]:
    """All parameters of a version, with what differs from the one before it."""
    now = plan.all_parameters
    if before is None:
        return {"all_parameters": now, "groups": groups(now), "changes": [], "previous_path": None}
    then = before.all_parameters
    return {"all_parameters": now, "groups": groups(now, then), "changes": changes(then, now), "previous_path": before.path}
