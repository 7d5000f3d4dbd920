"""What a report states in words beside its numbers, in the order of rules 5.2 to 5.8, 5.14 to 5.16 and 5.20. Pure.

The form, the checklist and the sealed paper of a report are all made from this list.
"""

from dataclasses import dataclass
from typing import Literal

from app.documents.kinds import kinds_of
from app.mv_reports.reasonableness import SOURCES

OF_REGISTRY = "Only where the report is the output of a registry."


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its name, its label on the form, its rule, how it is given, and what is said when it is missing."""

    name: str
    label: str
    rule: str
    kind: Literal["textarea", "text", "date", "checkbox", "select"] = "textarea"
    help: str = ""
    lacking: str = ""
    options: tuple[tuple[str, str], ...] = ()


STATEMENTS: dict[str, Statement] = {
    one.name: one
    for one in (
        Statement(
            "methods_applied",
            "How each method of the approved EM&V plan was applied",
            "5.3",
            help="Name each method or protocol of the plan, and how it was carried out in this period.",
            lacking="Say how each method of the approved EM&V plan was applied in this period.",
        ),
        Statement(
            "data_source",
            "Where the data of the meters come from",
            "5.14",
            "select",
            "Asked of renewable generation. Whoever it is, the state looks at whether the data are reasonable.",
            "Say where the data of the meters come from.",
            (("", "Choose one"), *SOURCES.items()),
        ),
        Statement(
            "meter_reader",
            "Who read the meters and sent the data",
            "5.15",
            "text",
            "The name of the grid operator or of the third party; yourselves only where the approved EM&V plan says so.",
            "Name the operator or the third party that read the meters and sent the data.",
        ),
        Statement("changed", "Something changed since the approval", "5.5", "checkbox", "Capacity, technology, ownership, host or method."),
        Statement("changes", "What changed", "5.5", lacking="Describe what changed since the approval."),
        Statement("changed_on", "Day of the change", "5.5", "date", lacking="Give the day of the change."),
        Statement(
            "eligibility_continued",
            "The resource stayed eligible and as described through the whole period",
            "5.5",
            "checkbox",
            lacking="State that the resource stayed eligible and as described, or withdraw the report.",
        ),
        Statement(
            "not_duplicated",
            "The MWh are used in no other programme and are permanent",
            "5.8",
            "checkbox",
            lacking="State that the MWh are used in no other programme and are permanent.",
        ),
        Statement(
            "installation_evidence",
            "First report: papers that show the resource installed as described",
            "5.2",
            help="Name them; attach them under Documents if the application does not hold them.",
            lacking="This is the first report: say which papers show that the resource was installed as described.",
        ),
        Statement(
            "delivery",
            "How each MWh falls under the delivery contract",
            "5.6",
            help="Only where the host is mass-based.",
            lacking="The host is mass-based: say how each MWh falls under the delivery contract.",
        ),
        Statement("registry", "Registry of certificates", "5.20", "text", OF_REGISTRY, "Name the registry whose output the report is."),
        Statement(
            "registry_generator_id", "Identifier of the generator there", "5.20", "text", OF_REGISTRY, "Give the generator's identifier in the registry."
        ),
        Statement("first_certificate", "First certificate of the range", "5.20", "text", OF_REGISTRY, "Give the first certificate of the range."),
        Statement("last_certificate", "Last certificate of the range", "5.20", "text", OF_REGISTRY, "Give the last certificate of the range."),
        Statement(
            "co2_report",
            "Total and biogenic CO2 of the period, and where they are reported",
            "2.15",
            help="Asked of biomass where the state plan says so, and of waste-to-energy whose share comes from the CO2 ratio.",
            lacking="Give the total and the biogenic CO2 of the period, and say where they are reported.",
        ),
    )
}

PAPERS = kinds_of(
    "installation_evidence",
    "delivery_contract",
    "dispatch_proof",
    "interconnection",
    "nameplate",
    "uprate_permit",
    "ownership",
    "evidence",
)
"""What a provider attaches to a report; meter readings have a page of their own, the programme and the verifier make the rest."""
