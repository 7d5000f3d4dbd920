"""Which words the events of affected EGUs promise (rules 8.10, 10.8, 12.11, 12.12)."""

from app.promises import Say, told

WORDS: dict[str, Say] = {
    "affected_egu.register": told("Affected EGU registered", "The unit is entered under your compliance account.", account="Account"),
    "affected_egu.change": told("Unit's data changed", "What is kept of the unit is entered anew.", changes="Before and after"),
    "retired_unit_exemption.file": told(
        "Retired-unit exemption",
        "For years through which the unit is retired nothing is reported or owed; what was due before remains.",
        retired_on="Retired on",
    ),
    "retired_unit_exemption.lose": told(
        "Exemption lost", "The unit runs again; it reports and owes like any other.", lost_on="Ran again on", reasons="Reasons"
    ),
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
    "named_serials.name": told("Serials named", "They are deducted first for the unit and period.", serials="Serials", unit="Unit", period="Period"),
    "deduction.deduct": told(
        "Deduction for a compliance period",
        "After the deadline the state deducted what the units of the account still owed. What is missing is reported to the state.",
        period="Period",
        quantity="ERCs deducted",
        report="Unit by unit",
    ),
    "affected_egu.warn": told(
        "Too few ERCs before the deadline",
        "The unit would not meet its standard with every usable ERC of its account. Bring ERCs into the account and surrender them before the deadline.",
        period="Period",
        missing="ERCs missing",
        deadline_on="Deadline",
    ),
}
