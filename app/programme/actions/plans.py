"""Versions of a state's plan: entered with reasons, in effect from a day, never changed afterwards (rules section 21)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.compliance.obligation import periods_refusal
from app.db import now
from app.errors import Invalid
from app.people import Actor, demand_administrator_of
from app.programme import queries
from app.programme.actions.organisations import demand_state
from app.programme.actions.words import need
from app.record import record
from app.state_plan import DEFAULTS, StatePlan, WrongRows, differences, field_of, parameter_from

RULESETS = ("seed", "final")
AT_MOST_AHEAD = timedelta(days=3_652)


def add_plan(session: Session, actor: Actor, state: str, name: str, ruleset: str, effective_on: date, parameters: dict[str, Any], reason: str) -> StatePlan:
    """The next version of a state's plan. What is not given keeps its default; all of it is written down, so that no later default changes it.

    It may not take effect before the version it follows: what was decided under that one stays explained by it.
    """
    code = demand_state(state, needed=True)
    demand_administrator_of(session, actor, code)
    if ruleset not in RULESETS:
        raise Invalid("This ruleset is not known.", fields={"ruleset": [f"Choose one of: {', '.join(RULESETS)}."]})
    checked = {**DEFAULTS, **checked_parameters(parameters)}
    demand_periods_follow(checked, parameters)
    demand_deadlines_fit(checked, parameters)
    demand_near(effective_on)
    queries.lock_plans(session)
    before = queries.newest_plan(session, code)
    if before is not None and effective_on < before.effective_on:
        told = f"Version {before.version} is in effect from {day_in_words(before.effective_on)}; choose that day or a later one."
        raise Invalid("A plan version may not begin before the one that it follows.", fields={"effective_on": [told]})
    named = need(name, "name", "Give the plan's name.")
    if before is not None and (before.name, before.ruleset) == (named, ruleset) and not differences(before.all_parameters, checked):
        words = f"Nothing differs from version {before.version}, so no new version is needed."
        raise Invalid(words, what_to_do=f"Change what is to change, or leave version {before.version} in effect.")
    plan = StatePlan(
        state=code,
        version=before.version + 1 if before else 1,
        name=named,
        ruleset=ruleset,
        effective_on=effective_on,
        parameters=checked,
        reason=need(reason, "reason", "Say why this version is made."),
        made_by_id=actor.user_id,
    )
    session.add(plan)
    session.flush()
    changes = differences(before.all_parameters if before else DEFAULTS, plan.all_parameters)
    record(session, actor, "add", plan, state=code, version=plan.version, effective_on=effective_on, ruleset=ruleset, reason=plan.reason, changes=changes)
    return plan


def demand_near(effective_on: date) -> None:
    """No version may begin before the one that it follows, so one of a far year, by a slip of the pen, would keep every later one from taking effect."""
    last = now().date() + AT_MOST_AHEAD
    if effective_on > last:
        told = f"A version begins by {day_in_words(last)}, within ten years."
        raise Invalid("This day is too far away.", what_to_do="Correct the year.", fields={"effective_on": [told]})


def demand_periods_follow(parameters: dict[str, Any], given: dict[str, Any]) -> None:
    """Periods follow on each other and are no longer than the rule's (12.6)."""
    blocks = [(first, last) for first, last in parameters["compliance_periods"]]
    for count, (first, _) in enumerate(blocks, 1):
        refusal = periods_refusal(blocks[:count])
        if refusal:
            field = field_of("compliance_periods", given.get("compliance_periods", blocks), "first_year", first)
            raise Invalid(refusal, rule="12.6", what_to_do="Shorten the periods or close the gap.", fields={field: [refusal]})


def demand_deadlines_fit(parameters: dict[str, Any], given: dict[str, Any]) -> None:
    """A transfer deadline belongs to a period of the plan and lies after it, in time for the state's report due on 1 July (12.7)."""
    ends = {str(first): last for first, last in parameters["compliance_periods"]}
    told: dict[str, list[str]] = {}
    for start, day in parameters["erc_transfer_deadline"].items():
        if start not in ends:
            words, column, value = f"No period begins in {start}; periods begin in {', '.join(ends)}.", "first_year", start
        elif not date(ends[start] + 1, 1, 1) <= date.fromisoformat(day) < date(ends[start] + 1, 7, 1):
            words = f"The period {start}-{ends[start]} has its deadline from January 1 to June 30, {ends[start] + 1}."
            column, value = "deadline_on", day
        else:
            continue
        told[field_of("erc_transfer_deadline", given.get("erc_transfer_deadline", {}), column, value)] = [words]
    if told:
        raise Invalid("A transfer deadline does not fit its period.", rule="12.7", what_to_do="Correct the deadline or the period.", fields=told)


def checked_parameters(parameters: dict[str, Any]) -> dict[str, Any]:
    """Every parameter in its own form. Raises Invalid with a message for each that is not right."""
    checked: dict[str, Any] = {}
    told: dict[str, list[str]] = {}
    for name, value in parameters.items():
        try:
            checked[name] = parameter_from(name, value)
        except WrongRows as error:
            told |= {f"{name}-{index}-{column}": words for index, columns in error.cells.items() for column, words in columns.items()}
        except ValueError as error:
            told[name] = [str(error)]
    if told:
        raise Invalid("Some parameters of the plan are not right; each is named.", what_to_do="Correct them and send again.", fields=told)
    return checked
