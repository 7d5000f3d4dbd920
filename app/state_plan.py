"""The versioned parameters of a state's plan (rules section 21): what a rule leaves to the plan is read here and never written into code.

A version is never changed; a new one takes effect from its day. What was decided under an older version stays explained by it.
"""

import itertools
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from app.db import Base, Identified, now
from app.errors import NotFound

DEFAULTS: dict[str, Any] = {
    "agency": "Department of Environmental Quality",
    "plan_status": "approved",
    "plan_type": "rate",
    "standards_lb_per_mwh": {
        "steam": {"2022": "1671", "2025": "1500", "2028": "1380", "2030": "1305"},
        "turbine": {"2022": "877", "2025": "817", "2028": "784", "2030": "771"},
    },
    "single_standard": False,
    "compliance_periods": [[2022, 2024], [2025, 2027], [2028, 2029], [2030, 2031]],
    "erc_transfer_deadline": {},
    "deduction_days_after_deadline": 60,
    "invalid_erc_ratio": 2,
    "turbine_method": "incremental",
    "reference_rate": "limit",
    "egu_crediting_basis": "annual",
    "delivery_proofs": ["PPA or contract", "dispatch documentation"],
    "ee_demonstration": False,
    "renewable_only_from_mass_states": False,
    "early_action": False,
    "feedstocks": [],
    "biomass_co2_reporting": True,
    "wte_share_method": None,
    "chp_threshold_mw": "100",
    "boiler_efficiency": None,
    "mv_frequency_months": 12,
    "clock_completeness_days": 30,
    "clock_application_days": 90,
    "clock_mv_report_days": 45,
    "verifier_term_years": 3,
    "outside_accreditations": ["ISO 14065"],
    "materiality_percent": None,
    "linkage_mode": "A",
    "buffer_percent": "0",
    "skilled_workforce": "optional",
    "carry_fraction_for_affected_egus": False,
    "credit_before_approval": False,
    "time_zone": "America/Chicago",
}


@dataclass(frozen=True)
class Parameter:
    """How one parameter is asked for: `form` is one of text, zone, flag, whole, amount, words, record; `choices` closes a text."""

    name: str
    group: str
    label: str
    rule: str
    form: str = "text"
    choices: tuple[str, ...] = ()
    may_be_empty: bool = False
    help: str = ""


DEADLINES = 'For example {"2022": "2025-05-01"}; {} for none.'
EXAMPLE_STANDARDS = '{"steam": {"2022": "1671"}, "turbine": {"2022": "877"}}'
PLAN, STANDARDS, RESOURCES, REVIEW, TRADE = (
    "The plan",
    "Standards and compliance",
    "What may earn ERCs",
    "Monitoring, verification and review",
    "Linkage and safeguards",
)
PARAMETERS: tuple[Parameter, ...] = (
    Parameter("agency", PLAN, "Agency that decides", "8.4", help="Printed on every decision as its authority."),
    Parameter("plan_status", PLAN, "Status of the plan", "21", choices=("draft", "submitted", "approved")),
    Parameter("plan_type", PLAN, "Type of the plan", "15.1", choices=("rate",)),
    Parameter("time_zone", PLAN, "Time zone", "21", "zone", help="The name of a zone, such as America/Chicago; times on pages are shown in it."),
    Parameter(
        "standards_lb_per_mwh", STANDARDS, "Standards in lb CO2 per MWh, by class and first year", "9.18", "record", help=f"For example {EXAMPLE_STANDARDS}."
    ),
    Parameter("single_standard", STANDARDS, "One standard for all classes", "9.18", "flag"),
    Parameter("compliance_periods", STANDARDS, "Compliance periods, first and last year", "12.6", "record", help="For example [[2022, 2024], [2025, 2027]]."),
    Parameter(
        "erc_transfer_deadline",
        STANDARDS,
        "Transfer deadline, by first year of the period",
        "12.7",
        "record",
        help='For example {"2022": "2025-05-01"}; {} for none.',
    ),
    Parameter("deduction_days_after_deadline", STANDARDS, "Days from the deadline to the deduction", "12.11", "whole"),
    Parameter("invalid_erc_ratio", STANDARDS, "ERCs owed for each invalid one", "12.16", "whole"),
    Parameter("turbine_method", STANDARDS, "Method for turbines", "9.11", choices=("incremental", "gs_erc")),
    Parameter("reference_rate", STANDARDS, "Reference rate", "9.9", choices=("limit", "performance_rate")),
    Parameter("egu_crediting_basis", STANDARDS, "Basis of crediting affected EGUs", "9.14", choices=("annual", "period")),
    Parameter("carry_fraction_for_affected_egus", STANDARDS, "Carry fractions for affected EGUs", "9.14", "flag"),
    Parameter("delivery_proofs", RESOURCES, "Accepted proofs of delivery", "2.7", "words"),
    Parameter("ee_demonstration", RESOURCES, "Energy efficiency in mass-based states may be demonstrated", "2.8", "flag"),
    Parameter("renewable_only_from_mass_states", RESOURCES, "Only renewables from mass-based states", "2.8", "flag"),
    Parameter("early_action", RESOURCES, "Credit for MWh of 2013 to 2021", "2.3", "flag"),
    Parameter("feedstocks", RESOURCES, "Qualified biomass feedstocks", "2.15", "words", may_be_empty=True),
    Parameter("biomass_co2_reporting", RESOURCES, "Biomass CO2 is reported", "2.16", "flag"),
    Parameter("wte_share_method", RESOURCES, "Method for the biogenic share of waste", "2.17", may_be_empty=True),
    Parameter("chp_threshold_mw", RESOURCES, "Heat and power: threshold in MW", "2.19", "amount"),
    Parameter("boiler_efficiency", RESOURCES, "Heat and power: boiler efficiency, as a share of 1", "2.21", "amount", may_be_empty=True),
    Parameter("mv_frequency_months", REVIEW, "Months of one M&V report", "5.10", "whole"),
    Parameter(
        "clock_completeness_days", REVIEW, "Days to check completeness", "8.5", "whole", help="An overdue matter is shown as overdue; a lapse never approves."
    ),
    Parameter("clock_application_days", REVIEW, "Days to decide an application", "8.5", "whole"),
    Parameter("clock_mv_report_days", REVIEW, "Days to decide an M&V report", "8.5", "whole"),
    Parameter("verifier_term_years", REVIEW, "Years of an accreditation", "7.4", "whole"),
    Parameter("outside_accreditations", REVIEW, "Outside accreditations accepted", "7.7", "words", may_be_empty=True),
    Parameter("materiality_percent", REVIEW, "Materiality in percent", "6.12", "amount", may_be_empty=True),
    Parameter("linkage_mode", TRADE, "Linkage mode", "15.1", choices=("A", "B", "C", "D")),
    Parameter("buffer_percent", TRADE, "Buffer in percent of each issuance", "13.9", "amount"),
    Parameter("skilled_workforce", TRADE, "Skilled workforce", "21", choices=("optional", "required")),
    Parameter("credit_before_approval", TRADE, "Credit for MWh before the approval", "9.4", "flag"),
)
PLANS = "plans_in_force"
BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}


def parameter_from(name: str, value: Any) -> Any:
    """A parameter's value in its own form, from JSON or from a form's text. Raises ValueError with words for the person."""
    known = BY_NAME.get(name)
    if known is None:
        raise ValueError(f"The plan has no parameter {name}.")
    if value is None or (isinstance(value, str) and not value.strip()):
        return _nothing(known)
    return READERS[known.form](known, value.strip() if isinstance(value, str) else value)


def _nothing(known: Parameter) -> Any:
    if known.form in {"flag", "record"}:
        return {"flag": False, "record": type(DEFAULTS[known.name])()}[known.form]
    if not known.may_be_empty:
        raise ValueError("Give a value.")
    return [] if known.form == "words" else None


def _text(known: Parameter, value: Any) -> str:
    if known.choices and value not in known.choices:
        raise ValueError(f"Choose one of: {', '.join(known.choices)}.")
    return str(value)


def _zone(_: Parameter, value: Any) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ValueError("This is not the name of a time zone; write one such as America/Chicago.") from None


def _flag(_: Parameter, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in {"true", "false"}:
        return bool(value == "true")
    raise ValueError("Say true or false.")


def _whole(_: Parameter, value: Any) -> int:
    text = str(value).replace(",", "")
    if isinstance(value, bool) or not text.isdecimal():
        raise ValueError("Give a whole number, 0 or more.")
    return int(text)


def _amount(_: Parameter, value: Any) -> str:
    try:
        amount = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        raise ValueError("Give a number such as 0.8 or 100.") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError("Give a number that is 0 or more.")
    return str(amount)


def _words(_: Parameter, value: Any) -> list[str]:
    lines = value.splitlines() if isinstance(value, str) else value
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ValueError("Give one word or name a line.")
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _record(known: Parameter, value: Any) -> Any:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError(f"This is not JSON. {known.help}") from None
    if not RECORDS[known.name](found):
        raise ValueError(f"This does not have the right form. {known.help}")
    return found


def _are_standards(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and set(found) == {"steam", "turbine"}
        and all(isinstance(years, dict) and years and all(_is_year(year) and _is_amount(rate) for year, rate in years.items()) for years in found.values())
    )


def _are_periods(found: Any) -> bool:
    if not isinstance(found, list) or not all(isinstance(pair, list) and len(pair) == 2 and all(_is_year(year) for year in pair) for pair in found):
        return False
    years = [int(year) for pair in found for year in pair]
    return bool(years) and years == sorted(years) and all(one[1] < other[0] for one, other in itertools.pairwise(found))


def _are_deadlines(found: Any) -> bool:
    return isinstance(found, dict) and all(_is_year(year) and _is_day(day) for year, day in found.items())


def _is_year(value: Any) -> bool:
    return str(value).isdecimal() and 2000 <= int(value) <= 2100


def _is_amount(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(str(value)) > 0
    except InvalidOperation:
        return False


def _is_day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


READERS = {"text": _text, "zone": _zone, "flag": _flag, "whole": _whole, "amount": _amount, "words": _words, "record": _record}
RECORDS = {"standards_lb_per_mwh": _are_standards, "compliance_periods": _are_periods, "erc_transfer_deadline": _are_deadlines}


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What changed from one version to the next, by name: `before` and `after`."""
    names = [name for name in (*DEFAULTS, *after) if before.get(name) != after.get(name)]
    return {name: {"before": before.get(name), "after": after.get(name)} for name in dict.fromkeys(names)}


class StatePlan(Identified, Base):
    """One version of one state's plan. `parameters` holds all of them as they were on the day it was made; DEFAULTS fill in what came later."""

    __tablename__ = "state_plan"
    __table_args__ = (
        UniqueConstraint("state", "version", name="uq_state_plan_version"),
        CheckConstraint("ruleset IN ('seed', 'final')", name="ruleset_is_known"),
    )
    kind: ClassVar[str] = "state_plan"

    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    ruleset: Mapped[str] = mapped_column(Text, default="seed")
    effective_on: Mapped[date]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)

    def __getitem__(self, name: str) -> Any:
        """A parameter of section 21 by its name. Raises KeyError for a name that the plan does not know."""
        return self.parameters[name] if name in self.parameters else DEFAULTS[name]

    @property
    def title(self) -> str:
        return f"{self.name}, version {self.version}"

    @property
    def path(self) -> str:
        return f"/state-plans/{self.state}/{self.version}"

    @property
    def part_of(self) -> tuple[UUID, ...]:
        return ()

    @property
    def parties(self) -> tuple[UUID, ...]:
        return ()

    @property
    def all_parameters(self) -> dict[str, Any]:
        return {**DEFAULTS, **self.parameters}


@dataclass(frozen=True)
class PlanName:
    """What a page needs to say whose plan it speaks of."""

    state: str
    name: str
    agency: str


def plan_in_force(session: Session, state: str, on: date | None = None) -> StatePlan:
    """The newest version of the state's plan in effect on a day (today by default), read once in a session. Raises NotFound when there is none."""
    day = on or now().date()
    known: dict[tuple[str, date], StatePlan] = session.info.setdefault(PLANS, {})
    if (state, day) not in known:
        in_effect = select(StatePlan).where(StatePlan.state == state, StatePlan.effective_on <= day)
        found = session.scalar(in_effect.order_by(StatePlan.effective_on.desc(), StatePlan.version.desc()).limit(1))
        if found is None:
            words = f"No plan of the state {state or '(none given)'} is in force on {day}."
            raise NotFound(words, what_to_do="Ask the administrator to enter the state's plan.")
        known[state, day] = found
    return known[state, day]


@listens_for(StatePlan, "after_insert")
def _forget_plans(_: object, __: object, fresh: StatePlan) -> None:
    """A new version may be the one in force from here on, also in the transaction that makes it."""
    session = object_session(fresh)
    if session is not None:
        session.info.pop(PLANS, None)


def plans(session: Session, state: str | None = None) -> list[StatePlan]:
    """Every version, newest first."""
    found = select(StatePlan).order_by(StatePlan.state, StatePlan.version.desc())
    return list(session.scalars(found.where(StatePlan.state == state) if state else found))


def states_with_plans(session: Session) -> list[str]:
    return list(session.scalars(select(StatePlan.state).distinct().order_by(StatePlan.state)))


def authority(plan: StatePlan) -> str:
    """On whose authority a decision is made, as it is printed with it (rule 8.4)."""
    return f"{plan['agency']}, under the {plan.name}, version {plan.version}"
