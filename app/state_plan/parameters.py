"""Which parameters a state's plan has, how each is asked for, and what holds where a plan says nothing (rules section 21)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

DEFAULTS: dict[str, Any] = {
    "agency": "Department of Environmental Quality",
    "plan_status": "approved",
    "plan_type": "rate",
    "standards_lb_per_mwh": {
        "steam": {"2022": "1671", "2025": "1500", "2028": "1380", "2030": "1305"},
        "turbine": {"2022": "877", "2025": "817", "2028": "784", "2030": "771"},
    },
    "single_standard": False,
    "compliance_periods": [[2022, 2024], [2025, 2027], [2028, 2029], [2030, 2031]],
    "erc_transfer_deadline": {},
    "deduction_days_after_deadline": 60,
    "invalid_erc_ratio": 2,
    "delivery_proofs": ["PPA or contract", "dispatch documentation"],
    "ee_demonstration": False,
    "renewable_only_from_mass_states": False,
    "host_kinds": {},
    "listed_types": [],
    "repowered_is_new": False,
    "imports_allowed": False,
    "imported_types": [],
    "multi_state_approach": False,
    "early_action": False,
    "feedstocks": [],
    "biomass_co2_reporting": True,
    "wte_share_method": "energy",
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
    "linkage_partners": [],
    "buffer_percent": "0",
    "skilled_workforce": "optional",
    "credit_before_approval": False,
    "time_zone": "America/Chicago",
}


@dataclass(frozen=True)
class Parameter:
    """How one parameter is asked for: `form` is one of text, zone, flag, whole, amount, words, table; `choices` closes a text; a number lies from
    `least` to `most`, so that no slip of the pen reaches a clock or a calculation."""

    name: str
    group: str
    label: str
    rule: str
    form: str = "text"
    choices: tuple[str, ...] = ()
    may_be_empty: bool = False
    help: str = ""
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)


ONE, WHOLE_PERCENT, A_YEAR, TWO_YEARS = Decimal(1), Decimal(100), Decimal(366), Decimal(731)
BUFFER_WORDS = "Rounded down to whole ERCs, which go to the state's holding account; 0 for none."
PLAN, STANDARDS, RESOURCES, REVIEW, TRADE = (
    "The plan",
    "Standards and compliance",
    "What may earn ERCs",
    "Monitoring, verification and review",
    "Linkage and safeguards",
)
PARAMETERS: tuple[Parameter, ...] = (
    Parameter("agency", PLAN, "Agency that decides", "8.4", help="Printed on every decision as its authority."),
    Parameter(
        "plan_status",
        PLAN,
        "Status of the plan",
        "15.2",
        choices=("draft", "submitted", "approved"),
        help="ERCs are issued, and accepted by others, only while the plan is approved.",
    ),
    Parameter("plan_type", PLAN, "Type of the plan", "15.2", choices=("rate",)),
    Parameter("time_zone", PLAN, "Time zone", "21", "zone", help="The name of a zone, such as America/Chicago; times on pages are shown in it."),
    Parameter(
        "standards_lb_per_mwh",
        STANDARDS,
        "Emission standards",
        "9.18",
        "table",
        help="In lb of CO2 per MWh, from the first year until the next row of the class. An empty cell leaves a class as it was.",
    ),
    Parameter("single_standard", STANDARDS, "One standard for all classes", "9.18", "flag"),
    Parameter(
        "compliance_periods",
        STANDARDS,
        "Compliance periods",
        "12.6",
        "table",
        help="Each begins in the year after the one before. Those of the rule (2022-2024, 2025-2027, 2028-2029, then two years each) may be made shorter.",
    ),
    Parameter(
        "erc_transfer_deadline",
        STANDARDS,
        "Transfer deadlines",
        "12.7",
        "table",
        may_be_empty=True,
        help="The last day for ERCs to reach a compliance account: after the period's end and before 1 July that follows it. No row while there is none.",
    ),
    Parameter("deduction_days_after_deadline", STANDARDS, "Days from the deadline to the deduction", "12.11", "whole", most=A_YEAR),
    Parameter("invalid_erc_ratio", STANDARDS, "ERCs owed for each invalid one", "12.16", "whole", least=ONE, most=Decimal(100)),
    Parameter("delivery_proofs", RESOURCES, "Accepted proofs of delivery", "2.8", "words"),
    Parameter("ee_demonstration", RESOURCES, "Energy efficiency in mass-based states may be demonstrated", "2.7", "flag"),
    Parameter("renewable_only_from_mass_states", RESOURCES, "Only renewables from mass-based states", "2.7", "flag"),
    Parameter(
        "host_kinds",
        RESOURCES,
        "Kind of plan of other states",
        "2.7a",
        "table",
        may_be_empty=True,
        help="A state that changes between rate and mass, at most once, has a second row. No row for a state leaves it to each application.",
    ),
    Parameter("listed_types", RESOURCES, "Further types that the plan names", "2.12", "words", may_be_empty=True, help="Codes, one a line. Empty for none."),
    Parameter("repowered_is_new", RESOURCES, "Repowered capacity counts as installed when it is repowered", "2.28", "flag"),
    Parameter("imports_allowed", RESOURCES, "Renewable generation outside the United States is admitted", "2.7", "flag"),
    Parameter("imported_types", RESOURCES, "Other types admitted from outside the United States", "2.7", "words", may_be_empty=True, help="Codes, one a line."),
    Parameter("multi_state_approach", RESOURCES, "An approved multi-state approach admits a resource of another programme", "2.9", "flag"),
    Parameter("early_action", RESOURCES, "Credit for MWh of 2013 to 2021", "2.3", "flag"),
    Parameter("feedstocks", RESOURCES, "Qualified biomass feedstocks", "2.15", "words", may_be_empty=True),
    Parameter("biomass_co2_reporting", RESOURCES, "Reports on biomass give total and biogenic CO2", "2.15", "flag"),
    Parameter(
        "wte_share_method",
        RESOURCES,
        "Method for the biogenic share of waste",
        "2.17",
        choices=("energy", "weight", "sampling", "co2_ratio"),
        may_be_empty=True,
        help="The plan must name one: without a method every application for waste-to-energy fails.",
    ),
    Parameter("chp_threshold_mw", RESOURCES, "Heat and power: from how many MW CO2 is monitored as at an affected EGU", "2.21", "amount", most=Decimal(99_999)),
    Parameter(
        "boiler_efficiency",
        RESOURCES,
        "Heat and power: boiler efficiency, as a share of 1",
        "2.19",
        "amount",
        may_be_empty=True,
        least=Decimal("0.01"),
        most=ONE,
    ),
    Parameter(
        "mv_frequency_months", REVIEW, "Months within which M&V reports follow each other", "5.10", "whole", help="0 for no reminder.", most=Decimal(120)
    ),
    Parameter(
        "clock_completeness_days",
        REVIEW,
        "Days to check completeness",
        "8.5",
        "whole",
        help="An overdue matter is shown as overdue; a lapse never approves.",
        most=TWO_YEARS,
    ),
    Parameter("clock_application_days", REVIEW, "Days to decide an application", "8.5", "whole", most=TWO_YEARS),
    Parameter("clock_mv_report_days", REVIEW, "Days to decide an M&V report", "8.5", "whole", most=TWO_YEARS),
    Parameter("verifier_term_years", REVIEW, "Years of an accreditation", "7.7", "whole", least=ONE, most=Decimal(50)),
    Parameter("outside_accreditations", REVIEW, "Outside accreditations accepted", "7.4", "words", may_be_empty=True),
    Parameter(
        "materiality_percent",
        REVIEW,
        "A difference of claimed and verified MWh is material above so many percent",
        "6.12",
        "amount",
        may_be_empty=True,
        help="Empty for no threshold. A report above it stays under review.",
        most=WHOLE_PERCENT,
    ),
    Parameter("skilled_workforce", REVIEW, "Evidence of a skilled workforce", "3.14", choices=("off", "optional", "required")),
    Parameter("credit_before_approval", REVIEW, "Credit for MWh before the approval of the EM&V plan", "5.21", "flag"),
    Parameter(
        "linkage_mode",
        TRADE,
        "Whose ERCs are accepted: ready for interstate trading (A), named partners (B), joint issuance (C)",
        "15.1",
        choices=("A", "B", "C"),
        help="Under A those of any state with an approved rate-based plan in this system; under B and C those of the partners.",
    ),
    Parameter("linkage_partners", TRADE, "Partner states under B and C", "15.1", "words", may_be_empty=True, help="Two letters, one state a line."),
    Parameter("buffer_percent", TRADE, "Buffer in percent of each issuance, held by the state", "13.9", "amount", help=BUFFER_WORDS, most=WHOLE_PERCENT),
)
