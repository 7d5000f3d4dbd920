"""Which words the events of affected EGUs promise (rules 8.10, 12.12)."""

from app.promises import Say, told

WORDS: dict[str, Say] = {
    "affected_egu.register": told("Affected EGU registered", "The unit is entered under your compliance account.", account="Account"),
    "emissions_record.file": told("Emissions record filed", "The record was filed with its evidence.", year="Year", net_generation_mwh="Net MWh"),
    "emissions_record.withdraw": told("Emissions record withdrawn", "The representative withdrew the record.", reasons="Reasons"),
    "surrender.surrender": told(
        "ERCs surrendered",
        "The ERCs were given up for the named unit and compliance period, for good.",
        quantity="ERCs",
        serials="Serials",
        unit="Unit",
        period="Period",
    ),
}
