"""The versioned parameters of a state's plan (rules section 21): what a rule leaves to the plan is read here and never written into code.

A version is never changed; a new one takes effect from its day. What was decided under an older version stays explained by it.
"""

from app.state_plan.parameters import DEFAULTS, PARAMETERS, Parameter
from app.state_plan.plans import PlanName, StatePlan, authority, differences, plan_in_force, plans, states_with_plans
from app.state_plan.reading import parameter_from

__all__ = [
    "DEFAULTS",
    "PARAMETERS",
    "Parameter",
    "PlanName",
    "StatePlan",
    "authority",
    "differences",
    "parameter_from",
    "plan_in_force",
    "plans",
    "states_with_plans",
]
