"""The application's form: its fields, by sections of a page each, each with its rule of sections 2 and 3 and the types it is for. Pure.

One list feeds the form on the page, the schema that reads it, the checklist of what is missing, and the text that is sealed at submission.
Personal contact data is marked private and stays out of every public paper (rule 14.10).
"""

from app.documents.kinds import kinds_of
from app.eligibility.criteria import RESOURCE_TYPES, HostKind
from app.eligibility.criteria.efficiency import CATEGORIES, MEASURES, SCALES
from app.eligibility.criteria.specific import LOW_MASS_TIER
from app.eligibility.queries.sections import Form, FormField, Options, Section

SAVINGS = frozenset({"EE", "WAT", "DSM", "T&D"})
SITE_SAVINGS = frozenset({"EE", "WAT"})
GENERATION = frozenset(RESOURCE_TYPES) - SAVINGS - {"AFF"}
UPRATES = frozenset({"HYD-U", "NUC-U"})
BIOGENIC = frozenset({"BIO", "WTE"})
HEAT_AND_POWER = frozenset({"CHP", "WHP-B"})
RENEWABLE = frozenset(code for code, one in RESOURCE_TYPES.items() if one.renewable)

TYPE_OPTIONS: Options = tuple((one.code, f"{one.title} ({one.code})") for one in RESOURCE_TYPES.values() if one.code != "AFF")
HOST_OPTIONS: Options = tuple((kind.name.lower(), f"{kind.value[:1].upper()}{kind.value[1:]}") for kind in HostKind)


CONTACT = Section(
    "contact",
    "Who answers questions",
    "3.1",
    (
        FormField("contact_name", "Who answers questions", "3.1", needed=True, private=True),
        FormField("contact_email", "E-mail", "3.1", "email", needed=True, private=True, help="Never shown to the public."),
        FormField("contact_phone", "Telephone", "3.1", private=True),
        FormField("contact_address", "Postal address", "3.1", "textarea", private=True),
    ),
    "Your organisation and its general account, which will receive the ERCs, are known to the programme.",
)

RESOURCE = Section(
    "resource",
    "The resource",
    "3.2",
    (
        FormField("name", "Name of the resource", "3.2", needed=True, help="The name under which the public will find it."),
        FormField(
            "type_code",
            "Type",
            "3.3",
            "select",
            needed=True,
            options=TYPE_OPTIONS,
            help="The type decides which questions are asked. What you answered before is kept, and counts only where the type asks it.",
        ),
        FormField(
            "programme_or_project",
            "Programme or project",
            "2.27",
            "select",
            needed=True,
            options=(("", "Choose one"), *SCALES.items()),
            types=SAVINGS,
            needed_by=SITE_SAVINGS,
        ),
        FormField(
            "efficiency_category",
            "Category",
            "2.25",
            "select",
            needed=True,
            options=(("", "Choose one"), *CATEGORIES.items()),
            types=SITE_SAVINGS,
            help="The list is open; the category decides how often savings are quantified.",
        ),
        FormField("measure_kind", "What the measures are", "2.26", "select", needed=True, options=(("", "Choose one"), *MEASURES.items()), types=SITE_SAVINGS),
        FormField("description", "What it is and does", "3.2", "textarea", needed=True),
        FormField("technology", "Technology", "3.2"),
    ),
    element="3.2",
)

HOST_ROW = (
    FormField("state", "State", "2.7"),
    FormField("kind", "Kind of place", "2.7", "select", options=(("", "Choose one"), *HOST_OPTIONS)),
    FormField("has_ppa", "Delivery contract attached", "2.8", "checkbox"),
    FormField("has_dispatch_proof", "Dispatch documents attached", "2.8", "checkbox"),
)

PLACE = Section(
    "place",
    "Where it is and whose it is",
    "3.2",
    (
        FormField("owner", "Owner", "3.2", needed=True),
        FormField("operator", "Operator", "3.2"),
        FormField("address", "Street address or place", "3.2"),
        FormField("host_state", "State where it is", "2.7", needed=True, help="Two letters, such as MN; a country code outside the United States."),
        FormField(
            "host_kind",
            "What kind of place that is",
            "2.7",
            "select",
            needed=True,
            options=HOST_OPTIONS,
            help="This decides which proofs of delivery are asked for.",
        ),
        FormField("latitude", "Latitude", "3.2", "latitude", unit="degrees"),
        FormField("longitude", "Longitude", "3.2", "longitude", unit="degrees"),
        FormField("oris_plant_code", "ORIS plant code", "3.2", help="Leave empty if the plant has none."),
        FormField("further_hosts", "Further place", "2.7", "rows", fields=HOST_ROW, help="When sites lie in several states."),
    ),
    element="3.2",
)

GENERATOR = Section(
    "generator",
    "The generator",
    "3.2",
    (
        FormField("generator_id", "Generator", "3.2", help="As the plant reports it to the Energy Information Administration.", types=GENERATION),
        FormField("prime_mover", "Prime mover", "3.2", types=GENERATION),
        FormField("fuel", "Energy source or fuel", "3.2", types=GENERATION),
        FormField(
            "nameplate_mw",
            "Nameplate capacity",
            "3.2",
            "number",
            unit="MW",
            needed=True,
            types=GENERATION,
            help="As it stands now; after the uprate, if there was one.",
        ),
        FormField(
            "nameplate_before_mw", "Nameplate capacity on 2012-12-31", "2.14", "number", unit="MW", needed=True, types=UPRATES | {"WTE"}, needed_by=UPRATES
        ),
        FormField("storage", "It stores energy", "2.23", "checkbox", types=GENERATION),
        FormField("fossil", "It burns fossil fuel", "2.12", "checkbox", types=GENERATION),
    ),
    types=GENERATION,
    element="3.2",
)

DATES = Section(
    "dates",
    "Dates",
    "3.3",
    (
        FormField("installed_on", "Installed or implemented on", "2.1", "date", needed=True, types=frozenset(RESOURCE_TYPES) - UPRATES),
        FormField("date_note", "How that day is known", "2.1", help="For instance: read from a year alone, as 1 January."),
        FormField(
            "uprate_on",
            "Uprated on",
            "2.1",
            "date",
            needed=True,
            types=UPRATES | {"WTE"},
            needed_by=UPRATES,
            help="Waste-to-energy: only if an older facility was enlarged.",
        ),
        FormField("derate_on", "Derated on", "2.6", "date", types=UPRATES | {"WTE"}),
        FormField("repowered_on", "Repowered on", "2.28", "date", types=GENERATION),
        FormField("relicensed_only", "Relicensed or licence extended, without more capacity", "2.5", "checkbox", types=GENERATION),
        FormField("first_operated_on", "First operated on", "2.7", "date", help="Asked for a resource outside the United States.", types=GENERATION),
        FormField("first_mwh_on", "First day whose MWh will be claimed", "2.2", "date"),
    ),
)

METERS = Section(
    "meters",
    "Grid and meters",
    "3.3",
    (
        FormField("grid_connected", "Connected to the grid", "2.4", "yes_no", needed=True, help="For savings: the place where energy is saved."),
        FormField("revenue_meter", "Output is measured by a revenue-quality meter", "5.11", "yes_no", needed=True, types=GENERATION),
        FormField("estimated", "Output is estimated or self-reported", "5.13", "checkbox", types=GENERATION),
        FormField("metered_data_unavailable", "Metered data cannot be had", "5.13", "checkbox", types=GENERATION),
        FormField("supplemental_fuel", "Extra fuel is burned", "2.12", "checkbox", types=frozenset({"WHP-Z"})),
        FormField("proof_of_zero_fuel", "Proof is attached that no extra fuel is burned", "3.3", "checkbox", needed=True, types=frozenset({"WHP-Z"})),
        FormField("shifts_load", "Demand is moved to another time", "2.22", "checkbox", types=frozenset({"DSM"})),
        FormField("emitting_demand_source", "An emitting generator stands behind the reduction", "2.22", "checkbox", types=frozenset({"DSM"})),
        FormField(
            "outside_power_sector", "The measure is outside the power sector", "2.11", "checkbox", help="Forestry, farming, capture from the air, vehicles."
        ),
    ),
)

PROJECTION = Section(
    "projection",
    "Projection",
    "3.4",
    (
        FormField("projected_annual_mwh", "Expected in a year", "3.4", "signed", unit="MWh", needed=True),
        FormField("life_years", "Life of the programme or project", "3.4", "number", unit="years", needed=True),
        FormField("projection_method", "How that was projected", "3.4", "textarea"),
    ),
)

DELIVERY = Section(
    "delivery",
    "Delivery to a rate-based state",
    "3.8",
    (
        FormField("delivery_parties", "Parties of the delivery contract", "3.17"),
        FormField("delivery_state", "Rate-based state served", "3.17"),
        FormField("delivery_from_on", "Contract begins on", "3.17", "date"),
        FormField("delivery_until_on", "Contract ends on", "3.17", "date"),
        FormField("delivery_mwh_per_year", "MWh a year under the contract", "3.17", "number", unit="MWh"),
        FormField("delivery_point", "Delivery point", "3.17"),
        FormField("has_ee_demonstration", "The plan's demonstration for savings outside rate-based states is attached", "2.7", "checkbox", types=SAVINGS),
        FormField("country_grid_connected", "The country's grid is connected to that of the United States", "3.18", "checkbox"),
        FormField("import_clause", "Clause of the state plan that opts in to imports", "3.18"),
    ),
    "Needed when the resource is not in a connected rate-based state. Attach the contract and the dispatch documents under Documents.",
)

FUEL = Section(
    "fuel",
    "Fuel, feedstock and heat",
    "3.9",
    (
        FormField("feedstock", "Feedstock", "2.15", needed=True, types=BIOGENIC, help="By the name or code in the state plan's list."),
        FormField("share_method", "Method for the biogenic share", "2.17", needed=True, types=frozenset({"WTE"})),
        FormField("sampling_plan", "Sampling plan", "3.9", "textarea", needed=True, types=frozenset({"WTE"})),
        FormField("plan_citation", "Where the state plan lists it", "3.9", types=BIOGENIC),
        FormField("waste_hierarchy", "Effects on reduction, reuse, recycling and composting", "2.18", "textarea", types=frozenset({"WTE"})),
        FormField("chp_fuel", "Fuel", "3.9", needed=True, types=HEAT_AND_POWER),
        FormField("emission_factor_lb_per_mmbtu", "Emission factor", "3.9", "number", unit="lb/MMBtu", needed=True, types=HEAT_AND_POWER),
        FormField(
            "boiler_efficiency", "Efficiency of the boiler it replaces", "3.9", "number", needed=True, types=HEAT_AND_POWER, help="A share such as 0.80."
        ),
        FormField("thermal_metering", "How useful heat is metered", "3.9", "textarea", needed=True, types=HEAT_AND_POWER),
        FormField(
            "monitoring_tier",
            "How CO2 is monitored",
            "2.21",
            "select",
            needed=True,
            types=HEAT_AND_POWER,
            options=(("", "Choose one"), ("as_affected_unit", "As at an affected unit"), (LOW_MASS_TIER, "By the low-mass-emission method or a similar one")),
            help="The second is for smaller facilities on natural gas or distillate alone.",
        ),
    ),
    types=BIOGENIC | HEAT_AND_POWER,
    element="3.9",
)

UNIT_ROW = (
    FormField("unit_id", "Identifier in a tracking system", "5.12"),
    FormField("nameplate_mw", "Nameplate", "5.12", "number", unit="MW"),
    FormField("technology", "Technology or fuel", "5.12"),
    FormField("location", "Place", "3.10"),
    FormField("metering", "Meter or estimator", "5.12"),
)

AGGREGATE = Section(
    "aggregate",
    "Units of an aggregate",
    "3.10",
    (FormField("units", "Unit", "3.10", "rows", fields=UNIT_ROW),),
    "Only for several small units under one application: each below 0.150 MW, together below 1.0 MW.",
    types=RENEWABLE,
)

REGISTRY = Section(
    "registry",
    "Registries of certificates",
    "3.11",
    (
        FormField("registry", "Registry", "3.11"),
        FormField("registry_id", "Identifier there", "3.11"),
        FormField(
            "certificates_issued",
            "Renewable or efficiency certificates are issued for the same MWh",
            "3.11",
            "yes_no",
            help="Not a ground for denial (programme rule 2.10).",
        ),
    ),
)

CONSENT = Section(
    "consent",
    "Promises and consents",
    "3.12",
    (
        FormField(
            "only_this_programme", "This application went to this programme only, and nobody else applied for this resource", "3.7", "checkbox", needed=True
        ),
        FormField("registered_elsewhere", "Another programme in which it is registered", "2.9"),
        FormField(
            "counted_by_a_state",
            "A state counts these MWh itself, under a state measures plan without ERC trading",
            "2.29",
            "checkbox",
            help="Such MWh earn no ERCs.",
        ),
        FormField("consent_to_inspection", "We consent to inspection and audit", "3.12", "checkbox", needed=True),
        FormField("consent_to_publication", "We consent to publication of these documents", "3.12", "checkbox", needed=True),
        FormField(
            "workforce_evidence",
            "Evidence of a skilled workforce",
            "3.14",
            "textarea",
            help="Certificates or registered apprenticeships, where the state plan asks.",
        ),
    ),
    "The certification itself is signed when you submit (programme rule 1.16).",
)

UNAVAILABLE = Section(
    "unavailable",
    "What cannot be had",
    "3.3",
    (
        FormField(
            "unavailable",
            "Item that cannot be had",
            "3.3",
            "rows",
            fields=(FormField("item", "Item of the checklist", "3.3", "select"), FormField("reason", "Why it cannot be had", "3.3")),
            help="The state may deny the application as incomplete; stating a gap lets you submit and be told so.",
        ),
    ),
)

APPLICATION_FORM: Form = (
    CONTACT,
    RESOURCE,
    PLACE,
    GENERATOR,
    DATES,
    METERS,
    PROJECTION,
    DELIVERY,
    FUEL,
    AGGREGATE,
    REGISTRY,
    CONSENT,
    UNAVAILABLE,
)

PAPERS = kinds_of(
    "proof_of_installation",
    "interconnection",
    "nameplate",
    "uprate_permit",
    "ownership",
    "delivery_contract",
    "dispatch_proof",
    "emv_plan",
    "evidence",
)
"""What a provider may attach; the programme itself writes the form, the verification report, letters and certificates."""
