"""Where a resource may be: the host table (rule 2.7), delivery proof (2.8), imports, the demonstration of savings."""

from enum import StrEnum

from app.amounts import day_in_words
from app.eligibility.criteria.facts import Host, HostKind, PlanParameters, ResourceFacts
from app.eligibility.criteria.findings import Finding, failed, not_applicable, not_tested, passed
from app.eligibility.criteria.resource_types import ResourceKind, kind_of

INSTALL_YEAR = 2013


class Verdict(StrEnum):
    """What the table of rule 2.7 says of a host and a kind."""

    ACCEPTED = "accepted"
    DELIVERY_PROOF = "accepted with the delivery proof that the plan asks for"
    CONTRACT = "accepted with a delivery contract"
    DEMONSTRATION = "accepted with a demonstration that the savings meet load in a rate-based state"
    OWN_GRID = "accepted on its own grid under the draft rules only"
    IMPORT = "accepted when the plan opts in, the country's grid is connected and there is a contract"
    NAMED_BY_PLAN = "accepted only when the plan names the type"
    REFUSED = "not accepted"


ACCEPTED, REFUSED, OWN_GRID = Verdict.ACCEPTED, Verdict.REFUSED, Verdict.OWN_GRID
KINDS = (
    ResourceKind.RENEWABLE,
    ResourceKind.OTHER_GENERATION,
    ResourceKind.EFFICIENCY,
    ResourceKind.SAVINGS,
    ResourceKind.AFFECTED_UNIT,
)
PROOF, SHOWN, CONTRACT = Verdict.DELIVERY_PROOF, Verdict.DEMONSTRATION, Verdict.CONTRACT

# Columns in the order of KINDS. Derived: an unconnected mass-based host cannot meet load elsewhere, so savings fail.
TABLE: dict[HostKind, tuple[Verdict, ...]] = {
    HostKind.RATE_BASED: (ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED),
    HostKind.MASS_BASED: (PROOF, PROOF, SHOWN, SHOWN, REFUSED),
    HostKind.MASS_BASED_UNCONNECTED: (REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    HostKind.NO_AFFECTED_UNITS: (CONTRACT, CONTRACT, SHOWN, SHOWN, REFUSED),
    HostKind.RATE_BASED_UNCONNECTED: (OWN_GRID, OWN_GRID, OWN_GRID, OWN_GRID, OWN_GRID),
    HostKind.NO_AFFECTED_UNITS_UNCONNECTED: (REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    HostKind.OUTSIDE_US: (Verdict.IMPORT, Verdict.NAMED_BY_PLAN, SHOWN, Verdict.NAMED_BY_PLAN, REFUSED),
}
GEOGRAPHY: dict[tuple[HostKind, ResourceKind], Verdict] = {
    (host, kind): verdict for host, row in TABLE.items() for kind, verdict in zip(KINDS, row, strict=True)
}


def verdict(host: Host, facts: ResourceFacts, plan: PlanParameters) -> Verdict:
    """The entry of the table, after the switches of the plan and of the ruleset."""
    kind = kind_of(facts.type_code)
    entry = GEOGRAPHY[host.kind, kind]
    if entry is Verdict.OWN_GRID:
        return ACCEPTED if plan.ruleset == "seed" else REFUSED
    renewables_only = plan.re_only_switch or plan.ruleset == "final"
    if host.kind is HostKind.MASS_BASED and renewables_only and kind is not ResourceKind.RENEWABLE:
        return REFUSED
    if entry is Verdict.NAMED_BY_PLAN:
        return Verdict.IMPORT if facts.type_code in plan.imported_types else REFUSED
    return entry


def geography(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """Every host of the application is one that the table accepts for the type."""
    refused = [words for host in facts.hosts if (words := host_refusal(host, facts, plan))]
    if refused:
        cure = "Move the application to a host that the rule accepts; proof or contracts cannot cure the place itself."
        return failed("GEOGRAPHY", " ".join(refused), cure)
    named = ", ".join(f"{host.state or 'the host'} ({host.kind})" for host in facts.hosts)
    return passed("GEOGRAPHY", f"The resource is in {named}; the rule accepts it there for {kind_of(facts.type_code)}.")


def host_refusal(host: Host, facts: ResourceFacts, plan: PlanParameters) -> str:
    """Why one host is refused; empty when it is not."""
    place, kind = f"{host.state or 'The host'} is {host.kind}", kind_of(facts.type_code)
    entry = verdict(host, facts, plan)
    if entry is REFUSED:
        return f"{place}; the rule does not accept {kind} from there."
    if host.kind is not HostKind.OUTSIDE_US:
        return ""
    if entry is Verdict.IMPORT and not plan.imports_allowed:
        return f"{place}; the state plan does not opt in to imports."
    if not facts.country_grid_connected:
        return f"{place}; the rule asks for a country connected to the grid of the United States."
    return ""


def no_delivery_proof(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """Each host that needs it comes with the delivery proof that the plan accepts."""
    needing = [(host, needed_proofs(verdict(host, facts, plan), plan)) for host in facts.hosts]
    if not any(needed for _, needed in needing):
        return not_applicable("NO_DELIVERY_PROOF", "No host of this resource needs proof of delivery.")
    missing = [
        f"{host.state or 'The host'} is {host.kind}; {PROOF_WORDS[proof]} is not in the application."
        for host, needed in needing
        for proof in sorted(needed - proofs_given(host))
    ]
    if missing:
        cure = "Attach the power delivery contract, and where asked for the planning or dispatch documents, and resubmit."
        return failed("NO_DELIVERY_PROOF", " ".join(missing), cure)
    return passed("NO_DELIVERY_PROOF", "Delivery to a rate-based state is proved for every host that needs it.")


PROOF_WORDS = {
    "contract": "a delivery contract with an entity in a rate-based state",
    "dispatch": "proof that the generation was planned or dispatched to serve a rate-based state",
}


def needed_proofs(entry: Verdict, plan: PlanParameters) -> frozenset[str]:
    """Which proofs a verdict asks for."""
    if entry is Verdict.DELIVERY_PROOF:
        return plan.delivery_proofs
    return frozenset({"contract"}) if entry in {Verdict.CONTRACT, Verdict.IMPORT} else frozenset()


def proofs_given(host: Host) -> frozenset[str]:
    """Which proofs the application brings for a host."""
    given = {"contract": host.has_ppa, "dispatch": host.has_dispatch_proof}
    return frozenset(proof for proof, there in given.items() if there)


def no_ee_demonstration(facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """Savings outside rate-based states meet the plan's demonstration; a plan without one accepts none."""
    if not any(verdict(host, facts, plan) is Verdict.DEMONSTRATION for host in facts.hosts):
        return not_applicable("NO_EE_DEMONSTRATION", "No host of this resource asks for a demonstration.")
    if not plan.ee_demonstration:
        words = "The savings lie outside rate-based states, and the state plan has no demonstration for them."
        return failed("NO_EE_DEMONSTRATION", words, "Nothing the applicant can do: the state plan would have to change.")
    if not facts.has_ee_demonstration:
        words = "The savings lie outside rate-based states; the demonstration that the plan asks for is not submitted."
        return failed("NO_EE_DEMONSTRATION", words, "Submit the demonstration and resubmit the application.")
    return passed("NO_EE_DEMONSTRATION", "The plan's demonstration is submitted: the savings meet load it accepts.")


def preexisting_import(facts: ResourceFacts, _plan: PlanParameters) -> Finding:
    """A resource abroad is itself new; a new line to an old dam does not make it so (rule 2.7)."""
    code = "PREEXISTING_IMPORT"
    if not any(host.kind is HostKind.OUTSIDE_US for host in facts.hosts):
        return not_applicable(code, "The resource is in the United States.")
    began_on = facts.first_operated_on or facts.installed_on
    if began_on is None:
        return not_tested(code, "No day of first operation is given, so it cannot be seen whether the resource is new.")
    words = f"The resource abroad first operated on {day_in_words(began_on)}; the rule asks for one that did not exist before 2013."
    if began_on.year < INSTALL_YEAR:
        return failed(code, words, "Nothing can cure this: a new connection does not make an old resource new.")
    return passed(code, words)
