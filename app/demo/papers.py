"""The words of the demonstration: each generator's own application, EM&V plan, evidence, readings and findings, made from its row of the file.

Every document says what was made of the data: the year that was shifted, and the year on-line that is read as 1 January.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.demo.generators import Generator, months, shift
from app.eligibility.criteria import RESOURCE_TYPES
from app.eligibility.queries import PLAN_FORM
from app.mv_reports.readings import COLUMNS
from app.mv_reports.reasonableness import SETTLEMENT
from app.verifiers.actions import ReportFinding
from app.verifiers.independence import APPLICATION, MV_REPORT, criteria_for

FIRST_INSTALL_YEAR = 2013
HOURS_A_YEAR = 8760
PROJECTED_SHARE = Decimal("0.25")
NEVER_ELIGIBLE = frozenset({"STO", "FOS", "WTE", "WHP-Z"})


@dataclass(frozen=True)
class Plant:
    """What the plant file knows of a plant: owner and place."""

    owner: str
    latitude: str
    longitude: str


@dataclass(frozen=True)
class Case:
    """One generator as the demonstration applies for it."""

    generator: Generator
    plant: Plant
    vintage_year: int
    feedstocks: frozenset[str]

    @property
    def note(self) -> str:
        return shift(self.vintage_year)

    @property
    def meter_id(self) -> str:
        """The meter's name tells where its readings come from."""
        plain = "".join(letter if letter.isalnum() else "-" for letter in self.generator.generator_id)[:20]
        return f"{self.generator.oris_plant_code}-{plain}-eGRID2016-as-{self.vintage_year}"

    @property
    def projected_mwh(self) -> Decimal:
        """The published generation, or a quarter of nameplate times hours where none above 0 is published."""
        if self.generator.reports and self.generator.generation_mwh is not None:
            return self.generator.generation_mwh
        return ((self.generator.nameplate_mw or Decimal(0)) * HOURS_A_YEAR * PROJECTED_SHARE).quantize(Decimal(1))


def application_facts(case: Case) -> dict[str, Any]:
    """The answers of the application's form."""
    one = case.generator
    given = one.generation_mwh is not None and one.reports
    how = (
        "The net generation published for 2016 is expected every year."
        if given
        else "Nameplate × 8,760 hours × 25 %, as the file publishes no generation above 0."
    )
    return {
        "name": one.name,
        "type_code": one.type_code,
        "issuing_state": one.state,
        "description": f"{described(one)}. {case.note}",
        "technology": RESOURCE_TYPES[one.type_code].title,
        "owner": case.plant.owner,
        "operator": case.plant.owner,
        "address": f"{one.plant_name}, {one.state}",
        "host_state": one.state,
        "host_kind": "rate_based",
        "latitude": case.plant.latitude,
        "longitude": case.plant.longitude,
        "oris_plant_code": one.oris_plant_code,
        "generator_id": one.generator_id,
        "prime_mover": one.prime_mover,
        "fuel": one.fuel,
        "nameplate_mw": one.nameplate_mw,
        "storage": one.type_code == "STO",
        "fossil": one.type_code == "FOS",
        "installed_on": one.installed_on,
        "date_note": "the file gives the year on-line only; it is read as 1 January" if one.installed_on else "the file gives no year on-line",
        "first_mwh_on": date(case.vintage_year, 1, 1),
        "grid_connected": True,
        "revenue_meter": True,
        "only_this_programme": True,
        "projected_annual_mwh": case.projected_mwh,
        "life_years": Decimal(20),
        "projection_method": f"{how} {case.note}",
        **fuel_facts(one),
        "consent_to_inspection": True,
        "consent_to_publication": True,
        "unavailable": unavailable(one),
    }


def described(one: Generator) -> str:
    size = f"{one.nameplate_mw:,f} MW" if one.nameplate_mw is not None else "a nameplate that the file leaves blank"
    return (
        f"Generator {one.generator_id} of {one.plant_name} (plant {one.oris_plant_code}), {one.fuel_name}, prime mover {one.prime_mover or 'not given'}, {size}"
    )


def fuel_facts(one: Generator) -> dict[str, Any]:
    if one.type_code not in {"BIO", "WTE"}:
        return {}
    facts = {"feedstock": one.fuel, "plan_citation": "The list of feedstocks of the state plan"}
    if one.type_code == "WTE":
        facts |= {
            "share_method": "as the state plan would state it",
            "sampling_plan": "Quarterly sampling of the waste as delivered, sorted and weighed.",
            "waste_hierarchy": "Only waste that is left after reduction, reuse, recycling and composting is burned.",
        }
    return facts


def unavailable(one: Generator) -> list[dict[str, str]]:
    """What the file does not give: stated, so that the application can be submitted and the state can say what is missing."""
    gaps = []
    if one.installed_on is None:
        gaps.append({"item": "installed_on", "reason": "The generator file gives no year on-line."})
    if one.nameplate_mw is None:
        gaps.append({"item": "nameplate_mw", "reason": "The generator file gives no nameplate capacity."})
    if one.type_code == "WHP-Z":
        gaps.append({"item": "proof_of_zero_fuel", "reason": "The generator file has no proof that no extra fuel is burned."})
    return gaps


def plan_statements(case: Case) -> dict[str, Any]:
    """The EM&V plan: what this generator's type is asked for, in its own words."""
    own = {
        "resource_identified": f"{described(case.generator)}.",
        "quantification_method": f"Net generation at the busbar, read monthly from the revenue meter {case.meter_id} and summed over the year. {case.note}",
        "plan_criteria": "Section by section as the state plan lists them; net MWh only, nothing estimated.",
        "protocols": "ANSI C12.20 for the meter's accuracy class; monthly settlement data as reported on form EIA-923.",
        "double_counting": f"The MWh of plant {case.generator.oris_plant_code} generator {case.generator.generator_id} are reported to this programme only.",
        "report_every_months": Decimal(12),
        "measurement": f"Continuously, by the revenue-quality meter {case.meter_id}, net of station use.",
        "meter_and_place": f"Bidirectional revenue meter {case.meter_id} at the point of interconnection of {case.generator.plant_name}.",
        "data_path": "The operator of the control area reads the meter monthly, in settlement; the readings go unchanged into the CSV file of the M&V report.",
        "feedstock_records": f"Deliveries of {case.generator.fuel_name} are measured daily; heating values monthly; records are kept for ten years.",
    }
    fields = [field for group in PLAN_FORM if group.is_for(case.generator.type_code) for field in group.fields]
    needed = [field for field in fields if field.is_needed_by(case.generator.type_code)]
    return {field.name: own.get(field.name) or f"{field.label}: as the state plan asks, for {case.generator.name}." for field in needed}


def installation_proof(case: Case) -> str:
    one = case.generator
    words = (
        f"on-line in {one.year_on_line}, read as 1 January {one.year_on_line}"
        if one.year_on_line
        else "no year on-line: the file leaves it blank, so no day can be proved"
    )
    return _page(
        "PROOF OF INSTALLATION DATE", case, [f"EPA eGRID2016, table GEN16, line {one.line} of the file: {described(one)}.", f"The file says: {words}."]
    )


def interconnection(case: Case) -> str:
    one = case.generator
    words = f"{one.plant_name} (plant {one.oris_plant_code}) delivers to the grid of {one.state}; generator {one.generator_id} is metered where it connects."
    return _page("INTERCONNECTION", case, [words])


def installation_evidence(case: Case) -> str:
    one = case.generator
    lines = [
        f"{described(one)} stands as described in the application.",
        f"Net generation published for 2016: {one.generation_mwh or 0:,f} MWh (line {one.line} of the file).",
        f"The twelve rows of meter {case.meter_id} add up to that number exactly.",
    ]
    return _page("EVIDENCE FOR THE M&V REPORT", case, lines)


def meter_csv(case: Case) -> str:
    """Twelve rows that add up to the published MWh."""
    rows = [f"{case.meter_id},{month},{mwh:f}" for month, mwh in months(case.generator.generation_mwh or Decimal(0), case.vintage_year)]
    return "\n".join([",".join(COLUMNS), *rows]) + "\n"


def report_facts(case: Case) -> dict[str, Any]:
    biomass = case.generator.type_code in {"BIO", "WTE"}
    return {
        "methods_applied": f"Net generation was read monthly from meter {case.meter_id} and summed, as the EM&V plan says. {case.note}",
        "data_source": SETTLEMENT,
        "meter_reader": f"The operator of the control area of {case.generator.state}, in settlement",
        "eligibility_continued": True,
        "not_duplicated": True,
        "installation_evidence": f"The papers of the application for {case.generator.name}: installation and interconnection; nothing was changed since.",
        **({"co2_report": "The generator file publishes no CO2; the plant reports its total and biogenic CO2 each year."} if biomass else {}),
    }


def _page(title: str, case: Case, lines: list[str]) -> str:
    head = [title, "=" * len(title), f"{case.generator.name}, {case.generator.state}", f"Owner: {case.plant.owner}", ""]
    return "\n".join([*head, *lines, "", case.note]) + "\n"


def application_finding(case: Case) -> ReportFinding:
    """What the verifier found on the application: honest on the date and the type, positive only when all holds."""
    one = case.generator
    new = one.year_on_line is not None and one.year_on_line >= FIRST_INSTALL_YEAR
    fits = one.type_code not in NEVER_ELIGIBLE and (one.type_code != "BIO" or one.fuel in case.feedstocks)
    said = {
        "INSTALL_DATE": (new, f"Year on-line in the file: {one.year_on_line or 'blank'}; read as 1 January."),
        "TYPE": (fits, f"{one.fuel_name}, prime mover {one.prime_mover}: {RESOURCE_TYPES[one.type_code].title}."),
    }
    findings = [_finding(row.code, row.words, said) for row in criteria_for(APPLICATION, one.type_code)]
    holds = all(row["passed"] for row in findings)
    words = "The application meets what the rule asks." if holds else "The application does not meet what the rule asks; the findings say where."
    return ReportFinding(
        opinion="positive" if holds else "negative",
        opinion_words=f"{words} {case.note}",
        findings=findings,
        sites_reviewed=f"Desk review of plant {one.oris_plant_code}, {one.plant_name}",
        sampled_evidence=f"Line {one.line} of EPA's eGRID2016 generator file; proof of installation; interconnection papers.",
        attested=True,
        true_and_complete=True,
    )


def report_finding(case: Case) -> ReportFinding:
    """What the verifier found on the M&V report: the rows add up to what is published."""
    one = case.generator
    mwh = one.generation_mwh or Decimal(0)
    said = {"VERIFIED_MWH": (True, f"{mwh:,f} MWh, the sum of the twelve rows of meter {case.meter_id}; no adjustment.")}
    return ReportFinding(
        opinion="positive",
        opinion_words=f"{mwh:,f} MWh of {case.vintage_year} are verified for {one.name}. {case.note}",
        findings=[_finding(row.code, row.words, said) for row in criteria_for(MV_REPORT, one.type_code)],
        sites_reviewed=f"Desk review of plant {one.oris_plant_code}, {one.plant_name}",
        sampled_evidence=f"All twelve rows against line {one.line} of EPA's eGRID2016 generator file.",
        discrepancies="None.",
        verified_mwh=mwh,
        attested=True,
        true_and_complete=True,
    )


def _finding(code: str, words: str, said: dict[str, tuple[bool, str]]) -> dict[str, Any]:
    passed, own = said.get(code, (True, f"Reviewed and found so: {words[:1].lower()}{words[1:]}."))
    return {"code": code, "passed": passed, "words": own}
