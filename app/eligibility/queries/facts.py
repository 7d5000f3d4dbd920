"""The form's answers and the state plan's parameters in the shape in which the criteria read them (rules sections 2, 3, 21)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.db import now
from app.eligibility.criteria import Host, HostKind, HostKinds, PlanParameters, ResourceFacts, Unit, facts_on
from app.eligibility.models import Application, EmvPlan, Resource
from app.eligibility.queries.dossier import Dossier
from app.eligibility.queries.form import APPLICATION_FORM
from app.eligibility.queries.sections import answers_asked
from app.state_plan import StatePlan
from app.verifiers.independence import AccreditationFacts, accreditation_findings

FLAGS = (
    "relicensed_only",
    "country_grid_connected",
    "counted_by_a_state",
    "has_ee_demonstration",
    "storage",
    "fossil",
    "supplemental_fuel",
    "proof_of_zero_fuel",
    "shifts_load",
    "emitting_demand_source",
    "estimated",
    "metered_data_unavailable",
)
DAYS = ("installed_on", "uprate_on", "derate_on", "repowered_on", "first_operated_on", "first_mwh_on")
WORDS = ("date_note", "prime_mover", "fuel", "registered_elsewhere")
TESTED_BY_CRITERIA = frozenset({"installed_on", "uprate_on", "feedstock", "proof_of_zero_fuel"})
"""Items whose absence the criteria themselves report as INCOMPLETE, so that they are not named twice."""


def stored(value: Any) -> Any:
    """A loaded answer as it is kept: a day as ISO text, a number as exact text; what was not answered is left out."""
    if isinstance(value, dict):
        return {name: stored(one) for name, one in value.items() if one not in (None, "", [])}
    if isinstance(value, list | tuple):
        return [stored(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def number(value: Any) -> Decimal | None:
    return Decimal(str(value)) if value not in (None, "") else None


def host_kind(name: str | None) -> HostKind:
    """A kind of place by its name in the form; nothing said is a connected rate-based state."""
    return HostKind[(name or "rate_based").upper()]


def parameters(plan: StatePlan) -> PlanParameters:
    """The state plan as the criteria read it. The accepted proofs of delivery are recognised by their words."""
    every = plan.all_parameters
    proofs = " ".join(every["delivery_proofs"]).casefold()
    accepted = {"contract": "contract" in proofs or "ppa" in proofs, "dispatch": "dispatch" in proofs}
    return PlanParameters(
        ruleset="final" if plan.ruleset == "final" else "seed",
        feedstocks=frozenset(every["feedstocks"]),
        waste_share_method=every["wte_share_method"],
        ee_demonstration=bool(every["ee_demonstration"]),
        early_action=bool(every["early_action"]),
        re_only_switch=bool(every["renewable_only_from_mass_states"]),
        listed_types=frozenset(every["listed_types"]),
        repowered_is_new=bool(every["repowered_is_new"]),
        imports_allowed=bool(every["imports_allowed"]),
        imported_types=frozenset(every["imported_types"]),
        multi_state_approach=bool(every["multi_state_approach"]),
        chp_threshold_mw=Decimal(every["chp_threshold_mw"]),
        delivery_proofs=frozenset(name for name, there in accepted.items() if there),
    )


def resource_facts(found: Dossier, *, same_resource_applied: tuple[str, ...] = (), missing_items: tuple[str, ...] = ()) -> ResourceFacts:
    """The facts of an application for the criteria. Proofs of delivery count when their documents are there."""
    facts = asked(found.application)
    given: dict[str, Any] = {name: bool(facts.get(name)) for name in FLAGS}
    given |= {name: day(facts.get(name)) for name in DAYS}
    given |= {name: facts.get(name) or "" for name in WORDS}
    given["fuel"] = facts.get("chp_fuel") or given["fuel"]
    made = ResourceFacts(
        type_code=type_code(found.application),
        grid_connected=facts.get("grid_connected"),
        revenue_meter=facts.get("revenue_meter"),
        power_sector=not facts.get("outside_power_sector"),
        has_ppa=found.has("delivery_contract"),
        has_dispatch_proof=found.has("dispatch_proof"),
        feedstock=facts.get("feedstock"),
        monitoring_tier=facts.get("monitoring_tier") or "",
        nameplate_before_mw=number(facts.get("nameplate_before_mw")),
        nameplate_after_mw=number(facts.get("nameplate_mw")),
        units=tuple(unit(row) for row in facts.get("units") or ()),
        plan_adequate=True if found.emv_plan.approved_at else None,
        same_resource_applied=same_resource_applied,
        missing_items=missing_items,
        **hosts(facts),
        **given,
        **verifier(found),
    )
    return facts_on(made, host_kinds(found.plan), tested_on(found.application))


def tested_on(application: Application) -> date:
    """The day for which the host test is made: that of the first MWh claimed, else of the submission, else today (rule 2.7a)."""
    submitted_at = application.submitted_at or now()
    return day(application.facts.get("first_mwh_on")) or submitted_at.date()


def approved_facts(found: Resource) -> ResourceFacts:
    """What the approved description says of type, size, units and metering, for the tests that each report meets again (rules 5.11 to 5.13)."""
    facts = found.description
    return ResourceFacts(
        type_code=found.type_code,
        nameplate_after_mw=number(facts.get("nameplate_mw")),
        units=tuple(unit(row) for row in facts.get("units") or ()),
        revenue_meter=facts.get("revenue_meter"),
        estimated=bool(facts.get("estimated")),
        metered_data_unavailable=bool(facts.get("metered_data_unavailable")),
        country_grid_connected=bool(facts.get("country_grid_connected")),
        has_ee_demonstration=bool(facts.get("has_ee_demonstration")),
        **hosts(facts),
    )


def hosts(facts: dict[str, Any]) -> dict[str, Any]:
    """Where the sites are, as the application says."""
    further = tuple(further_host(row) for row in facts.get("further_hosts") or () if row.get("state"))
    return {"host_kind": host_kind(facts.get("host_kind")), "host_state": facts.get("host_state", ""), "further_hosts": further}


def host_kinds(plan: StatePlan) -> HostKinds:
    """The kinds of other states by first day, as the plan records them (rule 2.7a)."""
    recorded: dict[str, dict[str, str]] = plan["host_kinds"]
    return {state.upper(): {date.fromisoformat(day): host_kind(kind) for day, kind in days.items()} for state, days in recorded.items()}


def has_quality_control(emv_plan: EmvPlan) -> bool:
    """Whether the EM&V plan states quality control for small systems (rule 4.21); a plan given as a document was read by the reviewer."""
    return bool(emv_plan.statements.get("small_system_quality")) or not emv_plan.statements


def type_code(application: Application) -> str:
    """The type that is applied for; in an amendment it may differ from the resource's own until it is approved."""
    return application.facts.get("type_code") or application.resource.type_code


def asked(application: Application) -> dict[str, Any]:
    """The answers that count: those to the questions that the type is asked."""
    return answers_asked(APPLICATION_FORM, type_code(application), application.facts)


def further_host(row: dict[str, Any]) -> Host:
    return Host(row.get("state", ""), host_kind(row.get("kind")), bool(row.get("has_ppa")), bool(row.get("has_dispatch_proof")))


def unit(row: dict[str, Any]) -> Unit:
    return Unit(row.get("unit_id", ""), number(row.get("nameplate_mw")) or Decimal(0), row.get("technology", ""), row.get("metering", ""))


def verifier(found: Dossier) -> dict[str, Any]:
    """Whether the verifier was accredited on the days that count, attested, and has a conflict; None before there is a report (6.4, 6.8 to 6.11)."""
    report = found.report
    if report is None:
        return {"verifier_accredited": None, "verifier_conflict": None, "attestation_signed": None}
    accreditation, submitted_at = report.engagement.accreditation, found.application.submitted_at
    held = AccreditationFacts(accreditation.state, accreditation.valid_from_on, accreditation.valid_until_on, frozenset(accreditation.classes))
    days = {"signing": report.signed_at.date()} | ({"submittal": submitted_at.date()} if submitted_at else {})
    return {
        "verifier_accredited": all(one.passed for one in accreditation_findings(held, type_code(found.application), days)),
        "verifier_conflict": any(report.engagement.conflict_answers.values()) or report.engagement.conflict_open_since is not None,
        "attestation_signed": bool(report.conflict_attestation) and report.engagement.attested_at is not None,
    }
