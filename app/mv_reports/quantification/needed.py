"""Which figures a report of each resource type brings beside its meter rows, so that its MWh can be computed again (rule 5.18a).

The form of a report is made from this table, what is typed is checked against it, and `figures_of_year` hands it to the formulas of section 2.B.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from app.mv_reports.quantification.figures import WORDS, DemandEvent, Figures, FuelMonth, WasteShareMethod

RULE = "5.18a"
Kind = Literal["number", "yes_no", "choice", "words"]


@dataclass(frozen=True, slots=True)
class Needed:
    """One figure of the form. `required` is said beside the field; what a formula cannot do without is refused at submission in any case."""

    name: str
    label: str
    rule: str
    kind: Kind = "number"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


def number(name: str, rule: str, required: bool = False) -> Needed:
    words = WORDS[name]
    return Needed(name, words[:1].upper() + words[1:], rule, "number", required)


def words(name: str, label: str, rule: str = RULE) -> Needed:
    """What the rule asks to be told, in words; no formula reads it."""
    return Needed(name, label, rule, "words")


STATE_LOSS = tuple(number(name, "4.13") for name in ("state_losses_mwh", "state_supply_mwh", "state_direct_use_mwh", "state_loss_share"))
EIA_YEAR = words("eia_table_year", "Year of the published state electricity profile used", "4.13")
ON_SITE = (number("on_site_mwh", "5.17"), *STATE_LOSS, EIA_YEAR)
UPRATE = (number("capacity_before_mw", "2.13", True), number("capacity_after_mw", "2.13", True))
HEAT = (
    number("fuel_mmbtu", "2.19", True),
    number("fuel_ef_lb_per_mmbtu", "2.19", True),
    number("useful_thermal_mmbtu", "2.19", True),
    number("boiler_efficiency", "2.19"),
    number("uncounted_co2_lb", "2.20"),
    words("co2_monitoring_tier", "CO2 monitoring tier"),
)
WASTE = (
    Needed("new_facility", "The facility is new after 2012", "2.18", "yes_no"),
    number("capacity_before_mw", "2.18"),
    number("capacity_after_mw", "2.18"),
    Needed(
        "waste_share_method",
        "Method for the biogenic share, as the plan states it",
        "2.17",
        "choice",
        False,
        (
            ("", "As the plan states"),
            ("weight", "By weight"),
            ("sampling", "By sampling"),
            ("co2_ratio", "By the CO2 ratio"),
            ("energy", "By energy"),
        ),
    ),
    *(number(name, "2.17") for name in ("biogenic_mass_fraction", "biogenic_co2_share", "biogenic_energy_share")),
    *(
        number(name, "2.17")
        for name in (
            "hhv_biogenic_btu_per_lb",
            "hhv_fossil_btu_per_lb",
            "ef_biogenic_lb_per_mmbtu",
            "ef_fossil_lb_per_mmbtu",
        )
    ),
    words("sampling", "Sampling or test results behind the share"),
)
MEASURES = (
    *STATE_LOSS,
    EIA_YEAR,
    words("measures_counted", "Measures counted"),
    words("sample_sizes", "Sample sizes, confidence and precision"),
    words("remaining_life", "Remaining life of the measures"),
)
CONTRACT = (number("contract_mwh", "2.8"), words("contract_id", "Contract under which the MWh were delivered", "5.6"))

OF_TYPE: dict[str, tuple[Needed, ...]] = {
    **dict.fromkeys(("WND", "SOL", "GEO", "HYD-N", "WAV", "TID"), ON_SITE),
    "HYD-U": (*UPRATE, *ON_SITE),
    "NUC-U": UPRATE,
    "BIO": (number("qualifying_fuel_share", "2.16"), *ON_SITE),
    "WTE": WASTE,
    "CHP": (*HEAT, *ON_SITE),
    "WHP-B": HEAT,
    "EE": MEASURES,
    "WAT": MEASURES,
    "DSM": (words("no_shift_evidence", "Evidence that demand was avoided and not moved", "2.22"),),
    "T&D": (words("feeders", "Feeders"), words("voltages", "Voltages"), words("line_method", "Method")),
}

FUEL_MONTHS_OF = frozenset({"BIO"})
EVENTS_OF = frozenset({"DSM"})
SAVED_BY_ROWS = frozenset({"EE", "WAT", "T&D"})
"""Types whose rows are MWh saved, by measure or line and month, and not MWh generated."""


def needed(type_code: str) -> tuple[Needed, ...]:
    """The figures of a type, with those of a delivery contract, which any type may have (rules 2.8, 5.6)."""
    return (*OF_TYPE.get(type_code, ()), *CONTRACT)


def needs_rows(type_code: str) -> bool:
    """Whether the report rests on an attached file of readings; demand-side management rests on its events."""
    return type_code not in EVENTS_OF


def wrong_figures(type_code: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything in one year's figures that the form does not know or that is not a number: (name, what is wrong)."""
    known = {one.name: one for one in needed(type_code)}
    for name, value in given.items():
        if name == "fuel_months" and type_code in FUEL_MONTHS_OF:
            yield from wrong_rows(name, value, ("generation_mwh", "qualifying_share", "other_share"))
        elif name == "demand_events" and type_code in EVENTS_OF:
            yield from wrong_rows(name, value, ("reduced_mw", "hours"))
        elif name not in known:
            yield name, f"is no figure of this resource type ({type_code}); leave it out"
        elif known[name].kind == "number" and not is_number(value):
            yield name, f'"{value}" is not a number; write it as 1234.5'


def wrong_rows(name: str, rows: Any, columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for index, row in enumerate(rows):
        for column in columns:
            if not is_number(row.get(column)):
                yield f"{name}-{index}-{column}", "is not a number; write it as 1234.5"


def is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def figures_of_year(type_code: str, rows_mwh: Decimal | None, given: Mapping[str, Any], plan: Mapping[str, Any]) -> Figures:
    """The figures of one vintage year: the sum of its rows, what the report brings, and what the plan states itself (which goes before)."""
    typed: dict[str, Any] = {one.name: Decimal(str(given[one.name])) for one in needed(type_code) if one.kind == "number" and given.get(one.name) is not None}
    if type_code in SAVED_BY_ROWS:
        typed["saved_mwh"] = rows_mwh
    elif type_code not in EVENTS_OF:
        typed["metered_mwh"] = rows_mwh
    if type_code in {"CHP", "WHP-B"}:
        typed["reference_rate_lb_per_mwh"] = plan.get("reference_rate_lb_per_mwh")
        if plan.get("boiler_efficiency") is not None:
            typed["boiler_efficiency"] = Decimal(str(plan["boiler_efficiency"]))
    if type_code == "WTE":
        method = plan.get("wte_share_method") or given.get("waste_share_method")
        typed["waste_share_method"] = WasteShareMethod(method) if method in set(WasteShareMethod) else None
        typed["new_facility"] = given.get("new_facility") is True
    months = tuple(fuel_month(row) for row in given.get("fuel_months", ()))
    events = tuple(DemandEvent(str(row["words"]), Decimal(str(row["reduced_mw"])), Decimal(str(row["hours"]))) for row in given.get("demand_events", ()))
    return Figures(**typed, fuel_months=months, demand_events=events)


def fuel_month(row: Mapping[str, Any]) -> FuelMonth:
    shares = Decimal(str(row["qualifying_share"])), Decimal(str(row["other_share"]))
    return FuelMonth(str(row["month"]), Decimal(str(row["generation_mwh"])), *shares)
