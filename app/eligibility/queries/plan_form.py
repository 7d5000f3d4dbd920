"""The EM&V plan's form: its statements by sections of a page each, each with its rule of section 4 and the types it is for. Pure."""

from app.eligibility.criteria import RESOURCE_TYPES
from app.eligibility.queries.form import BIOGENIC, GENERATION, HEAT_AND_POWER, SITE_SAVINGS, UPRATES
from app.eligibility.queries.sections import Form, FormField, Section

ON_SITE = frozenset({"CHP", "WHP-B"}) | frozenset(code for code, one in RESOURCE_TYPES.items() if one.renewable)
MEASURED = GENERATION - {"STO", "FOS"}


def statement(name: str, label: str, rule: str, *, needed: bool = True, types: frozenset[str] | None = None, help: str = "") -> FormField:  # noqa: A002
    """One statement in the plan's own words."""
    return FormField(name, label, rule, "textarea", help, needed, types)


ALL = Section(
    "all",
    "Method, protocols and reports",
    "4.2",
    (
        statement("resource_identified", "The resource that the plan is for", "4.1"),
        statement("quantification_method", "How MWh are quantified and verified: method, assumptions, data sources", "4.2"),
        statement("plan_criteria", "How the criteria of the state plan are met", "4.3"),
        statement("protocols", "Protocols and guidelines, and how each is applied", "4.4"),
        statement("double_counting", "How double counting is avoided", "4.5"),
        FormField("report_every_months", "An M&V report every", "4.6", "number", unit="months", needed=True, help="At most as many as the state plan says."),
    ),
    "The metric is the MWh (programme rule 4.7).",
)

EFFICIENCY = Section(
    "efficiency",
    "Baseline and method",
    "4.8",
    (
        statement("baseline", "Baseline: what would have happened otherwise", "4.8"),
        statement("ex_post_method", "Quantification after the fact, and why this protocol", "4.9"),
        FormField(
            "method_class",
            "Class of method",
            "4.10",
            "select",
            needed=True,
            options=(
                ("", "Choose one"),
                ("measurement", "Measurement without a control group"),
                ("control_group", "Control group"),
                ("deemed", "Deemed savings"),
            ),
        ),
        statement("independent_variables", "Weather, occupancy, production and the like", "4.11"),
        statement("line_loss_adder", "Adder for avoided line losses, if claimed", "4.13", needed=False),
        statement("interactive_effects", "Interactive effects", "4.18", needed=False),
    ),
    types=SITE_SAVINGS,
)

MEASURES = Section(
    "measures",
    "Measures and sites",
    "4.12",
    (
        statement("installation_verification", "How first installation is verified", "4.12"),
        statement("sites", "Site list or sampling frame", "4.30"),
        statement("duration", "How long savings last, and how that is watched", "4.14"),
        statement("annual_values", "How one value for each calendar year is found", "4.31"),
    ),
    types=SITE_SAVINGS,
)

RIGOUR = Section(
    "rigour",
    "Rigour and interval",
    "4.15",
    (
        statement("rigour", "Confidence, precision, bias and quality control", "4.15"),
        statement("interval", "Interval of quantification", "4.16"),
        FormField("interval_years", "Years from one quantification to the next, at most", "4.16", "number", unit="years", needed=True),
        statement("programme_provisions", "Further provisions of the protocols", "4.17", needed=False),
    ),
    types=SITE_SAVINGS,
)

GENERATED = Section(
    "generation",
    "Generation",
    "4.19",
    (
        statement("measurement", "How generation is measured continuously", "4.19"),
        statement("meter_and_place", "Type and place of the meters", "4.20"),
        statement("data_path", "Who reads the meters, and the way of the data", "4.20"),
        statement("small_system_quality", "Small systems: inputs, quality control, prevention of fraud", "4.21", needed=False),
        statement("aggregation_evidence", "Aggregates: evidence for the five tests", "4.22", needed=False, types=ON_SITE),
        statement("on_site_losses", "Avoided line losses of use on site, if claimed", "4.23", needed=False, types=ON_SITE),
        statement("uprate_formula", "Capacity before and after, its proof, and the formula", "4.24", types=UPRATES),
        statement("delivery_tie", "How each MWh is tied to the delivery contract", "4.25", needed=False),
    ),
    types=MEASURED,
)

HEAT = Section(
    "heat_and_power",
    "Combined heat and power",
    "4.26",
    (statement("heat_and_power_metering", "Electricity, fuel, useful heat, boiler efficiency and monitoring tier", "4.26"),),
    types=HEAT_AND_POWER,
)

DEMAND = Section(
    "demand_side_management",
    "Demand-side management",
    "4.27",
    (statement("demand_reduction", "How MW and hours are measured; evidence that demand is avoided and nothing emitting stands in", "4.27"),),
    types=frozenset({"DSM"}),
)

LINES = Section(
    "line_losses",
    "Transmission and distribution",
    "4.28",
    (statement("line_loss_method", "How end-use and line-loss effects are measured, apart from efficiency adders", "4.28"),),
    types=frozenset({"T&D"}),
)

BIOMASS = Section(
    "biomass",
    "Biomass and waste",
    "4.29",
    (statement("feedstock_records", "Feedstock records, sampling, tests, heating values, report of biogenic CO2", "4.29"),),
    types=BIOGENIC,
)

PLAN_FORM: Form = (ALL, EFFICIENCY, MEASURES, RIGOUR, GENERATED, HEAT, DEMAND, LINES, BIOMASS)
