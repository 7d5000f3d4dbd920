"""Which words and letters issuance, holds, cancellations, corrections and decisions on a qualification promise (8.4, 8.10, 9.19, 13.3 to 13.10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from app import people
from app.amounts import day_in_words, exact_text, term_in_words
from app.compliance import queries as compliance
from app.erc_tcs.flows import CAUSES
from app.issuance import queries
from app.issuance.models import Issuance
from app.mv_reports import queries as mv_reports
from app.press import Block
from app.promises import Draft, Post, Say, Words, Write, address, compose, mwh, person_name, spoken, told
from app.proposal import Proposal
from app.record import Event

if TYPE_CHECKING:
    from app.mv_reports.models import MvReport

ISSUED = "The state decided, and ERCs were issued. The certificate gives their serials."


def cancelled(event: Event) -> Words:
    """ERCs were cancelled, with the class of the cause in words (rules 13.3, 13.4)."""
    return told(
        "ERCs cancelled",
        "The state found these ERCs invalid and cancelled them, wherever they were. They cannot be transferred or used for compliance."
        f" Cause: {_cause(event)}.",
        serials="Serials", ercs="ERCs", found="Where they were", replacements_owed="Replacements owed", reasons="Reasons",
    )(event)  # fmt: skip


def _cause(event: Event) -> str:
    return CAUSES.get(str(event.facts.get("cause")), "not named").lower()


CONFIRMED: dict[str, Say] = {
    "cancel": cancelled,
    "correct": told(
        "Account error corrected",
        "ERCs that an error had put into the wrong account are in the right one. This is the notice of it. Whoever holds that it is wrong can object, in"
        " writing and with reasons, to the state; what was corrected by error is corrected again.",
        serials="Serials", ercs="ERCs", from_account="From account", to_account="To account", reasons="Reasons", notice_due_on="Notice due by",
    ),
    "suspend": told("Qualification suspended", "No ERCs are issued to this resource while its qualification is suspended.", reasons="Reasons"),
    "reinstate": told("Qualification reinstated", "The qualification of this resource is in force again.", reasons="Reasons"),
    "revoke": told("Qualification revoked", "The qualification of this resource is revoked for good. No more ERCs are issued to it.", reasons="Reasons"),
}  # fmt: skip


def confirmed(event: Event) -> Words:
    """A proposal was confirmed: what happened depends on what was proposed."""
    return CONFIRMED.get(str(event.facts.get("what")), told("Decided", "A second reviewer confirmed what was proposed."))(event)


WORDS: dict[str, Say] = {
    "mv_report.issue": told("ERCs issued", ISSUED, ercs="ERCs", serials="Serials", approved_mwh="Approved MWh by vintage", reasons="Reasons"),
    "emissions_record.issue": told("ERCs issued", ISSUED, ercs="ERCs", serials="Serials", reasons="Reasons"),
    "emissions_record.recommend": told(
        "Waiting for a second person", "A reviewer recommended to issue ERCs on this emissions record. You may decide on it, or send it back."
    ),
    "emissions_record.reject": told("Rejected", "No ERCs are issued on this emissions record.", reasons="Reasons"),
    "hold.place": told("ERCs held", "The state looks into these ERCs. Until it has decided they cannot be moved.", serials="Serials", reason="Reason"),
    "hold.lift": told("Hold lifted", "The ERCs that were held are free again where they are.", serials="Serials", reason="Reason"),
    "proposal.propose": told("Waiting for a second person", "This was proposed and waits for a second person. You may confirm or refuse it."),
    "proposal.confirm": confirmed,
}


def _lines(report: MvReport, issued: Sequence[Issuance]) -> tuple[Block, ...]:
    """From MWh to whole ERCs, vintage by vintage, with the serials (rules 9.4, 9.6)."""
    found = []
    for row in issued:
        shown = (
            ("Creditable MWh", exact_text(Fraction(row.creditable_mwh))),
            ("Approved MWh", exact_text(Fraction(row.approved_mwh))),
            ("Fraction brought in", exact_text(Fraction(row.carry_in))),
            ("ERCs issued", f"{row.ercs:,}"),
            ("Serials", ", ".join(queries.printed_ranges(report, [row])) or "none: no whole MWh was left to credit"),
            ("Fraction carried on", exact_text(Fraction(row.carry_out))),
        )
        found.append(Block(heading=f"Vintage {row.vintage_year}", facts=shown))
    return tuple(found)


STANDS_FOR = (
    "One ERC stands for one MWh of the vintage shown (programme rule 9.1). Each is identified by its sequence alone; the other parts of its serial must"
    " agree with it."
)


def certificate(session: Session, event: Event) -> Post:
    """The certificate of issuance on an M&V report, with the serials and how they were found (rules 9.6, 9.19)."""
    report = mv_reports.report(session, event.subject_id)
    issued = queries.issuances_of_report(session, report.id)
    serials = list(event.facts.get("serials", []))
    opening = (
        f"{event.facts.get('ercs', 0):,} emission rate credits are issued on {event.subject_title}.",
        f"Reasons of the decision: {event.facts.get('reasons', '')}",
        STANDS_FOR,
    )
    about = Block(
        heading="What they rest on",
        facts=(
            ("Resource", f"{report.resource_name} ({report.resource_code})"),
            ("Period", term_in_words(report.period_start_on, report.period_end_on)),
            ("Verified MWh", mwh(report.verified_mwh) or "none"),
            ("M&V report", address(report.path)),
        ),
    )
    draft = Draft(
        state=report.issuing_state,
        organisation_ids=(report.provider_organisation_id,),
        reference=f"{report.code} version {report.version}",
        subject=f"Certificate of issuance: {event.subject_title}",
        blocks=(Block(opening), about, *_lines(report, issued), _trace(serials)),
        second_signer=person_name(session, report.recommended_by_id),
    )
    return Post(compose(session, event, draft), "certificate", draft.subject, "mv_report", report.id, report.provider_organisation_id, report.issuing_state)


def _trace(serials: Sequence[str]) -> Block:
    words = tuple(f"Anyone can trace them at {address('/ercs/' + one)}" for one in serials)
    return Block(words or ("No whole ERC was issued; the fraction waits for the next report.",), heading="Public trace")


def unit_certificate(session: Session, event: Event) -> Post:
    """The certificate of an affected EGU's own ERCs (rules 9.9 to 9.17)."""
    record = compliance.emissions_record(session, event.subject_id)
    serial = str(event.facts.get("serials") or "")
    opening = (
        f"{event.facts.get('ercs', 0):,} emission rate credits are issued on {event.subject_title}.",
        f"Reasons of the decision: {event.facts.get('reasons', '')}",
        STANDS_FOR,
    )
    about = Block(
        heading="What they rest on",
        facts=(
            ("Affected EGU", record.egu.name),
            ("Year", str(record.year)),
            ("CO2", f"{exact_text(record.co2_lb)} lb"),
            ("Net generation", f"{exact_text(record.net_generation_mwh)} MWh"),
            ("Reference rate", f"{exact_text(record.reference_rate_lb_per_mwh)} lb/MWh"),
            ("Serials", serial or "none"),
            ("Emissions record", address(record.path)),
        ),
    )
    blocks = (Block(opening), about, _trace([serial] if serial else []))
    return _unit_post(session, event, "certificate", "Certificate of issuance", blocks, second=True)


def unit_rejection(session: Session, event: Event) -> Post:
    """Why no ERCs are issued on an emissions record."""
    reasons = Block((str(event.facts.get("reasons", "")),), heading="Why")
    after = Block((f"Correct what the reasons name and file the record again. The rejected record stays at {address(event.path)}.",), heading="What you can do")
    return _unit_post(session, event, "letter", "Rejection", (Block(("The emissions record is rejected. No ERCs are issued on it.",)), reasons, after))


def _unit_post(session: Session, event: Event, kind: str, subject: str, blocks: tuple[Block, ...], second: bool = False) -> Post:
    record = compliance.emissions_record(session, event.subject_id)
    draft = Draft(
        state=record.issuing_state,
        organisation_ids=(record.egu.organisation_id,),
        reference=f"{record.egu.code}-{record.code}",
        subject=f"{subject}: {event.subject_title}",
        blocks=blocks,
        second_signer=person_name(session, record.recommended_by_id) if second else "",
    )
    return Post(compose(session, event, draft), kind, draft.subject, "emissions_record", record.id, record.egu.organisation_id, record.issuing_state)


SUBJECTS = {
    "cancel": "Notice of cancellation",
    "correct": "Notice of the correction of an account error",
    "suspend": "Suspension of a qualification",
    "reinstate": "Reinstatement of a qualification",
    "revoke": "Revocation of a qualification",
}


def notice(session: Session, event: Event) -> Post | None:
    """The notice to all holders of a cancellation, to both sides of a correction, or to the provider of a decision on its qualification (13.3 to 13.10)."""
    proposal = session.get_one(Proposal, event.subject_id)
    if proposal.proposal_kind not in SUBJECTS:
        return None
    on_ercs = {"cancel": _cancellation, "correct": _correction}.get(proposal.proposal_kind)
    written = on_ercs(event) if on_ercs else _qualification(event, proposal)
    whom = _holders(session, event)
    draft = Draft(
        state=proposal.issuing_state,
        organisation_ids=whom,
        reference=f"Proposal {str(proposal.id)[:8]}",
        subject=f"{SUBJECTS[proposal.proposal_kind]}: {proposal.about_title}",
        blocks=written,
        second_signer=person_name(session, proposal.proposed_by_id),
    )
    kept_with = (proposal.kind, proposal.id) if proposal.proposal_kind == "correct" else (proposal.about_kind, proposal.about_id)
    return Post(compose(session, event, draft), "letter", draft.subject, *kept_with, whom[0], proposal.issuing_state)


def _holders(session: Session, event: Event) -> tuple[UUID, ...]:
    """Everybody whom the event tells but the state itself, whose accounts may hold what was surrendered or retired."""
    told_of = [people.organisation(session, one) for one in event.tells]
    return tuple(one.id for one in told_of if one is not None and one.organisation_kind != "state") or tuple(event.tells)


def _cancellation(event: Event) -> tuple[Block, ...]:
    facts = event.facts
    opening = (
        f"{facts.get('ercs', 0):,} emission rate credits are cancelled. They were not valid, and count in no account (programme rules 13.2 and 13.3).",
        f"Reasons: {facts.get('reasons', '')}",
        f"Reasons of the second person: {facts.get('decision_reasons', '')}",
    )
    shown = [("Serials", spoken(facts.get("serials", []))), ("Cause", _cause(event)), ("Where they were", spoken(facts.get("found", {})))]
    owed = facts.get("replacements_owed") or {}
    after = ["Only valid ERCs count for compliance (programme rule 13.1). The serials stay on record and are never used again."]
    after += [
        f"{unit} surrendered some of them. Its compliance case is opened again: {count:,} valid ERCs are owed in their place, good faith or not"
        " (programme rules 12.16 and 13.5). Surrender them for the same compliance period; the page of the unit says by when and how many are missing."
        for unit, count in owed.items()
    ]
    return (Block(opening), Block(heading="The cancelled ERCs", facts=tuple(shown)), Block(tuple(after), heading="What this means"))


def _correction(event: Event) -> tuple[Block, ...]:
    facts = event.facts
    opening = (
        f"The state corrected an account error: {facts.get('ercs', 0):,} emission rate credits were in the wrong account and are now in the right one"
        " (programme rule 13.8). They stay what they were: none was issued or cancelled.",
        f"Reasons: {facts.get('reasons', '')}",
        f"Reasons of the second person: {facts.get('decision_reasons', '')}",
    )
    shown = [("Serials", spoken(facts.get("serials", []))), ("From account", str(facts.get("from_account", "")))]
    shown += [("To account", str(facts.get("to_account", ""))), ("Recorded as", address(str(facts.get("transaction", ""))))]
    means = (
        f"This letter is the notice of the correction, which is due within 10 business days, by {day_in_words(date.fromisoformat(facts['notice_due_on']))}.",
        "For a deadline they are in the right account as of the day on which the error was recorded, not of the day of the correction (programme rule 12.8).",
    )
    objection = (
        "If you hold that this correction is wrong, you have the right to object: write to the state with your reasons and this letter's reference.",
        "The state looks into it and answers with reasons; what was corrected by error is corrected again, by two people and with notice, in the same way.",
    )
    return (
        Block(opening), Block(heading="The ERCs", facts=tuple(shown)), Block(means, heading="What this means"), Block(objection, heading="What you can do"),
    )  # fmt: skip


def _qualification(event: Event, proposal: Proposal) -> tuple[Block, ...]:
    effects = {
        "suspend": "While it is suspended, no ERCs are issued and no new M&V report is accepted. Past ERCs are not cancelled by it (programme rule 13.7).",
        "reinstate": "M&V reports can be filed and ERCs issued again.",
        "revoke": "It is revoked for good: no more ERCs are issued. Past ERCs are not cancelled by it (programme rules 13.6 and 13.7).",
    }
    opening = (
        f"This letter is about {proposal.about_title}.",
        f"Reasons: {event.facts.get('reasons', '')}",
        f"Reasons of the second person: {event.facts.get('decision_reasons', '')}",
    )
    changed = (("Before", str(event.facts.get("before", ""))), ("Now", str(event.facts.get("after", ""))))
    return (Block(opening), Block(heading="The qualification", facts=changed), Block((effects[proposal.proposal_kind],), heading="What this means"))


LETTERS: dict[str, Write] = {
    "mv_report.issue": certificate,
    "emissions_record.issue": unit_certificate,
    "emissions_record.reject": unit_rejection,
    "proposal.confirm": notice,
}
