"""Whether a resource is eligible: every test of rules.md sections 2 and 3, each with its fact, its rule and its cure.

`examine` answers with one finding for each ground of rule 8.6 that an application can meet, passed or not, so that a
page and a letter can show what was tested and not only what failed.
"""

from collections.abc import Callable

from app.eligibility.criteria import general, geography, specific
from app.eligibility.criteria.elements import ELEMENTS
from app.eligibility.criteria.facts import Host, HostKind, PlanParameters, ResourceFacts, Unit
from app.eligibility.criteria.findings import (
    DENIAL_CODES,
    DenialCode,
    Finding,
    Outcome,
    Stage,
    grounds_at,
    grounds_offered,
)
from app.eligibility.criteria.geography import GEOGRAPHY, Verdict
from app.eligibility.criteria.hosts import HostKinds, facts_on, stretches
from app.eligibility.criteria.resource_types import RESOURCE_TYPES, ResourceKind, ResourceType
from app.eligibility.criteria.specific import ChpMonitoring, chp_monitoring, is_aggregate

__all__ = [
    "CRITERIA",
    "DENIAL_CODES",
    "ELEMENTS",
    "GEOGRAPHY",
    "RESOURCE_TYPES",
    "ChpMonitoring",
    "DenialCode",
    "Finding",
    "Host",
    "HostKind",
    "HostKinds",
    "Outcome",
    "PlanParameters",
    "ResourceFacts",
    "ResourceKind",
    "ResourceType",
    "Stage",
    "Unit",
    "Verdict",
    "chp_monitoring",
    "examine",
    "examine_one",
    "facts_on",
    "grounds_at",
    "grounds_offered",
    "is_aggregate",
    "stretches",
]

CRITERIA: dict[str, Callable[[ResourceFacts, PlanParameters], Finding]] = {
    "INSTALL_DATE": general.install_date,
    "MWH_DATE": general.mwh_date,
    "OFF_GRID": general.off_grid,
    "GEOGRAPHY": geography.geography,
    "NO_DELIVERY_PROOF": geography.no_delivery_proof,
    "TYPE_NOT_ELIGIBLE": specific.type_not_eligible,
    "STORAGE": specific.storage,
    "NEW_OR_OTHER_FOSSIL": specific.new_or_other_fossil,
    "RELICENSE_NO_UPRATE": general.relicense_no_uprate,
    "DERATE_UPRATE": general.derate_uprate,
    "FEEDSTOCK_NOT_APPROVED": specific.feedstock_not_approved,
    "DUPLICATE_RESOURCE": general.duplicate_resource,
    "DUPLICATE_STATE": general.duplicate_state,
    "PLAN_INADEQUATE": general.plan_inadequate,
    "VERIFIER_NOT_ACCREDITED": general.verifier_not_accredited,
    "VERIFIER_COI": general.verifier_coi,
    "ATTESTATION_MISSING": general.attestation_missing,
    "INCOMPLETE": general.incomplete,
    "FALSE_STATEMENT": general.false_statement,
    "OUTSIDE_POWER_SECTOR": specific.outside_power_sector,
    "DSM_SHIFT": specific.dsm_shift,
    "DSM_EMITTING": specific.dsm_emitting,
    "PREEXISTING_IMPORT": geography.preexisting_import,
    "NO_EE_DEMONSTRATION": geography.no_ee_demonstration,
    "BIOGENIC_SHARE_METHOD": specific.biogenic_share_method,
    "AGGREGATION_LIMIT": specific.aggregation_limit,
    "METERING": specific.metering,
}


def examine_one(code: str, facts: ResourceFacts, plan: PlanParameters) -> Finding:
    """The finding on one ground, as a report looks at it again."""
    return CRITERIA[code](facts, plan)


def examine(facts: ResourceFacts, plan: PlanParameters) -> tuple[Finding, ...]:
    """One finding for each ground that an application can meet, in the order of rule 8.6."""
    return tuple(criterion(facts, plan) for criterion in CRITERIA.values())
