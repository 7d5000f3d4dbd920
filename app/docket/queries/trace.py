"""The trace of an ERC: from its serial to the resource, application, EM&V plan, M&V report, verification, decision and every holder since.

It answers rules 14.1 to 14.7 and 9.19 without login and with proof; for an affected EGU's ERC the emissions record stands in place of
application, plan and report. One serial costs nine SELECTs, whatever the number of blocks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from sqlalchemy.orm import Session

from app.db import fetched, now
from app.docket.queries import behind, histories, statements
from app.docket.queries.sentences import notices_of, sentence, zone_of
from app.erc_tcs.serials import SerialMalformed, SerialRange, parse_serial
from app.errors import Invalid, NotFound, SerialWrong
from app.people import Actor
from app.public_log import proof_of
from app.record import Event

Row = Mapping[str, Any]

MOST_PARTS = 200
"""A range that lies in more blocks than this is asked for in smaller ranges: each part repeats the whole chain."""


def trace(session: Session, serial_text: str, actor: Actor) -> dict[str, Any]:
    """The trace of one ERC, or of a range with its `parts`.

    It is the public record, the same for everybody; only those who may read a confidential document see that it exists.
    Raises SerialWrong (422) for text that is no serial and for parts that disagree with the sequence, NotFound for an unknown sequence.
    """
    asked = read_serial(serial_text)
    if asked.first == asked.last:
        return _parts(session, actor, [_block_at(session, asked)], asked)[0]
    blocks = _blocks_in(session, asked)
    parts = _parts(session, actor, blocks, asked)
    return {
        "serial": str(asked),
        "quantity": asked.quantity,
        "vintage_year": asked.vintage_year,
        "issuing_state": asked.state,
        "time_zone": parts[0]["time_zone"],
        "by_status": [{"status": status, "ercs": ercs} for status, ercs in _by_status(parts).items()],
        "path": f"/ercs/{asked}",
        "parts": parts,
    }


def read_serial(text: str) -> SerialRange:
    """The serial as typed. Raises SerialWrong with what a serial looks like."""
    try:
        return parse_serial(text)
    except SerialMalformed as error:
        raise SerialWrong(str(error), rule="9.6", what_to_do="Copy the serial whole, or search for the resource or plant.") from error


def _block_at(session: Session, asked: SerialRange) -> Row:
    row: Row | None = next(iter(fetched(session, statements.BLOCK_AT, {"sequence": asked.first})), None)
    if row is None or row["last_sequence"] < asked.first:
        raise NotFound(f"No ERC has the sequence {asked.first:09d}.", rule="9.6", what_to_do="Compare the serial with the one that you were given.")
    _demand_agreement(asked, row)
    return row


def _blocks_in(session: Session, asked: SerialRange) -> list[Row]:
    rows = fetched(session, statements.BLOCKS_IN, {"first": asked.first, "last": asked.last, "most": MOST_PARTS + 1})
    if not rows or rows[0]["first_sequence"] > asked.first:
        raise NotFound(f"No ERC has the sequence {asked.first:09d}.", rule="9.6", what_to_do="Compare the range with the one that you were given.")
    if len(rows) > MOST_PARTS:
        reached = rows[MOST_PARTS - 1]["last_sequence"]
        raise Invalid(
            f"This range lies in more than {MOST_PARTS} pieces, each with its own history.",
            what_to_do=f"Ask for a smaller range first, such as {asked.between(asked.first, reached)}.",
        )
    issued = [row for row in rows if row["issuance_id"] == rows[0]["issuance_id"]]
    if rows[-1]["last_sequence"] < asked.last or len(issued) < len(rows):
        right = _serial(rows[0], asked.first, issued[-1]["last_sequence"])
        raise SerialWrong(f"The range {asked} reaches beyond what was issued together: {right} ends there.", rule="9.6", what_to_do=f"Ask for {right}.")
    _demand_agreement(asked, rows[0])
    return rows


def _demand_agreement(asked: SerialRange, row: Row) -> None:
    """The sequence alone identifies an ERC; the other parts must say the same (rule 9.6)."""
    right = _serial(row, asked.first, asked.last)
    if right != asked:
        raise SerialWrong(f"The sequence {asked.first:09d} belongs to {right}, not to {asked}.", rule="9.6", what_to_do=f"Look at {right}.")


def _serial(row: Row, first: int, last: int) -> SerialRange:
    return SerialRange(first, last, row["issuing_state"], row["vintage_year"], row["origin_code"], row["basis_code"])


def _parts(session: Session, actor: Actor, blocks: Sequence[Row], asked: SerialRange) -> list[dict[str, Any]]:
    """The asked pieces with all that stands behind them; the chain is read once, for all pieces come from one issuance."""
    (papers,) = fetched(session, statements.PAPERS_BEHIND, {"issuance_id": blocks[0]["issuance_id"], "today": now().date()})
    lines = fetched(session, statements.LEDGER_LINES, {"first": asked.first, "last": asked.last})
    matter_ids = [papers[name] for name in ("application_id", "report_id", "record_id", "issuance_id") if papers[name]]
    verifications = fetched(session, statements.VERIFICATIONS, {"matter_ids": matter_ids}) if papers["report_id"] else []
    documents = fetched(session, statements.DOCUMENTS, {"matter_ids": matter_ids})
    events = _events(session, [*matter_ids, *{line["transaction_id"] for line in lines}], papers["resource_id"])
    chain = behind.chain(papers, verifications, behind.documents(documents, actor))
    proof = proof_of(session, events)
    return [_part(block, asked, Behind(papers, lines, events, chain, proof)) for block in blocks]


@dataclass(frozen=True)
class Behind:
    """What stands behind every piece of one issuance, read once."""

    papers: Row
    lines: Sequence[Row]
    events: Sequence[Event]
    chain: dict[str, Any]
    proof: dict[str, Any]


def _part(block: Row, asked: SerialRange, behind_it: Behind) -> dict[str, Any]:
    papers, lines, proof = behind_it.papers, behind_it.lines, behind_it.proof
    first, last = max(block["first_sequence"], asked.first), min(block["last_sequence"], asked.last)
    serial = str(_serial(block, first, last))
    own_lines = [line for line in lines if line["first_sequence"] <= last and line["last_sequence"] >= first]
    own_events = histories.events_of_lines(behind_it.events, own_lines, {line["transaction_id"] for line in lines})
    return {
        "serial": serial,
        "quantity": last - first + 1,
        "vintage_year": block["vintage_year"],
        "status": block["status"],
        "status_since": block["since"],
        "issuing_state": block["issuing_state"],
        "time_zone": zone_of(papers),
        "words": sentence(serial, last - first + 1, block, papers, own_lines),
        "notices": notices_of(block, own_lines, papers),
        "holder": {"account_number": block["account_number"], "kind": block["account_kind"], "organisation": block["holder_organisation"]},
        **behind_it.chain,
        "decisions": histories.decisions(own_events, papers),
        "history": histories.of_serial(own_lines, own_events, {entry["event"]["id"] for entry in proof["events"]}),
        "proof": proof,
        "path": f"/ercs/{serial}",
    }


def _events(session: Session, ids: list[UUID], resource_id: UUID | None) -> list[Event]:
    """The events of the papers, the decisions and the movements, and what was decided on the resource's qualification."""
    asked = {"ids": ids, "resource_id": resource_id, "unspoken": list(histories.UNSPOKEN)}
    return fetched(session, statements.EVENTS, asked, class_row(statements.EventRow))


def _by_status(parts: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        found[part["status"]] = found.get(part["status"], 0) + part["quantity"]
    return found
