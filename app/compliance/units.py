"""What is kept of each affected EGU with its representative's record: entered, changed, retired for good, taken up again (rule 1.12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.compliance import queries
from app.compliance.models import AffectedEgu, RetiredUnitExemption
from app.compliance.obligation import exempt
from app.db import now
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.errors import Conflict, Invalid
from app.lifecycle import outside
from app.matter import CERTIFICATION
from app.people import Actor, demand_administrator_of
from app.record import record

UNIT_CERTIFICATION = CERTIFICATION.replace("this resource", "this unit")


@dataclass(frozen=True)
class UnitFacts:
    """Rule 1.12's data of one unit. `generation_2012_mwh` is asked for turbines only (rule 9.11)."""

    plant_name: str
    oris_plant_code: str
    unit_id: str
    unit_class: str
    nameplate_mw: Decimal | None = None
    generation_2012_mwh: Decimal | None = None
    commercial_operation_on: date | None = None
    operating_status: str = "operating"
    owners: list[str] = field(default_factory=list)
    operators: list[str] = field(default_factory=list)


def register_unit(session: Session, actor: Actor, account_number: str, facts: UnitFacts) -> AffectedEgu:
    """An administrator enters an affected EGU under its facility's compliance account (rules 1.9, 1.12)."""
    account = erc_tcs_queries.account_by_number_for_update(session, account_number)
    demand_administrator_of(session, actor, account.state)
    if account.account_kind != "compliance":
        raise Invalid(
            f"Account {account.number} is a {account.account_kind} account.",
            rule="1.9",
            what_to_do="Name the facility's compliance account.",
            fields={"account_number": ["An affected EGU needs a compliance account."]},
        )
    egu = AffectedEgu(**vars(facts), state=account.state, organisation_id=account.organisation_id, account_id=account.id, organisation=account.organisation)
    session.add(egu)
    session.flush()
    record(session, actor, "register", egu, unit_class=facts.unit_class, account=account.number)
    return egu


CHANGEABLE = ("plant_name", "nameplate_mw", "commercial_operation_on", "operating_status", "owners", "operators")
"""Plant code, unit id and class stay: serials and obligations rest on them."""


def change_unit(session: Session, actor: Actor, egu_id: UUID, **changed: object) -> AffectedEgu:
    """An administrator enters what the newest certificate or notice says of a unit; the event keeps what was there before (rules 1.12, 1.14)."""
    egu = queries.unit_for_update(session, egu_id)
    demand_administrator_of(session, actor, egu.state)
    before = {name: getattr(egu, name) for name in CHANGEABLE}
    for name, value in changed.items():
        if name in CHANGEABLE:
            setattr(egu, name, value)
    session.flush()
    differing = [name for name in CHANGEABLE if before[name] != getattr(egu, name)]
    if not differing:
        raise Conflict("Nothing is different from what is on file.", rule="1.12", what_to_do="Change what is new, then send again.")
    record(session, actor, "change", egu, changes={name: {"before": before[name], "after": getattr(egu, name)} for name in differing})
    return egu


def retire_unit(session: Session, actor: Actor, egu_id: UUID, retired_on: date, statement: str, certified: bool) -> RetiredUnitExemption:
    """The retired-unit exemption form: for years through which the unit is retired nothing is reported or owed; what was due before remains (rule 1.12)."""
    egu = queries.unit_for_update(session, egu_id)
    demand_may_file_form(session, actor, egu)
    _demand_form(retired_on, statement, certified)
    if any(one.lost_on is None or one.lost_on > retired_on for one in queries.exemptions(session, egu.id)):
        raise Conflict(f"{egu.name} has an exemption for that day already.", rule="1.12", what_to_do="Look at the exemptions on the unit's page.")
    ran = [one.year for one in queries.years_on_file(session, egu.id, retired_on.year, now().year) if exempt(one.year, [(retired_on, None)])]
    if ran:
        words = f"An emissions record of {', '.join(map(str, ran))} is on file."
        raise Conflict(words, rule="1.12", what_to_do="Give the day after which it did not run, or withdraw the record.")
    form = RetiredUnitExemption(
        egu_id=egu.id, egu=egu, retired_on=retired_on, statement=statement.strip(), certification=UNIT_CERTIFICATION, filed_by_id=actor.user_id
    )
    session.add(form)
    session.flush()
    record(session, actor, "file", form, retired_on=retired_on, statement=form.statement)
    return form


def demand_may_file_form(session: Session, actor: Actor, egu: AffectedEgu) -> None:
    """Raise NotPermitted unless this person files for the unit (rules 1.10, 1.17)."""
    standing = queries.standing_in_unit(session, actor, egu)
    if "representative" not in standing:
        raise outside(standing, "This form is for the representatives of the unit's compliance account.", rule="1.10")
    erc_tcs.demand_delegated(session, actor, erc_tcs_queries.account(session, egu.account_id), "file")


def _demand_form(retired_on: date, statement: str, certified: bool) -> None:
    wrong: dict[str, list[str]] = {}
    if retired_on > now().date():
        wrong["retired_on"] = ["The day has not come yet; file the form when the unit has retired."]
    if not statement.strip():
        wrong["statement"] = ["Say that the unit is retired for good, and how it was disconnected."]
    if not certified:
        wrong["certified"] = ["Tick the box to certify."]
    if wrong:
        raise Invalid("The form is not complete.", rule="1.12", what_to_do="Correct what is named and send again.", fields=wrong)


def resume_unit(session: Session, actor: Actor, egu_id: UUID, lost_on: date, reasons: str) -> RetiredUnitExemption:
    """A unit that runs again loses its exemption on that day, by its representative's word or a reviewer's finding (rule 1.12)."""
    egu = queries.unit_for_update(session, egu_id)
    demand_may_resume(session, actor, egu)
    form = next((one for one in queries.exemptions(session, egu.id) if one.lost_on is None), None)
    if form is None:
        raise Conflict(f"{egu.name} has no exemption in force.", rule="1.12", what_to_do="Look at the exemptions on the unit's page.")
    wrong = {} if form.retired_on < lost_on <= now().date() else {"lost_on": [f"Give a day after {day_in_words(form.retired_on)}, up to today."]}
    wrong |= {} if reasons.strip() else {"reasons": ["Say how it is known."]}
    if wrong:
        raise Invalid("This cannot be entered.", rule="1.12", what_to_do="Correct what is named and send again.", fields=wrong)
    form.lost_on, form.lost_reason = lost_on, reasons.strip()
    session.flush()
    record(session, actor, "lose", form, lost_on=lost_on, reasons=form.lost_reason)
    return form


def demand_may_resume(session: Session, actor: Actor, egu: AffectedEgu) -> None:
    """Raise NotPermitted unless this person may say that a retired unit ran again: its representative or a reviewer of its state."""
    standing = queries.standing_in_unit(session, actor, egu)
    if not standing & {"representative", "reviewer"}:
        raise outside(standing, "This is for the unit's representatives and the reviewers of its state.")
    if "reviewer" not in standing:
        demand_may_file_form(session, actor, egu)
