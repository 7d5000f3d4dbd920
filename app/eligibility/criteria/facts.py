"""What the criteria read: the facts of an application, the parameters of the plan (rules.md sections 2, 3, 21)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal


class HostKind(StrEnum):
    """Where a resource is, as rule 2.7 tells hosts apart; connected means to the continental grid."""

    RATE_BASED = "a rate-based state"
    MASS_BASED = "a mass-based state"
    MASS_BASED_UNCONNECTED = "a mass-based state or territory that is not connected to the continental grid"
    NO_AFFECTED_UNITS = "a state or Indian country without affected units"
    RATE_BASED_UNCONNECTED = "a rate-based state or territory that is not connected to the continental grid"
    NO_AFFECTED_UNITS_UNCONNECTED = "a place without affected units and without connection to the continental grid"
    OUTSIDE_US = "a place outside the United States"


@dataclass(frozen=True, slots=True)
class Host:
    """One host of an application, with what was submitted to tie its MWh to a rate-based state (rules 2.7a, 2.8)."""

    state: str
    kind: HostKind
    has_ppa: bool = False
    has_dispatch_proof: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of an aggregate (rule 5.12)."""

    unit_id: str
    nameplate_mw: Decimal
    technology: str
    metering: str


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """The facts of an application. None means that nobody has said; a test of it is then not made, never passed.

    date_note says how a date was read, for instance from a year alone. same_resource_applied and missing_items come
    from the caller: numbers of earlier applications, and element codes of section 3.
    """

    type_code: str
    installed_on: date | None = None
    date_note: str = ""
    uprate_on: date | None = None
    derate_on: date | None = None
    repowered_on: date | None = None
    first_operated_on: date | None = None
    first_mwh_on: date | None = None
    relicensed_only: bool = False
    grid_connected: bool | None = None
    host_kind: HostKind = HostKind.RATE_BASED
    host_state: str = ""
    has_ppa: bool = False
    has_dispatch_proof: bool = False
    further_hosts: tuple[Host, ...] = ()
    country_grid_connected: bool = False
    has_ee_demonstration: bool = False
    feedstock: str | None = None
    prime_mover: str = ""
    fuel: str = ""
    nameplate_before_mw: Decimal | None = None
    nameplate_after_mw: Decimal | None = None
    storage: bool = False
    fossil: bool = False
    supplemental_fuel: bool = False
    proof_of_zero_fuel: bool = False
    power_sector: bool = True
    shifts_load: bool = False
    emitting_demand_source: bool = False
    units: tuple[Unit, ...] = ()
    revenue_meter: bool | None = None
    estimated: bool = False
    metered_data_unavailable: bool = False
    monitoring_tier: str = ""
    same_resource_applied: tuple[str, ...] = ()
    registered_elsewhere: str = ""
    counted_by_a_state: bool = False
    plan_adequate: bool | None = None
    verifier_accredited: bool | None = None
    verifier_conflict: bool | None = None
    attestation_signed: bool | None = None
    false_statement: str = ""
    missing_items: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[Host, ...]:
        """All hosts: sites of one application may lie in several (rule 2.7a)."""
        return (Host(self.host_state, self.host_kind, self.has_ppa, self.has_dispatch_proof), *self.further_hosts)


@dataclass(frozen=True, slots=True)
class PlanParameters:
    """What the criteria need from the state plan; the defaults are those of rules.md section 21."""

    ruleset: Literal["seed", "final"] = "seed"
    feedstocks: frozenset[str] = frozenset()
    waste_share_method: str | None = "energy"
    ee_demonstration: bool = False
    early_action: bool = False
    re_only_switch: bool = False
    listed_types: frozenset[str] = frozenset()
    repowered_is_new: bool = False
    imports_allowed: bool = False
    imported_types: frozenset[str] = frozenset()
    multi_state_approach: bool = False
    chp_threshold_mw: Decimal = Decimal(100)
    delivery_proofs: frozenset[str] = field(default_factory=lambda: frozenset({"contract", "dispatch"}))
