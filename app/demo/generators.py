"""Reads a generator file in the form of EPA's eGRID2016 table GEN16, as published, and says as what each generator would be applied for.

Numbers stand as published: thousands separators, blanks, negatives. Nothing here decides on eligibility: the programme's own tests do (rules 2.1 to
2.29). The file's generation is of 2016, before the programme's first year; `SHIFT` says in every document what the demonstration makes of it.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

DATA_YEAR = 2016
STORAGE_MOVERS = frozenset({"PS", "BA", "FW"})
STORAGE_FUEL = "MWH"
TYPE_OF_FUEL = {"SUN": "SOL", "WND": "WND", "GEO": "GEO", "WAT": "HYD-N", "NUC": "NUC-N", "WH": "WHP-Z"}
WASTE_FUELS = frozenset({"MSW", "MSB"})
BIOGENIC_FUELS = frozenset({"AB", "BLQ", "DG", "LFG", "OBG", "OBL", "OBS", "SLW", "WDL", "WDS"})
COLUMNS = ("state", "plant_name", "oris_plant_code", "generator_id", "prime_mover", "primary_fuel", "nameplate_mw", "net_generation_mwh_2016", "year_on_line")
FUEL_NAMES = {
    "AB": "agricultural by-products",
    "BLQ": "black liquor",
    "GEO": "geothermal",
    "LFG": "landfill gas",
    "MSW": "municipal solid waste",
    "NUC": "nuclear",
    "OBG": "other biomass gas",
    "SLW": "sludge waste",
    "SUN": "solar",
    "WAT": "water",
    "WDS": "wood and wood waste",
    "WH": "waste heat",
    "WND": "wind",
}


class FileRefused(Exception):
    """The file cannot be read; the words name the line and what to do."""


@dataclass(frozen=True)
class Generator:
    """One row of the file. None is a blank in the file; `line` counts from 1, the header's."""

    line: int
    state: str
    plant_name: str
    oris_plant_code: str
    generator_id: str
    prime_mover: str
    fuel: str
    nameplate_mw: Decimal | None
    generation_mwh: Decimal | None
    year_on_line: int | None

    @property
    def key(self) -> tuple[str, str]:
        """Plant and generator, which together are unique in a state."""
        return self.oris_plant_code, self.generator_id

    @property
    def name(self) -> str:
        return f"{self.plant_name}, generator {self.generator_id}"

    @property
    def type_code(self) -> str:
        """The type under which it is applied for (rules section 2.B)."""
        if self.prime_mover in STORAGE_MOVERS or self.fuel == STORAGE_FUEL:
            return "STO"
        if self.fuel in WASTE_FUELS:
            return "WTE"
        if self.fuel in BIOGENIC_FUELS:
            return "BIO"
        return TYPE_OF_FUEL.get(self.fuel, "FOS")

    @property
    def fuel_name(self) -> str:
        return f"{FUEL_NAMES[self.fuel]} ({self.fuel})" if self.fuel in FUEL_NAMES else self.fuel or "not given"

    @property
    def installed_on(self) -> date | None:
        """A year on-line is read as its 1 January."""
        return date(self.year_on_line, 1, 1) if self.year_on_line else None

    @property
    def reports(self) -> bool:
        """An M&V report is filed only for generation above 0."""
        return self.generation_mwh is not None and self.generation_mwh > 0


def shift(vintage_year: int) -> str:
    """What every document of the demonstration says about its year."""
    return (
        f"Demonstration: the net generation is that of {DATA_YEAR} as EPA's eGRID{DATA_YEAR} publishes it, shifted to {vintage_year}, because the"
        " programme credits no earlier year; the monthly rows divide it by the days of each month. A year on-line is read as its 1 January."
    )


def read(lines: Iterable[str], state: str, limit: int | None = None) -> list[Generator]:
    """The generators of one state, in the order of the file; the first `limit` of them. Raises FileRefused."""
    found = [one for one in _rows(lines) if one.state == state]
    return found if limit is None else found[:limit]


def _rows(lines: Iterable[str]) -> Iterator[Generator]:
    rows = csv.DictReader(lines)
    lacking = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if lacking:
        raise FileRefused(f"The file has no column {', '.join(lacking)}. It must have the form of data/egrid2016_generators.csv.")
    for row in rows:
        yield _generator(rows.line_num, {name: (row[name] or "").strip() for name in COLUMNS})


def _generator(line: int, row: dict[str, str]) -> Generator:
    return Generator(
        line=line,
        state=row["state"].upper(),
        plant_name=" ".join(row["plant_name"].split()),
        oris_plant_code=row["oris_plant_code"],
        generator_id=row["generator_id"],
        prime_mover=row["prime_mover"].upper(),
        fuel=row["primary_fuel"].upper(),
        nameplate_mw=number(row["nameplate_mw"], line, "nameplate_mw"),
        generation_mwh=number(row["net_generation_mwh_2016"], line, "net_generation_mwh_2016"),
        year_on_line=_year(row["year_on_line"], line),
    )


def number(text: str, line: int, column: str) -> Decimal | None:
    """A number as published: "2,935", "-12", "(12)" for a negative, and nothing for a blank. Raises FileRefused."""
    plain = text.replace(",", "").strip()
    if not plain:
        return None
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise FileRefused(f'Line {line}: {column} is "{text}", which is no number. Correct the line or take it out.') from None
    if not found.is_finite():
        raise FileRefused(f'Line {line}: {column} is "{text}", which is no number. Correct the line or take it out.')
    return found


def _year(text: str, line: int) -> int | None:
    found = number(text, line, "year_on_line")
    if found is None or found == 0:
        return None
    if found != int(found) or not 1800 <= found <= 2100:
        raise FileRefused(f'Line {line}: year_on_line is "{text}", which is no year. Correct the line or take it out.')
    return int(found)


def months(total_mwh: Decimal, year: int) -> list[tuple[str, Decimal]]:
    """Twelve monthly rows in proportion to the days of each month, which add up to the year exactly; whole MWh but for the last row."""
    days = [((date(year + month // 12, month % 12 + 1, 1)) - date(year, month, 1)).days for month in range(1, 13)]
    whole = int(total_mwh)
    rows = [(f"{year}-{month:02d}", Decimal(whole * of // sum(days))) for month, of in enumerate(days[:-1], 1)]
    rest = total_mwh - sum((mwh for _, mwh in rows), Decimal(0))
    return [*rows, (f"{year}-12", rest)]
