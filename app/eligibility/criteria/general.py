"""The general tests of every resource: dates, grid, added capacity, one programme, a complete file (2.1 to 2.9)."""

from datetime import date

from app.amounts import day_in_words
from app.eligibility.criteria.elements import ELEMENTS
from app.eligibility.criteria.facts import PlanParameters, ResourceFacts
from app.eligibility.criteria.findings import Finding, failed, not_applicable, not_tested, passed
from app.eligibility.criteria.resource_types import RESOURCE_TYPES, is_savings

FIRST_INSTALL_DAY = date(2013, 1, 1)
FIRST_MWH_DAY = date(2022, 1, 1)
NO_CURE = "Nothing can cure this: the fact itself is outside the rule."


def is_uprate(facts: ResourceFacts) -> bool:
    """Whether only added capacity of an older plant is applied for."""
    listed = RESOURCE_TYPES.get(facts.type_code)
    return bool(listed and listed.uprate) or (facts.type_code == "WTE" and facts.uprate_on is not None)


def capacity_date(facts: ResourceFacts, plan: PlanParameters) -> tuple[str, date | None]:
    """What happened and the day, as rule 2.1 tests it. Old capacity that changes its fuel is not new (rule 2.28)."""
    if is_uprate(facts):
        return "Uprated on", facts.uprate_on
    if plan.repowered_is_new and facts.repowered_on is not None:
        return "Repowered on", facts.repowered_on
    return ("Implemented on" if is_savings(facts.type_code) else "Installed on"), facts.installed_on


def install_date(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """Capacity is installed, or a measure implemented, after 2012."""
    what, happened_on = capacity_date(facts, plan)
    if happened_on is None:
        return not_tested("INSTALL_DATE", f"No day is given for: {what.lower()}. See the missing elements.")
    note = f" ({facts.date_note})" if facts.date_note else ""
    words = f"{what} {day_in_words(happened_on)}{note}; the rule asks for {day_in_words(FIRST_INSTALL_DAY)} or later."
    if happened_on >= FIRST_INSTALL_DAY:
        return passed("INSTALL_DATE", words)
    cure = "Nothing can cure the date. Capacity added by an uprate after 2012 may be applied for on its own."
    return failed("INSTALL_DATE", words, cure)


def mwh_date(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """MWh occur in 2022 or later, or after 2012 where the plan has approved early action (rules 2.2, 2.3)."""
    if facts.first_mwh_on is None:
        return not_tested("MWH_DATE", "The application claims no MWh; the date is tested with each M&V report.")
    first = FIRST_INSTALL_DAY if plan.early_action else FIRST_MWH_DAY
    words = f"The first MWh claimed are of {day_in_words(facts.first_mwh_on)}; the rule credits MWh of {day_in_words(first)} and later."
    if facts.first_mwh_on >= first:
        return passed("MWH_DATE", words)
    return failed("MWH_DATE", words, f"Claim only MWh of {day_in_words(first)} and later.", "2.3" if plan.early_action else "2.2")


def off_grid(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """The resource, or the place of the saving, is connected to the grid."""
    if facts.grid_connected is None:
        return not_tested("OFF_GRID", "Nobody has said whether the resource is connected to the grid.")
    if facts.grid_connected:
        return passed("OFF_GRID", "The resource is connected to the grid, as the rule asks.")
    words = "The resource is not connected to the grid; the rule asks for a connection."
    return failed("OFF_GRID", words, "Connect the resource to the grid, prove it, and apply again.")


def relicense_no_uprate(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """A longer licence is no new capacity; only an uprate counts, and only its added MW (rule 2.5)."""
    code, before, after = "RELICENSE_NO_UPRATE", facts.nameplate_before_mw, facts.nameplate_after_mw
    cure = "Prove an uprate after 2012 by nameplate capacity before and after, and apply for the uprate."
    if facts.relicensed_only:
        words = "The facility was relicensed or its licence extended without an uprate; only added capacity counts."
        return failed(code, words, cure)
    if not is_uprate(facts):
        return not_applicable(code, "The application is not for an uprated or relicensed facility.")
    if before is None or after is None:
        return not_tested(code, "The nameplate capacity before and after the uprate is not given.")
    words = f"Nameplate {before:,f} MW before, {after:,f} MW after; the rule counts only the added MW."
    return passed(code, words) if after > before else failed(code, words, cure)


def derate_uprate(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """No ERCs for an uprate that follows a derate on or after 2013-01-01 (rule 2.6), under both rulesets."""
    code = "DERATE_UPRATE"
    if not is_uprate(facts):
        return not_applicable(code, "The application is not for an uprate.")
    if facts.derate_on is None:
        return passed(code, f"No derate is on record; the rule refuses an uprate that follows a derate since {day_in_words(FIRST_INSTALL_DAY)}.")
    uprated = day_in_words(facts.uprate_on) if facts.uprate_on else "a day not given"
    words = f"Derated on {day_in_words(facts.derate_on)}, uprated on {uprated}; "
    words += f"the rule refuses an uprate that follows a derate on or after {day_in_words(FIRST_INSTALL_DAY)}."
    follows = facts.uprate_on is None or facts.derate_on <= facts.uprate_on
    if facts.derate_on >= FIRST_INSTALL_DAY and follows:
        return failed(code, words, NO_CURE)
    return passed(code, words)


def duplicate_resource(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """The same resource is not applied for twice."""
    if not facts.same_resource_applied:
        return passed("DUPLICATE_RESOURCE", "No other application for this resource is on record; the rule allows one.")
    named = ", ".join(facts.same_resource_applied)
    words = f"The same resource is applied for in {named}; the rule allows one application."
    return failed("DUPLICATE_RESOURCE", words, "Withdraw one of the applications, or show that the resources differ.")


def duplicate_state(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """A resource is in one state programme, unless an approved multi-state approach joins them; MWh that a state counts itself earn no ERCs."""
    if facts.counted_by_a_state:
        words = "A state counts these MWh itself under a state measures plan without ERC trading; the same MWh may not also earn ERCs."
        return failed("DUPLICATE_STATE", words, "Apply only for MWh that no state counts itself, and prove it.", "2.29")
    if not facts.registered_elsewhere:
        return passed("DUPLICATE_STATE", "No other programme is on record for this resource; the rule allows one.")
    words = f"The resource is in another programme: {facts.registered_elsewhere}; the rule allows one."
    if plan.multi_state_approach:
        return passed("DUPLICATE_STATE", f"{words} The state plan names an approved multi-state approach.")
    return failed("DUPLICATE_STATE", words, "Leave the other programme and prove that its MWh were not used there.")


def plan_inadequate(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """The EM&V plan meets section 4, as the reviewer judges it."""
    if facts.plan_adequate is None:
        return not_tested("PLAN_INADEQUATE", "The reviewers judge the EM&V plan: an approval says that it meets section 4.")
    if facts.plan_adequate:
        return passed("PLAN_INADEQUATE", "The reviewer finds that the EM&V plan meets section 4.")
    words = "The reviewer finds that the EM&V plan does not meet section 4."
    return failed("PLAN_INADEQUATE", words, "Correct the EM&V plan as the reviewer's reasons say, and resubmit.")


def verifier_not_accredited(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """The verifier is accredited on the day of signing and of submittal, for the class."""
    if facts.verifier_accredited is None:
        return not_tested("VERIFIER_NOT_ACCREDITED", "There is no verification report yet.")
    if facts.verifier_accredited:
        return passed("VERIFIER_NOT_ACCREDITED", "The verifier was accredited for the class on the days the rule names.")
    words = "The verifier was not accredited for the class on the day of signing and of submittal."
    return failed("VERIFIER_NOT_ACCREDITED", words, "Have an accredited verifier verify the application, and resubmit.")


def verifier_coi(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """The verifier has no conflict of interest."""
    if facts.verifier_conflict is None:
        return not_tested("VERIFIER_COI", "There is no verification report yet.")
    if not facts.verifier_conflict:
        return passed("VERIFIER_COI", "No conflict of interest of the verifier is on record.")
    words = "The verifier has a conflict of interest; a report by it is not accepted."
    return failed("VERIFIER_COI", words, "Have an independent verifier verify the application, and resubmit.")


def attestation_missing(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """The verifier's attestation on conflicts of interest is signed."""
    if facts.attestation_signed is None:
        return not_tested("ATTESTATION_MISSING", "There is no verification report yet.")
    if facts.attestation_signed:
        return passed("ATTESTATION_MISSING", "The verifier has signed the attestation on conflicts of interest.")
    words = "The verification report has no signed attestation on conflicts of interest."
    return failed("ATTESTATION_MISSING", words, "Have the verifier sign the attestation, and resubmit.")


def missing_elements(facts: ResourceFacts, plan: PlanParameters) -> tuple[str, ...]:
    """Everything of section 3 that is not there: what the caller found, and facts without which no test can be made."""
    missing = list(facts.missing_items)
    what, happened_on = capacity_date(facts, plan)
    if happened_on is None and not facts.relicensed_only:
        missing.append(f"3.3 (no day is given for: {what.lower()})")
    if facts.type_code in {"BIO", "WTE"} and not facts.feedstock:
        missing.append("3.9 (no feedstock is given)")
    if facts.type_code == "WHP-Z" and not facts.supplemental_fuel and not facts.proof_of_zero_fuel:
        missing.append("3.3 (no proof that no extra fuel is burned)")
    return tuple(missing)


def incomplete(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """Every applicable element of section 3 is there; a missing one is named by its number."""
    missing = missing_elements(facts, plan)
    if not missing:
        return passed("INCOMPLETE", "Every element that applies is there.")
    named = "; ".join(item if "(" in item else f"{item} {ELEMENTS.get(item, '')}".strip() for item in missing)
    return failed("INCOMPLETE", f"Missing: {named}.", "Add the missing elements and resubmit.", missing[0].split(" ")[0])


def false_statement(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """A false statement that has been found ends the application."""
    if not facts.false_statement:
        return passed("FALSE_STATEMENT", "No false statement is on record.")
    words = f"A false statement was found: {facts.false_statement}"
    return failed("FALSE_STATEMENT", words, "Nothing cures a false statement; the state may hear the applicant.")
