"""The versioned parameters of a state's plan (rules section 21): what a rule leaves to the plan is read here and never written into code.

A version is never changed; a new one takes effect from its day. What was decided under an older version stays explained by it.
"""

from app.state_plan.parameters import DEFAULTS, PARAMETERS, Parameter
from app.state_plan.plans import StatePlan, authority, differences, plan_in_force, plans, state_time, states_with_plans
from app.state_plan.reading import parameter_from
from app.state_plan.showing import changes, groups
from app.state_plan.tables import TABLES, WrongRows, field_of

__all__ = [
    "DEFAULTS",
    "PARAMETERS",
    "TABLES",
    "Parameter",
    "StatePlan",
    "WrongRows",
    "authority",
    "changes",
    "differences",
    "field_of",
    "groups",
    "parameter_from",
    "plan_in_force",
    "plans",
    "state_time",
    "states_with_plans",
]
