"""The pages of the acts of issuance: what each asks, beside the facts that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.acts import REASONS, Act, Field, counted_ercs
from app.amounts import day_in_words
from app.compliance import queries as compliance
from app.erc_tcs import queries as erc_tcs
from app.erc_tcs.flows import CAUSES, LIVING_KINDS
from app.errors import FlowForbidden
from app.issuance import queries
from app.issuance.actions.minting import Approval, approve, approved
from app.lifecycle import act_among
from app.matter import demand_reviewer
from app.people import Actor, demand_administrator_of
from app.proposal import PROPOSAL, Proposal


@dataclass(frozen=True)
class Decision(Act):
    """The decision that mints, with its amounts by vintage."""

    amounts: Sequence[Mapping[str, Any]] = ()


def issuance(session: Session, actor: Actor, report_id: UUID) -> Decision:
    """What would be minted, vintage by vintage and step by step, before anybody decides."""
    report = queries.report_for_reviewer(session, actor, report_id)
    approvals = approve(session, report, approved(report, None))
    part = Field("approved_mwh", "Approve only a part", "number", unit="MWh", help="Leave empty to approve what was recommended.", rule="8.11")
    return Decision(
        title=f"Decide and issue: {report.title}",
        words="Your decision mints one ERC for each whole approved MWh, at once and for good. You must be another person than the one who recommended.",
        rule="8.8",
        path=f"{report.path}/issuance",
        back=report.path,
        submit="Decide and issue the ERCs",
        checked=True,
        fields=(part, REASONS),
        facts=[("State", report.state.replace("_", " "))],
        amounts=[amount(one) for one in approvals],
        lines=[line for one in approvals for line in steps(one, name_the_year=len(approvals) > 1)],
    )


def steps(one: Approval, *, name_the_year: bool) -> list[dict[str, str]]:
    """Every step of a vintage, from the meter to the carry."""
    year = f"{one.vintage.year}: " if name_the_year else ""
    return [{**line.printed, "label": f"{year}{line.label}"} for line in (*one.vintage.lines, *one.credit.lines)]


def amount(one: Approval) -> dict[str, Any]:
    """One vintage in a row that can be computed again by hand; MWh are exact, as decimal or fraction."""
    return {
        "vintage_year": one.vintage.year,
        "verified_mwh": str(one.vintage.verified_mwh),
        "creditable_mwh": str(one.vintage.mwh),
        "approved_mwh": str(one.approved_mwh),
        "carry_in_mwh": str(one.carry_in),
        "sum_mwh": str(one.credit.exact_mwh),
        "ercs": one.credit.ercs,
        "carry_out_mwh": str(one.credit.carry_out),
    }


def hold(session: Session, actor: Actor, report_id: UUID) -> Act:
    report = queries.report_for_reviewer(session, actor, report_id)
    return Act(
        title=f"Hold the ERCs of: {report.title}",
        words="Every ERC of this report that is free to move is frozen where it is, until a reviewer lifts the hold. Its holders are told, with your reasons.",
        rule="13.2",
        path=f"{report.path}/hold",
        back=report.path,
        submit="Hold the ERCs",
        fields=(REASONS,),
        holdings=pieces(session, report_id),
    )


def lifting(session: Session, actor: Actor, hold_id: UUID) -> Act:
    placed = erc_tcs.hold(session, hold_id)
    demand_reviewer(queries.standing_in_report(actor, queries.report(session, placed.about_id)))
    return Act(
        title=f"Lift: {placed.title}",
        words="The held ERCs become active again in the accounts where they are.",
        rule="13.2",
        path=f"{placed.path}/lifting",
        back=placed.path,
        submit="Lift the hold",
        fields=(REASONS,),
        facts=(("Held because", placed.reason),),
    )


def cancellation(session: Session, actor: Actor, report_id: UUID) -> Act:
    report = queries.report_for_reviewer(session, actor, report_id)
    return Act(
        title=f"Propose to cancel ERCs of: {report.title}",
        words="Name the invalid ERCs. When a second reviewer confirms, every piece of them is found and cancelled, whoever holds it;"
        " for a unit that surrendered some of them, valid ERCs are owed in their place (programme rule 12.16).",
        rule="13.3",
        path=f"{report.path}/cancellation",
        back=report.path,
        submit="Propose the cancellation",
        look="secondary",
        fields=(
            Field("serials", "Invalid serials", "textarea", help="Serials or ranges, one a line. Leave empty to name the last ones by number.", rule="13.2"),
            Field("quantity", "Or: how many of the last ones", "number", unit="ERCs", rule="13.2"),
            Field("cause", "Cause", "radios", required=True, rule="13.4", options=tuple(CAUSES.items())),
            REASONS,
        ),
        holdings=pieces(session, report_id),
    )


def pieces(session: Session, report_id: UUID) -> list[dict[str, Any]]:
    """Where a report's ERCs are now: serials, how many, their status; never whose."""
    blocks = erc_tcs.blocks_of_issuances(session, [row.id for row in queries.issuances_of_report(session, report_id)])
    return [{"serials": str(erc_tcs.serial_of(one)), "quantity": one.quantity, "vintage_year": one.vintage_year, "status": one.status} for one in blocks]


SHOWN_AT_MOST = 200
"""Ranges of an account beside the form; the account's page and its CSV have all."""


def correction(session: Session, actor: Actor, number: str) -> Act:
    """The page on which an administrator proposes to correct an account error, with what is free to move in the account."""
    account = erc_tcs.account_by_number(session, number)
    demand_administrator_of(session, actor, account.state)
    if account.account_kind not in LIVING_KINDS:
        words = f"Nothing leaves a {account.account_kind} account by a correction; only ERCs that can still move are corrected."
        raise FlowForbidden(words, rule="13.8", what_to_do="A reviewer proposes the cancellation of ERCs that are not valid.")
    free = erc_tcs.holding_rows(session, account.id, "active")[:SHOWN_AT_MOST]
    return Act(
        title=f"Correct an account error: {account.title}",
        words="Name the ERCs that a clerical error put into this account, and the account to which they belong. Nothing moves until a reviewer of"
        f" {account.state} confirms. Then both accounts' organisations and representatives are told, within 10 business days. What is held must be lifted"
        " first, what is reserved withdrawn; what is surrendered, retired or cancelled stays where it is.",
        rule="13.8",
        path=f"{account.path}/correction",
        back=account.path,
        submit="Propose the correction",
        checked=True,
        fields=(
            Field("serials", "ERCs in the wrong account", "textarea", help="Serials or ranges, one a line.", rule="13.8", required=True),
            Field("to_number", "The right account", help="Its number, such as GA-000123-45.", rule="13.8", required=True),
            Field("reasons", "Reasons", "textarea", help="Which error it was, in words that both sides and the public can follow.", rule="13.8", required=True),
        ),
        holdings=[{name: row[name] for name in ("serials", "quantity", "vintage_year", "status")} for row in free],
    )


ANSWERS = {
    "confirmation": ("Confirm", "It is carried out at once, and everybody concerned is told.", "Confirm and carry out"),
    "refusal": ("Refuse", "Nothing changes; the reviewers keep your reasons.", "Refuse"),
    "withdrawal": ("Withdraw", "The proposal is taken back before it is decided.", "Withdraw"),
}


def answer(session: Session, actor: Actor, proposal_id: UUID, act: str) -> Act:
    """The page of an answer to a proposal. Raises NotFound for whom it is hidden from, NotPermitted for whose answer this never is."""
    proposal = queries.proposal_to_read(session, actor, proposal_id)
    verb, words, submit = ANSWERS[act]
    mine = act_among(queries.proposal_actions(actor, proposal), PROPOSAL, verb.lower(), queries.standing_in_proposal(actor, proposal))
    return Act(
        title=f"{verb}: {proposal.title}",
        words=words,
        rule="8.8",
        path=f"{proposal.path}/{act}",
        back=proposal.path,
        submit=submit,
        look="secondary" if act == "confirmation" else "",
        warning=mine["reason"] or "",
        checked=act == "confirmation",
        fields=(REASONS,),
        facts=facts_of(proposal),
    )


def facts_of(proposal: Proposal) -> Sequence[tuple[str, Any]]:
    """What is proposed, in a few lines."""
    facts: list[tuple[str, Any]] = [("About", proposal.about_title), ("Why", proposal.reasons)]
    if proposal.proposal_kind == "cancel":
        facts += [("ERCs", f"{proposal.facts['ercs']:,}"), ("Serials", ", ".join(proposal.facts["serials"])), ("Cause", CAUSES[proposal.facts["cause"]])]
    if proposal.proposal_kind == "correct":
        facts += [("ERCs", f"{proposal.facts['ercs']:,}"), ("Serials", ", ".join(proposal.facts["serials"])), ("To", proposal.facts["to_title"])]
    return facts


RECORD_WORDS = {
    "recommendation": ("Recommend", "You recommend that ERCs be issued on this record; another reviewer decides.", "Recommend"),
    "sending-back": ("Send back", "The recommendation is taken back; the record waits for review again.", "Send back"),
    "issuance": ("Decide and issue", "Your decision mints the unit's ERCs into its compliance account.", "Decide and issue the ERCs"),
    "rejection": ("Reject", "No ERC is issued on this record; the unit's representative is told why.", "Reject"),
}


def record(session: Session, actor: Actor, record_id: UUID, act: str) -> Act:
    """The page of an act on an emissions record, with the calculation, for the reviewers of its state."""
    found = compliance.emissions_record(session, record_id)
    demand_reviewer(compliance.standing(session, actor, found))
    verb, words, submit = RECORD_WORDS[act]
    earned = queries.unit_credit(session, found)
    return Act(
        title=f"{verb}: {found.title}",
        words=words,
        rule="9.17",
        path=f"{found.path}/{act}",
        back=found.path,
        submit=submit,
        fields=(REASONS,),
        checked=act in {"issuance", "rejection"},
        facts=(("CO2", f"{found.co2_lb:,} lb"), ("Net generation", f"{found.net_generation_mwh:,} MWh"), ("ERCs", f"{earned.ercs:,}")),
        lines=[one.printed for one in earned.lines],
    )


def issued_in_words(found: Any, facts: Mapping[str, Any]) -> str:
    """What a decision to issue does, on a report or on an emissions record."""
    return f"{counted_ercs(facts['ercs'], facts['serials'])} are issued on {found.title}, at once and for good, and your reasons are public."


def rejected_in_words(found: Any, facts: Mapping[str, Any]) -> str:
    """What a rejection of an emissions record does."""
    return f"{found.title} is rejected: no ERC is issued on it, and your reasons are public."


def correction_in_words(proposal: Proposal, facts: Mapping[str, Any]) -> str:
    """What the proposal of a correction would do once it is confirmed; its facts are private until then."""
    moved = counted_ercs(proposal.facts["ercs"], proposal.facts["serials"])
    return f"You propose that {moved} leave {proposal.about_title} and go to {proposal.facts['to_title']}. Nothing moves until a reviewer confirms."


def confirmed_in_words(proposal: Proposal, facts: Mapping[str, Any]) -> str:
    """What the confirmation of a proposal does."""
    if facts["what"] == "correct":
        return (
            f"{counted_ercs(facts['ercs'], facts['serials'])} leave {proposal.about_title} and go to {proposal.facts['to_title']}, at once, as the correction"
            f" of an account error. Both sides are told with your reasons; the notice is due by {day_in_words(date.fromisoformat(facts['notice_due_on']))}."
        )
    if facts["what"] != "cancel":
        return f"“{proposal.title}” is carried out at once, and everybody concerned is told."
    where = ", ".join(f"{count:,} {status}" for status, count in facts["found"].items())
    owed = "".join(
        f" {name} surrendered some of them and owes {count:,} valid ERCs in their place for the same period, good faith or not (programme rule 12.16)."
        for name, count in facts["replacements_owed"].items()
    )
    return f"{counted_ercs(facts['ercs'], facts['serials'])} are cancelled for good, wherever they are now ({where}).{owed}"


def record_in_words(found: Any, facts: Mapping[str, Any]) -> str:
    """What a decision on an emissions record does."""
    return (issued_in_words if "serials" in facts else rejected_in_words)(found, facts)
