"""The versioned parameters of a state's plan (rules section 21): what a rule leaves to the plan is read here and never written into code.

A version is never changed; a new one takes effect from its day. What was decided under an older version stays explained by it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base, Identified, now
from app.errors import NotFound

DEFAULTS: dict[str, Any] = {
    "agency": "Department of Environmental Quality",
    "plan_status": "approved",
    "plan_type": "rate",
    "standards_lb_per_mwh": {"steam": {"2022": "1671", "2025": "1500", "2028": "1380", "2030": "1305"}, "turbine": {"2022": "877", "2025": "817", "2028": "784", "2030": "771"}},
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


class StatePlan(Identified, Base):
    """One version of one state's plan. `parameters` holds what differs from DEFAULTS."""

    __tablename__ = "state_plan"
    __table_args__ = (
        UniqueConstraint("state", "version", name="uq_state_plan_version"),
        CheckConstraint("ruleset IN ('seed', 'final')", name="ruleset_is_known"),
    )

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
    def all_parameters(self) -> dict[str, Any]:
        return {**DEFAULTS, **self.parameters}


@dataclass(frozen=True)
class PlanName:
    """What a page needs to say whose plan it speaks of."""

    state: str
    name: str
    agency: str


def plan_in_force(session: Session, state: str, on: date | None = None) -> StatePlan:
    """The newest version of the state's plan in effect on a day (today by default). Raises NotFound when there is none."""
    day = on or now().date()
    found = session.scalar(
        select(StatePlan).where(StatePlan.state == state, StatePlan.effective_on <= day).order_by(StatePlan.effective_on.desc(), StatePlan.version.desc()).limit(1)
    )
    if found is None:
        raise NotFound(f"No plan of the state {state or '(none given)'} is in force on {day}.", what_to_do="Ask the administrator to enter the state's plan.")
    return found


def plans(session: Session, state: str | None = None) -> list[StatePlan]:
    """Every version, newest first."""
    found = select(StatePlan).order_by(StatePlan.state, StatePlan.version.desc())
    return list(session.scalars(found.where(StatePlan.state == state) if state else found))


def states_with_plans(session: Session) -> list[str]:
    return list(session.scalars(select(StatePlan.state).distinct().order_by(StatePlan.state)))
