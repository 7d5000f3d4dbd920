"""Which words and letters the events of M&V reports promise, up to a rejection; what is issued is certified by issuance (rules 8.4, 8.6, 8.10)."""

from typing import Any

from sqlalchemy.orm import Session

from app.amounts import term_in_words
from app.mv_reports import queries
from app.press import Block
from app.promises import Draft, Post, Say, Write, address, compose, ground, mwh, told
from app.record import Event

WORDS: dict[str, Say] = {
    "mv_report.engage": told("A verifier is asked", "A verification body is asked to verify this M&V report."),
    "mv_report.end_engagement": told("The engagement was ended", "The verification body that was asked is released."),
    "mv_report.take_back": told("Taken back to draft", "The provider took the report back; an engagement that was open has ended."),
    "mv_report.verify": told("Verified", "The verification report is there. The M&V report can now be certified and submitted."),
    "mv_report.submit": told(
        "Submitted",
        "The M&V report was certified and submitted to the state. It is public now, with its documents.",
        verified_mwh="Verified MWh",
        creditable_mwh="Creditable MWh",
    ),
    "mv_report.take_up": told("Under review", "The state has begun to review the M&V report."),
    "mv_report.claim": told("A review is handed to you", "Another reviewer gave you the review of this M&V report; it stands among yours in the queue."),
    "mv_report.recommend": told("Waiting for a second person", "A reviewer recommended a decision on this M&V report. You may decide on it, or send it back."),
    "mv_report.return": told(
        "Returned for more information", "The state needs more before it can decide. Begin a new version with what the reasons name.", reasons="Reasons"
    ),
    "mv_report.reject": told(
        "Rejected", "The M&V report is rejected and no ERCs are issued on it. The letter gives each ground.", codes="Grounds", reasons="Reasons"
    ),
    "mv_report.withdraw": told("Withdrawn", "The provider withdrew the M&V report.", reasons="Reasons"),
}


def _post(session: Session, event: Event, subject: str, blocks: tuple[Block, ...], grounds: list[dict[str, Any]]) -> Post:
    report = queries.report(session, event.subject_id)
    draft = Draft(
        state=report.issuing_state,
        organisation_ids=(report.provider_organisation_id,),
        reference=f"{report.code} version {report.version}",
        subject=f"{subject}: {event.subject_title}",
        blocks=blocks,
        reasons=tuple(ground(one) for one in grounds),
    )
    return Post(compose(session, event, draft), "letter", draft.subject, "mv_report", report.id, report.provider_organisation_id, report.issuing_state)


def _facts(session: Session, event: Event) -> Block:
    report = queries.report(session, event.subject_id)
    shown = (
        ("Resource", f"{report.resource_name} ({report.resource_code})"),
        ("Period", term_in_words(report.period_start_on, report.period_end_on)),
        ("Claimed MWh", mwh(report.claimed_mwh)),
        ("Verified MWh", mwh(report.verified_mwh)),
        ("M&V report", address(report.path)),
    )
    return Block(heading="The M&V report", facts=tuple((label, value) for label, value in shown if value))


def rejection(session: Session, event: Event) -> Post:
    """Which fact failed which rule (rules 8.4, 8.6)."""
    opening = (
        "Your M&V report is rejected. No ERCs are issued on it. The table below gives every ground.",
        f"Reasons of the decision: {event.facts.get('reasons', '')}",
    )
    after = (f"Where a ground can be cured, begin a new version of the report at {address(event.path)}; this version stays public as it is.",)
    grounds = queries.rejection_explained(queries.report(session, event.subject_id))
    return _post(session, event, "Rejection", (Block(opening), _facts(session, event), Block(after, heading="What you can do")), grounds)


def return_for_more(session: Session, event: Event) -> Post:
    """What is missing before the state can decide (rule 8.11)."""
    opening = ("Your M&V report is returned for more information. It is neither accepted nor rejected.",)
    after = (f"Begin a new version at {address(event.path)}: it starts with your statements, readings and papers. The version returned stays public as it is.",)
    wanted = Block((str(event.facts.get("reasons", "")),), heading="What the state needs")
    return _post(session, event, "Return for more information", (Block(opening), _facts(session, event), wanted, Block(after, heading="What you can do")), [])


LETTERS: dict[str, Write] = {"mv_report.reject": rejection, "mv_report.return": return_for_more}
