"""The first sentence of a trace, in words that a person without the rule understands, and what must be said before it."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from app.amounts import day_in_words
from app.eligibility.criteria.resource_types import is_savings
from app.state_plan import DEFAULTS
from app.testimony import where_now

Row = Mapping[Any, Any]

CAUSES = {
    "clerical": "a clerical error",
    "calculation": "an error in the calculation",
    "data": "an error in the data",
    "ineligible_resource": "a resource that was not eligible",
    "duplicate": "ERCs issued twice for the same MWh",
    "fraud": "fraud",
}


def zone_of(papers: Row) -> str:
    """The issuing state's zone: in it stands every day and time that a reader of the trace meets."""
    return str(papers["time_zone"] or DEFAULTS["time_zone"])


def sentence(serial: str, quantity: int, block: Row, papers: Row, lines: Sequence[Row]) -> str:
    """What this ERC is, who made it, when it was issued, and where it is now."""
    one = quantity == 1
    subject = f"ERC {serial} is one megawatt-hour" if one else f"The {quantity:,} ERCs {serial} are {quantity:,} megawatt-hours"
    they, are = ("It", "is") if one else ("They", "are")
    issued_on = papers["issued_at"].astimezone(ZoneInfo(zone_of(papers))).date()
    issued = f"{they} {'was' if one else 'were'} issued on {day_in_words(issued_on)} by the state of {block['issuing_state']}"
    return f"{subject} {_origin(papers, block['vintage_year'])}. {issued} and {are} now {_present(block, lines)}."


def _origin(papers: Row, vintage_year: int) -> str:
    if papers["report_id"] is None:
        return f"credited to {papers['plant_name']} unit {papers['unit_id']} for emitting less than its standard in {vintage_year}"
    verb = "saved" if is_savings(papers["type_code"]) else "generated"
    return f"{verb} by {papers['resource_name']} in {vintage_year}"


def _present(block: Row, lines: Sequence[Row]) -> str:
    last = lines[-1] if lines else {}
    return where_now(block["status"], f"{block['account_kind']} account of {block['holder_organisation']}", last, str(last.get("from_organisation")))


def notices_of(block: Row, lines: Sequence[Row], papers: Row) -> list[dict[str, Any]]:
    """What a reader must know first: a hold or cancellation with its public reason, a resource that lost its qualification (rule 14.7)."""
    found = []
    if block["status"] in {"cancelled", "held"}:
        found.append(_notice(block["status"], next((line for line in reversed(lines) if line["status_after"] == block["status"]), None)))
    if papers["resource_status"] in {"suspended", "revoked"}:
        words = f"The qualification of {papers['resource_name']} is {papers['resource_status']}. ERCs issued before keep their status (programme rule 13.7)."
        found.append({"status": papers["resource_status"], "at": papers["status_since"], "words": words})
    return found


def _notice(status: str, line: Row | None) -> dict[str, Any]:
    reason = f" The state's reason: {line['reason']}" if line and line["reason"] else ""
    cause = f" because of {CAUSES[line['cause']]}" if line and line["cause"] else ""
    words = "Cancelled" if status == "cancelled" else "Held while the state looks into it"
    end = "It is not valid." if status == "cancelled" else "It cannot move until the hold is lifted."
    return {"status": status, "at": line["recorded_at"] if line else None, "words": f"{words}{cause}. {end}{reason}"}
