"""Holds on a report's ERCs, and their cancellation when they were issued by error or misstatement (rules 13.2 to 13.5, 13.10)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from app.compliance import actions as compliance
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs import queries as erc_tcs_queries
from app.erc_tcs.flows import CAUSES
from app.erc_tcs.serials import SerialRange
from app.errors import Conflict, Invalid
from app.issuance import queries
from app.matter import demand_reviewer, snapshot_sha256
from app.mv_reports import actions as mv_reports
from app.mv_reports import queries as mv_reports_queries
from app.people import Actor
from app.proposal import Proposal
from app.record import record
from app.review import enter_proposal, need_words

if TYPE_CHECKING:
    from app.erc_tcs.models import Hold
    from app.mv_reports.models import MvReport

Range = tuple[int, int]


def hold(session: Session, actor: Actor, report_id: UUID, reasons: str) -> Hold:
    """One reviewer freezes every free ERC of a doubtful report, wherever it is, while the state looks into it."""
    report = mv_reports_queries.report_for_update(session, report_id)
    demand_reviewer(queries.standing_in_report(actor, report))
    order = erc_tcs.HoldOrder(f"Hold on the ERCs of {report.title}", report.id, report.issuing_state, need_words(reasons))
    placed = erc_tcs.freeze(session, actor, order, ranges_of(session, report))
    frozen = erc_tcs_queries.blocks_of_hold(session, placed.id)
    record(session, actor, "place", placed, also=(report.id, *{block.account_id for block in frozen}), reason=placed.reason, serials=erc_tcs.printed(frozen))
    return placed


def lift(session: Session, actor: Actor, hold_id: UUID, reasons: str) -> Hold:
    """One reviewer lifts a hold; its ERCs are active again where they are."""
    placed = erc_tcs_queries.hold(session, hold_id)
    report = queries.report(session, placed.about_id)
    demand_reviewer(queries.standing_in_report(actor, report))
    frozen = erc_tcs_queries.blocks_of_hold(session, placed.id)
    lifted = erc_tcs.unfreeze(session, actor, hold_id, need_words(reasons))
    record(
        session, actor, "lift", lifted, also=(report.id, *{block.account_id for block in frozen}), reason=lifted.lift_reason, serials=erc_tcs.printed(frozen)
    )
    return lifted


def propose_cancellation(session: Session, actor: Actor, report_id: UUID, serials: str | None, quantity: int | None, cause: str, reasons: str) -> Proposal:
    """A reviewer names invalid serials of a report, or how many of its last ones (rule 13.2), with the cause; a second one decides."""
    report = mv_reports_queries.report_for_update(session, report_id)
    demand_reviewer(queries.standing_in_report(actor, report))
    if cause not in CAUSES:
        raise Invalid("Choose the cause.", rule="13.4", fields={"cause": [f"One of: {', '.join(CAUSES)}."]})
    ranges = chosen(session, report, serials, quantity)
    refuse_cancelled(session, ranges)
    facts = {
        "report_id": str(report.id),
        "ranges": [list(pair) for pair in ranges],
        "cause": cause,
        "ercs": size(ranges),
        "serials": printed(session, report, ranges),
    }
    proposal = Proposal(
        proposal_kind="cancel",
        issuing_state=report.issuing_state,
        about_kind="mv_report",
        about_id=report.id,
        about_title=report.title,
        about_organisation_ids=[report.provider_organisation_id],
        facts=facts,
        reasons=need_words(reasons),
        snapshot_sha256=snapshot_sha256(snapshot(session, report, facts)),
        proposed_by_id=actor.user_id,
    )
    return enter_proposal(session, actor, proposal)


def cancel(session: Session, actor: Actor, proposal: Proposal) -> tuple[set[UUID], dict[str, object]]:
    """Find every piece of the invalid serials wherever it is, cancel it, and open again the cases of those who surrendered it.

    Returns the ids that the event concerns and its public facts. Writes no event.
    """
    report = mv_reports_queries.report_for_update(session, proposal.about_id)
    ranges: list[Range] = [(int(first), int(last)) for first, last in proposal.facts["ranges"]]
    refuse_cancelled(session, ranges)
    blocks = erc_tcs.seize(session, ranges)
    surrendered: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    where: dict[str, int] = defaultdict(int)
    for block in blocks:
        where[block.status] += block.quantity
        if block.status == "surrendered":
            surrendered[block.account_id].append((block.transaction_id, block.quantity))
    accounts, holders = {block.account_id for block in blocks}, erc_tcs_queries.organisations_of_blocks(session, blocks)
    movement = erc_tcs.Movement(
        "cancel", erc_tcs_queries.state_account(session, proposal.issuing_state, "cancellation"), reason=proposal.reasons, cause=proposal.facts["cause"]
    )
    cancelled_by = {made.from_account_id: made.id for made in erc_tcs.move(session, actor, movement, blocks)}
    cases = [case for account_id, given_up in surrendered.items() for case in compliance.reopen(session, given_up, cancelled_by[account_id], proposal.reasons)]
    mv_reports.mark_corrected(session, report)
    concerned = [report.provider_organisation_id, *holders, *(case.egu.organisation_id for case in cases)]
    proposal.about_organisation_ids = list(dict.fromkeys(concerned))
    facts: dict[str, object] = {
        "ercs": size(ranges),
        "serials": proposal.facts["serials"],
        "cause": proposal.facts["cause"],
        "found": dict(where),
        "replacements_owed": {case.egu.name: case.replacements_owed for case in cases},
    }
    return accounts | {case.egu_id for case in cases} | {report.id}, facts


def snapshot(session: Session, report: MvReport, facts: dict[str, object]) -> dict[str, object]:
    """What the second person decides on: the named serials and the report's documents. Where the ERCs are may change in between."""
    return {"facts": facts, "report": mv_reports_queries.snapshot(session, report)}


def ranges_of(session: Session, report: MvReport) -> list[Range]:
    """The sequence ranges that were issued on a report."""
    issued = queries.issuances_of_report(session, report.id)
    return [(row.first_sequence, row.last_sequence) for row in issued if row.first_sequence is not None and row.last_sequence is not None]


def chosen(session: Session, report: MvReport, serials: str | None, quantity: int | None) -> list[Range]:
    """The named ranges, all of them of this report; or the last `quantity` ones of it, which is the rule's default (13.2)."""
    mine = ranges_of(session, report)
    if serials:
        read = erc_tcs.read_serials(serials)
        named = [(one.first, one.last) for one in read]
        erc_tcs.demand_serials_right(read, erc_tcs_queries.blocks_of_ranges(session, named))
        strange = [pair for pair in named if not any(first <= pair[0] and pair[1] <= last for first, last in mine)]
        if strange:
            raise Invalid(
                "Some of these serials were not issued on this report.",
                rule="13.2",
                what_to_do=f"Name serials within: {', '.join(printed(session, report, mine))}.",
                fields={"serials": ["Only serials of this report can be cancelled here."]},
            )
        return named
    if quantity is None or not 0 < quantity <= size(mine):
        raise Invalid(
            "Name the invalid serials, or how many of the last ones are invalid.",
            rule="13.2",
            what_to_do=f"This report has {size(mine):,} ERCs.",
            fields={"serials": ["Name the serials, or give a number of ERCs."]},
        )
    return last_of(mine, quantity)


def last_of(ranges: list[Range], quantity: int) -> list[Range]:
    """The last so many sequences of some ranges."""
    found: list[Range] = []
    for first, last in sorted(ranges, reverse=True):
        taken = min(quantity, last - first + 1)
        found.append((last - taken + 1, last))
        quantity -= taken
        if quantity == 0:
            break
    return sorted(found)


def size(ranges: list[Range]) -> int:
    return sum(last - first + 1 for first, last in ranges)


def printed(session: Session, report: MvReport, ranges: list[Range]) -> list[str]:
    """The ranges as printed serials, cut where one issuance ends and the next begins."""
    found = []
    for row in queries.issuances_of_report(session, report.id):
        for first, last in ranges:
            if row.first_sequence is not None and row.last_sequence is not None and max(first, row.first_sequence) <= min(last, row.last_sequence):
                serial = SerialRange(
                    max(first, row.first_sequence), min(last, row.last_sequence), report.issuing_state, row.vintage_year, report.resource_code, report.code
                )
                found.append(str(serial))
    return found


def refuse_cancelled(session: Session, ranges: list[Range]) -> None:
    """Raise Conflict when a piece is cancelled already: a serial is cancelled once."""
    gone = [block for block in erc_tcs_queries.blocks_of_ranges(session, ranges) if block.status == "cancelled"]
    if gone:
        raise Conflict(
            f"These ERCs are cancelled already: {', '.join(erc_tcs.printed(gone))}.",
            rule="13.3",
            what_to_do="Name only those that are not.",
            fields={"serials": ["Some are cancelled already."]},
        )
