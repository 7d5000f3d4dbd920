"""The versions of the states' plans as they are kept and read."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from app.amounts import day_in_words
from app.db import Base, Identified, now
from app.errors import NotFound
from app.people import Actor
from app.state_plan.parameters import DEFAULTS

PLANS = "plans_in_force"


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

    def standard_lb_per_mwh(self, unit_class: str, year: int) -> Fraction | None:
        """The emission standard of a class in a year: the value of the latest step that began by then; None before the first (rule 9.18)."""
        steps = {int(begins): Fraction(str(value)) for begins, value in self["standards_lb_per_mwh"][unit_class].items()}
        begun = [begins for begins in steps if begins <= year]
        return steps[max(begun)] if begun else None


def plan_in_force(session: Session, state: str, on: date | None = None) -> StatePlan:
    """The newest version of the state's plan in effect on a day (today by default), read once in a session. Raises NotFound when there is none."""
    day = on or now().date()
    known: dict[tuple[str, date], StatePlan] = session.info.setdefault(PLANS, {})
    if (state, day) not in known:
        in_effect = select(StatePlan).where(StatePlan.state == state, StatePlan.effective_on <= day)
        found = session.scalar(in_effect.order_by(StatePlan.effective_on.desc(), StatePlan.version.desc()).limit(1))
        if found is None:
            words = f"No plan of the state {state or '(none given)'} is in force on {day_in_words(day)}."
            raise NotFound(words, what_to_do="Ask the administrator to enter the state's plan.")
        known[state, day] = found
    return known[state, day]


def state_time(session: Session, state: str, at: datetime | None = None) -> datetime:
    """An instant, now if none is given, in the state's own time, in which its pages, deadlines and notices count the days."""
    try:
        zone = plan_in_force(session, state)["time_zone"]
    except NotFound:
        zone = DEFAULTS["time_zone"]
    return (at or now()).astimezone(ZoneInfo(zone))


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


def authority(plan: StatePlan, actor: Actor) -> str:
    """On whose authority a decision is made, as it is printed with it: the state's, also when its agent makes it (rules 1.2, 8.4)."""
    by_agent = f", by its agent {actor.organisation_name} under {actor.instrument}" if actor.scope else ""
    return f"{plan['agency']}{by_agent}, under the {plan.name}, version {plan.version}"
