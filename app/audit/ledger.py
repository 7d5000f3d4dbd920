"""Blocks against issuances, accounts, holds, offers; the buffer against its events; sums against what was creditable (rules 1.6, 6.6, 9.2 to 9.8, 13.9)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit.problem import AT_ONCE, Problem, asked

OUTSIDE = """
    SELECT 'sequences ' || b.first_sequence || ' to ' || b.last_sequence AS subject
    FROM erc_block b JOIN issuance i ON i.id = b.issuance_id
    LEFT JOIN mv_report m ON m.id = i.mv_report_id LEFT JOIN resource r ON r.id = i.resource_id
    LEFT JOIN emissions_record e ON e.id = i.emissions_record_id LEFT JOIN affected_egu u ON u.id = e.egu_id
    WHERE i.first_sequence IS NULL OR b.first_sequence < i.first_sequence OR b.last_sequence > i.last_sequence
       OR b.issuing_state <> i.issuing_state OR b.vintage_year <> i.vintage_year
       OR b.origin_code <> coalesce('R' || lpad(r.number::text, greatest(6, length(r.number::text)), '0'), 'U' || u.oris_plant_code || '.' || u.unit_id)
       OR b.basis_code <> coalesce('M' || lpad(m.number::text, greatest(6, length(m.number::text)), '0'), 'EGU' || e.year)
"""
NOT_IN_BLOCKS = """
    SELECT 'issuance ' || i.id AS subject, i.ercs AS ercs, coalesce(sum(b.last_sequence - b.first_sequence + 1), 0)::bigint AS held
    FROM issuance i LEFT JOIN erc_block b ON b.issuance_id = i.id GROUP BY i.id
    HAVING i.ercs <> coalesce(sum(b.last_sequence - b.first_sequence + 1), 0)
"""
ISSUED_TWICE_OR_NEVER = """
    SELECT 'sequences from ' || started AS subject, expected, started FROM (
        SELECT first_sequence AS started, coalesce(lag(last_sequence) OVER (ORDER BY first_sequence, last_sequence), 0) + 1 AS expected
        FROM issuance WHERE first_sequence IS NOT NULL
    ) ranges WHERE started <> expected
"""
COUNTER = """
    SELECT 'serial counter' AS subject, c.next_sequence AS next, coalesce((SELECT max(last_sequence) FROM issuance), 0) + 1 AS expected
    FROM serial_counter c WHERE c.next_sequence <> coalesce((SELECT max(last_sequence) FROM issuance), 0) + 1
"""
GAPS = """
    SELECT 'sequences from ' || expected AS subject, expected, started FROM (
        SELECT first_sequence AS started, coalesce(lag(last_sequence) OVER (ORDER BY first_sequence), 0) + 1 AS expected FROM erc_block
    ) ranges WHERE started <> expected
"""
WRONG_ACCOUNT = """
    SELECT 'sequences ' || b.first_sequence || ' to ' || b.last_sequence AS subject, b.status AS status, a.account_kind AS kind
    FROM erc_block b JOIN account a ON a.id = b.account_id
    WHERE a.account_kind <> b.account_kind OR a.account_kind = 'origination'
       OR (b.status = 'surrendered') <> (a.account_kind = 'surrender') OR (b.status = 'retired') <> (a.account_kind = 'retirement')
       OR (b.status = 'cancelled') <> (a.account_kind = 'cancellation')
"""
HOLDS = """
    SELECT 'sequences ' || b.first_sequence || ' to ' || b.last_sequence AS subject, b.status AS status
    FROM erc_block b LEFT JOIN hold h ON h.id = b.hold_id LEFT JOIN offer o ON o.id = b.offer_id
    WHERE (b.status = 'held' AND (h.id IS NULL OR h.lifted_at IS NOT NULL)) OR (b.status = 'reserved' AND (o.id IS NULL OR o.state <> 'open'))
       OR (b.status NOT IN ('held') AND b.hold_id IS NOT NULL) OR (b.status <> 'reserved' AND b.offer_id IS NOT NULL)
"""
SURRENDERS = """
    SELECT 'surrender ' || s.id AS subject, s.quantity AS quantity, t.quantity AS moved, t.transaction_kind AS kind
    FROM surrender s JOIN erc_transaction t ON t.id = s.transaction_id WHERE s.quantity <> t.quantity OR t.transaction_kind <> 'surrender'
"""
ORPHANS = """
    SELECT 'transaction ' || t.number AS subject FROM erc_transaction t LEFT JOIN surrender s ON s.transaction_id = t.id
    WHERE t.transaction_kind = 'surrender' AND s.id IS NULL
"""
NOT_REOPENED = """
    SELECT 'surrender ' || s.id AS subject, gone.ercs AS gone, coalesce(cases.ercs, 0)::bigint AS reopened FROM surrender s
    JOIN (
        SELECT before.transaction_id, sum(least(before.last_sequence, c.last_sequence) - greatest(before.first_sequence, c.first_sequence) + 1)::bigint AS ercs
        FROM ledger_line c JOIN erc_transaction t ON t.id = c.transaction_id AND t.transaction_kind = 'cancel'
        JOIN ledger_line before ON before.status_after = 'surrendered'
          AND int8range(before.first_sequence, before.last_sequence, '[]') && int8range(c.first_sequence, c.last_sequence, '[]')
        WHERE c.status_before = 'surrendered' GROUP BY before.transaction_id
    ) gone ON gone.transaction_id = s.transaction_id
    LEFT JOIN (SELECT surrender_id, sum(invalid_ercs) AS ercs FROM reopened_case GROUP BY surrender_id) cases ON cases.surrender_id = s.id
    WHERE gone.ercs <> coalesce(cases.ercs, 0)
"""
BUFFERS = """
    WITH kept AS (
        SELECT i.mv_report_id AS report_id, sum(l.last_sequence - l.first_sequence + 1)::bigint AS ercs FROM account a
        JOIN ledger_line l ON l.to_account_id = a.id JOIN erc_transaction t ON t.id = l.transaction_id AND t.transaction_kind = 'issue'
        JOIN issuance i ON i.last_sequence = l.last_sequence AND i.account_id <> a.id AND i.issuing_state = a.state
        WHERE a.account_kind = 'holding' GROUP BY i.mv_report_id
    ), told AS (SELECT subject_id AS report_id, facts -> 'buffer_ercs' AS ercs FROM event WHERE action = 'mv_report.issue')
    SELECT 'M&V report ' || report_id AS subject, coalesce(told.ercs, '0')::text AS told, coalesce(kept.ercs, 0) AS kept
    FROM kept FULL JOIN told USING (report_id) WHERE coalesce(told.ercs, '0') <> to_jsonb(coalesce(kept.ercs, 0))
"""

OTHER_INSTANT = """
    SELECT 'sequences ' || b.first_sequence || ' to ' || b.last_sequence AS subject FROM erc_block b JOIN erc_transaction t ON t.id = b.transaction_id
    WHERE b.since <> t.recorded_at
    UNION ALL SELECT 'transaction ' || t.number FROM erc_transaction t JOIN ledger_line l ON l.transaction_id = t.id
    JOIN issuance i ON i.first_sequence = l.first_sequence
    WHERE t.transaction_kind = 'issue' AND abs(extract(epoch FROM t.recorded_at - i.issued_at)) > 3600
    UNION ALL SELECT 'transaction ' || t.number FROM erc_transaction t JOIN surrender s ON s.transaction_id = t.id
    WHERE abs(extract(epoch FROM t.recorded_at - s.surrendered_at)) > 3600
"""


def checks(session: Session) -> Iterator[Problem]:
    yield from asked(session, "issuance_blocks", "The block does not lie in its issuance, or prints another origin than it.", OUTSIDE)
    yield from asked(session, "issuance_blocks", "{ercs} ERCs were issued, its blocks hold {held}.", NOT_IN_BLOCKS)
    yield from asked(
        session, "issued_once", "The issuances before end so that {expected} should come next; this one begins at {started}.", ISSUED_TWICE_OR_NEVER
    )
    yield from asked(session, "counter", "The counter would give {next} next; the issuances end before {expected}.", COUNTER)
    yield from asked(session, "in_one_block", "Sequence {expected} should come next in the blocks, but the next block begins at {started}.", GAPS)
    yield from asked(session, "status_and_account", "The ERCs are {status} in a {kind} account.", WRONG_ACCOUNT)
    yield from asked(session, "hold_or_offer", "The ERCs are {status}, which does not agree with their hold or offer.", HOLDS)
    yield from asked(session, "instant", "It is dated otherwise than the act that made it.", OTHER_INSTANT)
    yield from asked(session, "surrender", "It says {quantity} ERCs; its transaction, a {kind}, moved {moved}.", SURRENDERS)
    yield from asked(session, "surrender", "It surrendered ERCs, but for no unit and period.", ORPHANS)
    yield from asked(session, "reopened", "{gone} of its ERCs were cancelled, cases were opened again for {reopened}.", NOT_REOPENED)
    yield from asked(session, "buffer", "The event of its issue tells of {told} ERCs held back; {kept} were issued into the state's holding account.", BUFFERS)
    yield from sums(session)


ISSUANCES = """
    SELECT i.id, coalesce(i.resource_id, i.emissions_record_id) AS basis, i.mv_report_id, i.vintage_year, i.creditable_mwh, i.approved_mwh, i.carry_in,
           i.carry_out, i.ercs, m.verified_mwh::text AS verified_mwh
    FROM issuance i LEFT JOIN mv_report m ON m.id = i.mv_report_id ORDER BY 2, i.issued_at, i.vintage_year
"""


def sums(session: Session) -> Iterator[Problem]:
    """Of each resource and vintage no more than floor(creditable MWh with the carry), and the carry a chain without a break; exact fractions."""
    rows = session.execute(text(ISSUANCES).execution_options(yield_per=AT_ONCE))
    for basis, issued in groupby(rows, key=lambda row: row.basis):
        made = list(issued)
        unreadable = [row for row in made if not _readable(row)]
        if unreadable:
            yield from (_problem(row, "figures that are no numbers") for row in unreadable)
            continue
        if made[0].mv_report_id is None:
            yield from (_problem(row, "more ERCs than creditable MWh") for row in made if row.ercs > floor(Fraction(row.creditable_mwh)))
            continue
        yield from _of_resource(basis, made)


def _readable(row: Any) -> bool:
    try:
        for said in (row.creditable_mwh, row.approved_mwh, row.carry_in, row.carry_out, row.verified_mwh or 0):
            Fraction(said)
    except (ValueError, ZeroDivisionError):
        return False
    return True


def _of_resource(basis: Any, made: list[Any]) -> Iterator[Problem]:
    for row in made:
        approved, carried_in, carried_out = Fraction(row.approved_mwh), Fraction(row.carry_in), Fraction(row.carry_out)
        if approved > Fraction(row.creditable_mwh):
            yield _problem(row, "more MWh approved than creditable")
        if row.ercs + carried_out != approved + carried_in:
            yield _problem(row, "ERCs and carry do not make up the approved MWh with the carry brought in")
        if not 0 <= carried_out < 1 or carried_in < 0:
            yield _problem(row, "a carry that is no part of one MWh")
    yield from _chain(made)
    for year in sorted({row.vintage_year for row in made}):
        mine = [row for row in made if row.vintage_year == year]
        ercs, most = sum(row.ercs for row in mine), floor(sum(Fraction(row.approved_mwh) + Fraction(row.carry_in) for row in mine))
        if ercs > most:
            yield Problem(
                "issued_at_most_creditable", f"resource {basis}, vintage {year}", f"{ercs:,} ERCs were issued, at most {most:,} were creditable with the carry."
            )
    for report_id in {row.mv_report_id for row in made}:
        mine = [row for row in made if row.mv_report_id == report_id]
        approved, verified = sum((Fraction(row.approved_mwh) for row in mine), Fraction(0)), Fraction(mine[0].verified_mwh or 0)
        if approved > verified:
            yield Problem(
                "issued_at_most_verified", f"M&V report {report_id}", f"{float(approved):,.3f} MWh were approved, {float(verified):,.3f} were verified."
            )


def _chain(made: list[Any]) -> Iterator[Problem]:
    """Each carry brought in is what the issuances before it left of this vintage or an earlier one, and what is brought in waits no more."""
    left: dict[int, Fraction] = {}
    for row in made:
        waits = sum((left.pop(year) for year in list(left) if year <= row.vintage_year), Fraction(0))
        if Fraction(row.carry_in) != waits:
            yield Problem("carry_chain", f"issuance {row.id}", f"{row.carry_in} MWh were brought in; {waits} waited from the issuances before.")
        left[row.vintage_year] = Fraction(row.carry_out)


def _problem(row: Any, words: str) -> Problem:
    facts = f"creditable {row.creditable_mwh}, approved {row.approved_mwh}, carry in {row.carry_in}, carry out {row.carry_out}, {row.ercs:,} ERCs"
    return Problem("issued_at_most_creditable", f"issuance {row.id}", f"There are {words}: {facts}.")
