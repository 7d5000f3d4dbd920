"""Which words and letters the events of applications and qualifications promise (rules 8.4, 8.6, 8.10)."""

from datetime import date

from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.eligibility import queries
from app.eligibility.criteria import RESOURCE_TYPES
from app.press import Block
from app.promises import Draft, Post, Say, Write, address, compose, ground, heading, person_name, told
from app.record import Event

WORDS: dict[str, Say] = {
    "application.engage": told("A verifier is asked", "A verification body is asked to verify this application.", due_on="Due on"),
    "application.end_engagement": told("The engagement was ended", "The verification body that was asked is released.", reason="Reason"),
    "application.take_back": told("Taken back to draft", "The provider took the application back; an engagement that was open has ended."),
    "application.verify": told(
        "Verified", "The verification report is there. The application can now be certified and submitted.", opinion="Opinion", body="Verification body"
    ),
    "application.submit": told("Submitted", "The application was certified and submitted to the state. It is public now, with its documents."),
    "application.take_up": told("Under review", "The state has begun to review the application."),
    "application.claim": told("A review is handed to you", "Another reviewer gave you the review of this application; it stands among yours in the queue."),
    "application.recommend": told(
        "Waiting for a second person", "A reviewer recommended a decision on this application. You may decide on it, or send it back."
    ),
    "application.return": told(
        "Returned for more information", "The state needs more before it can decide. Begin a new version with what the reasons name.", reasons="Reasons"
    ),
    "application.approve": told(
        "Approved", "The application is approved and the resource is qualified. M&V reports can now be filed.", reasons="Reasons", resource="Resource"
    ),
    "application.deny": told(
        "Denied", "The application is denied. The letter says which fact failed which rule and what would cure it.", codes="Grounds", reasons="Reasons"
    ),
    "application.withdraw": told("Withdrawn", "The provider withdrew the application.", reasons="Reasons"),
}


def _post(session: Session, event: Event, subject: str, blocks: tuple[Block, ...], second: bool = False) -> Post:
    application = queries.application(session, event.subject_id)
    draft = Draft(
        state=application.issuing_state,
        organisation_ids=(application.provider_organisation_id,),
        reference=f"{application.code} version {application.version}",
        subject=f"{subject}: {event.subject_title}",
        blocks=blocks,
        reasons=tuple(ground(one) for one in event.facts.get("grounds", [])),
        second_signer=person_name(session, application.recommended_by_id) if second else "",
    )
    return Post(
        compose(session, event, draft), "letter", draft.subject, "application", application.id, application.provider_organisation_id, application.issuing_state
    )


def _facts(session: Session, event: Event) -> Block:
    """What the letter is about, from the application as it was submitted."""
    application = queries.application(session, event.subject_id)
    zone = heading(session, event, application.issuing_state).zone
    shown = (
        ("Resource", f"{application.resource.name} ({application.resource.code})"),
        ("Type", _type(queries.type_code(application))),
        ("Place", str(application.facts.get("host_state", ""))),
        ("ORIS plant code", application.resource.oris_plant_code or ""),
        ("Generator number", application.resource.generator_id or ""),
        ("Installed on", " ".join(filter(None, (_day(application.facts.get("installed_on")), _note(application.facts.get("date_note")))))),
        ("Submitted", day_in_words(application.submitted_at.astimezone(zone)) if application.submitted_at else ""),
        ("Application", address(application.path)),
    )
    return Block(heading="The application", facts=tuple((label, value) for label, value in shown if value))


def _type(code: str) -> str:
    return f"{RESOURCE_TYPES[code].title} ({code})" if code in RESOURCE_TYPES else code


def _day(given: object) -> str:
    """The day of an answer as the letter's own date is written."""
    return day_in_words(date.fromisoformat(str(given))) if given else ""


def _note(words: object) -> str:
    return f"({words})" if words else ""


def approval(session: Session, event: Event) -> Post:
    """The resource is qualified and its EM&V plan approved (rules 8.1, 8.3)."""
    opening = (
        "Your eligibility application is approved. The resource is registered as qualified, and its EM&V plan is approved with it.",
        f"Reasons of the decision: {event.facts.get('reasons', '')}",
    )
    after = (
        "ERCs are issued only on verified M&V reports for the MWh of this resource. This approval issues none (programme rules 8.1 and 8.3).",
        "A change of capacity, technology, ownership, host or method needs an amendment of the application, approved before MWh under it count"
        " (programme rule 3.15a).",
    )
    return _post(session, event, "Approval", (Block(opening), _facts(session, event), Block(after, heading="What follows")), second=True)


def denial(session: Session, event: Event) -> Post:
    """Which fact failed which rule, and what would cure it (rule 8.6)."""
    opening = (
        "Your eligibility application is denied. The table below gives every ground.",
        f"Reasons of the decision: {event.facts.get('reasons', '')}",
    )
    after = (
        f"Where a ground can be cured, begin a new version of the application at {address(event.path)}; this version stays public as it is.",
        "Where the table says that nothing can cure a ground, a new version with the same facts would be denied again.",
    )
    return _post(session, event, "Denial", (Block(opening), _facts(session, event), Block(after, heading="What you can do")))


def return_for_more(session: Session, event: Event) -> Post:
    """What is missing before the state can decide (rule 8.11)."""
    opening = ("Your eligibility application is returned for more information. It is neither approved nor denied.",)
    wanted = (str(event.facts.get("reasons", "")),)
    after = (f"Begin a new version at {address(event.path)}: it starts with your facts and papers. The version returned stays public as it is.",)
    blocks = (Block(opening), _facts(session, event), Block(wanted, heading="What the state needs"), Block(after, heading="What you can do"))
    return _post(session, event, "Return for more information", blocks)


LETTERS: dict[str, Write] = {"application.approve": approval, "application.deny": denial, "application.return": return_for_more}
