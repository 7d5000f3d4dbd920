"""What the checks of an M&V report read, and what one check says (rules 5.1 to 5.20, 6.12)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from app.eligibility.criteria import HostKinds, PlanParameters, ResourceFacts
from app.mv_reports.readings import Reading

Severity = Literal["refuse", "park", "note"]


@dataclass(frozen=True, slots=True)
class AcceptedPeriod:
    """The period of an earlier accepted report of the same resource."""

    report_number: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class MeteringFacts:
    """How the MWh came to be known: the source by its key, who read the meters, and the certificates where a registry's output is the report."""

    source: str = ""
    reader: str = ""
    provider: str = ""
    quality_control: bool = False
    registry: str = ""
    registry_id: str = ""
    first_certificate: str = ""
    last_certificate: str = ""
    approved_registry: str = ""
    approved_registry_id: str = ""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the checks read of a report. Days are inclusive; qualified_on is None until the resource is qualified.

    `resource` is the approved description, read under `plan` with the `host_kinds` that it records.
    `materiality_percent` is the plan's threshold of rule 6.12, None where it names none.
    """

    starts_on: date
    ends_on: date
    today: date
    readings: tuple[Reading, ...] = ()
    typed_total_mwh: Decimal | None = None
    nameplate_mw: Decimal | None = None
    earlier: tuple[AcceptedPeriod, ...] = ()
    early_action: bool = False
    qualified_on: date | None = None
    qualification_ends_on: date | None = None
    expected_after: date | None = None
    resource: ResourceFacts = field(default_factory=lambda: ResourceFacts(""))
    plan: PlanParameters = field(default_factory=PlanParameters)
    host_kinds: HostKinds = field(default_factory=dict)
    metering: MeteringFacts = field(default_factory=MeteringFacts)
    claimed_mwh: Decimal | None = None
    verified_mwh: Decimal | None = None
    materiality_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: passed or not, how grave a failure is, the facts and the rule in words."""

    code: str
    passed: bool
    severity: Severity
    words: str
    rule: str
