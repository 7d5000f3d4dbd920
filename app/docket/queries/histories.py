"""Histories in words: the movements of a serial, the decisions behind it, and the timeline of a matter, each from its event (rules 10.13, 14.7)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.people import Actor, Role
from app.record import Event, events_concerning

Row = Mapping[Any, Any]

UNSPOKEN = ("look", "note", "claim", "save", "save_plan", "attach", "attach_readings", "detach", "begin")
"""What is done at the desk and is no part of an ERC's public history; it stands in the public log all the same."""

REVIEWERS_ONLY = frozenset({"note", "claim", "look", "recommend", "send_back", "propose"})
"""Steps inside the state's review, told to nobody outside before the decision."""

MILESTONES = frozenset({"submit", "withdraw", "begin_new_version"})

DECIDING = frozenset({"approve", "deny", "issue", "reject", "place", "lift", "confirm", "suspend", "reinstate", "revoke", "return"})

WORDS = {
    "submit": "Submitted",
    "approve": "Approved",
    "deny": "Denied",
    "issue": "Decided and issued",
    "reject": "Rejected",
    "return": "Returned for more information",
    "withdraw": "Withdrawn",
    "take_up": "Taken up for review",
    "take_back": "Taken back to draft",
    "recommend": "Recommended",
    "send_back": "Sent back to review",
    "engage": "Verifier engaged",
    "accept": "Accepted",
    "decline": "Declined",
    "verify": "Verified: the verifier's report was given",
    "begin": "Begun",
    "begin_new_version": "New version begun",
    "save": "Saved",
    "save_plan": "EM&V plan saved",
    "attach": "Document attached",
    "attach_readings": "Meter readings attached",
    "detach": "Document removed",
    "note": "Private note written",
    "claim": "Claimed or reassigned",
    "look": "Confidential document opened",
    "place": "Hold placed",
    "lift": "Hold lifted",
    "propose": "Proposed",
    "confirm": "Proposal confirmed",
    "refuse": "Proposal refused",
    "transfer": "Transferred",
    "surrender": "Surrendered",
    "retire": "Retired voluntarily",
    "offer": "Offered",
    "file": "Filed",
    "register": "Registered",
    "open": "Opened",
    "close": "Closed",
    "suspend": "Suspended",
    "reinstate": "Reinstated",
    "revoke": "Revoked",
    "accredit": "Accredited",
    "end_engagement": "Engagement ended",
    "record": "Recorded",
    "name": "Named",
    "end": "Ended",
    "accept_invitation": "Invitation accepted",
    "add": "Added",
    "ask_password_reset": "Password reset asked for",
    "begin_amendment": "Amendment begun",
    "change_password": "Password changed",
    "change_scope": "Scope changed",
    "deduct": "ERCs deducted for a compliance period",
    "disclose": "Conflict of interest disclosed",
    "enter": "Entered",
    "grant": "Authority granted",
    "give_notice": "Notice given that it will be closed",
    "invite": "Invited",
    "leave": "Left, or was taken off",
    "list_owners": "Owners listed",
    "make": "Made",
    "object": "Objection written",
    "renew_invitation": "Invited again",
    "report_elsewhere": "Status elsewhere reported",
    "reset_password": "Password set anew",
    "review": "Performance reviewed",
    "settle": "Disclosed conflict settled",
    "warn": "Warned before the deadline",
}
"""What was done, by the verb of the action; one table for every page."""

ACTION_WORDS = {
    "sign_in.begin": "Signed in",
    "sign_in.end": "Signed out",
    "api_token.make": "API token made",
    "api_token.end": "API token ended",
    "certificate.enter": "Certificate of representation entered",
    "organisation.add": "Organisation added",
    "organisation.close": "Organisation closed",
    "agent_grant.grant": "Authority granted to a state's agent",
    "agent_grant.end": "A state agent's grant ended",
    "state_plan.add": "Version of the state plan entered",
    "account.open": "Account opened",
    "account.close": "Account closed",
    "representative.name": "Person named to act for an account",
    "representative.end": "Person no longer acts for an account",
    "engagement.accept": "Engagement accepted",
    "engagement.decline": "Engagement declined",
    "offer.offer": "ERCs offered",
    "offer.accept": "Offer accepted",
    "offer.decline": "Offer declined",
    "offer.withdraw": "Offer withdrawn",
    "proposal.withdraw": "Proposal withdrawn",
    "affected_egu.register": "Affected EGU registered",
    "affected_egu.change": "Unit's data changed",
    "retired_unit_exemption.file": "Retired-unit exemption filed",
    "retired_unit_exemption.lose": "Exemption lost: the unit runs again",
    "accreditation.suspend": "Accreditation suspended",
    "accreditation.reinstate": "Accreditation reinstated",
    "accreditation.revoke": "Accreditation revoked",
}
"""Where the verb alone would not say it."""

LEDGER_WORDS = {
    "issue": "Issued",
    "transfer": "Transferred",
    "reserve": "Reserved for an offer",
    "release": "Released from an offer",
    "hold": "Held",
    "lift": "Hold lifted",
    "surrender": "Surrendered",
    "retire": "Retired voluntarily",
    "cancel": "Cancelled",
    "correct": "Account error corrected",
}


def verb_of(event: Event) -> str:
    return event.action.partition(".")[2]


def words_of(event: Event) -> str:
    """What was done, in words; of a movement of ERCs, which one."""
    moved = LEDGER_WORDS.get(str(event.facts.get("transaction_kind"))) if event.action == "erc_transaction.record" else None
    return moved or words_of_action(event.action)


def words_of_action(action: str) -> str:
    """What an action such as *mv_report.take_up* is called."""
    verb = action.partition(".")[2]
    return ACTION_WORDS.get(action) or WORDS.get(verb) or verb.replace("_", " ").capitalize()


def events_of_lines(events: Sequence[Event], lines: Sequence[Row], all_transaction_ids: set[UUID]) -> list[Event]:
    """The events that speak of these lines; one that speaks only of other movements in the same range is left out."""
    own = {line["transaction_id"] for line in lines}
    others = all_transaction_ids - own
    concerned = [(event, {event.subject_id, *event.concerns}) for event in events]
    return [event for event, ids in concerned if own & ids or not others & ids]


def decisions(events: Sequence[Event], papers: Row) -> list[dict[str, Any]]:
    """Who decided what when, by which authority and why (rule 8.4): offices, never persons."""
    known = {papers[name]: papers for name in ("application_id", "report_id", "record_id") if papers[name]}
    prefix = {papers["application_id"]: "application", papers["report_id"]: "report", papers["record_id"]: "record"}
    found = []
    for event in events:
        if verb_of(event) not in DECIDING or event.subject_kind == "engagement":
            continue
        row, name = known.get(event.subject_id), prefix.get(event.subject_id)
        found.append(
            {
                "decision": words_of(event),
                "about": event.subject_title,
                "at": event.at,
                "by": event.office,
                "authority": event.facts.get("authority") or (row[f"{name}_authority"] if row is not None else ""),
                "reasons": reason_of(event) or (row[f"{name}_reasons"] if row is not None else ""),
                "path": event.path,
            }
        )
    return found


def reason_of(event: Event) -> str:
    return str(event.facts.get("reasons") or event.facts.get("reason") or "")


def of_serial(lines: Sequence[Row], events: Sequence[Event], sealed: set[str]) -> list[dict[str, Any]]:
    """Every movement and change of status, and the decisions behind the papers, oldest first.

    A line whose event is sealed names it by `event_id`: a reader can compare the line with the event's words in the proof.
    """
    by_transaction = {one: event for event in events for one in (event.subject_id, *event.concerns)}
    moved = [_moved(line, _sealed(by_transaction.get(line["transaction_id"]), sealed)) for line in lines]
    decided = [_decided(event, _sealed(event, sealed)) for event in events if verb_of(event) in DECIDING | {"submit", "file"}]
    return sorted([*moved, *decided], key=lambda entry: entry["when"])


def _sealed(event: Event | None, sealed: set[str]) -> dict[str, Any]:
    return {"event_id": event.id} if event is not None and str(event.id) in sealed else {}


def _moved(line: Row, proved: dict[str, Any]) -> dict[str, Any]:
    return {
        "when": line["recorded_at"],
        "kind": line["transaction_kind"],
        "words": LEDGER_WORDS[line["transaction_kind"]],
        "from": {"account_number": line["from_number"], "kind": line["from_kind"], "organisation": line["from_organisation"]},
        "to": {"account_number": line["to_number"], "kind": line["to_kind"], "organisation": line["to_organisation"]},
        "status_before": line["status_before"],
        "status_after": line["status_after"],
        "reason": line["reason"],
        "purpose": line["purpose"],
        "beneficiary": line["beneficiary"],
        "cause": line["cause"],
        "path": f"/transactions/{line['number']}",
        **proved,
    }


def _decided(event: Event, proved: dict[str, Any]) -> dict[str, Any]:
    return {
        "when": event.at,
        "kind": "decision" if verb_of(event) in DECIDING else "submission",
        "words": f"{words_of(event)}: {event.subject_title}",
        "by": event.office,
        "reason": reason_of(event),
        "path": event.path,
        **proved,
    }


def timeline(
    session: Session, subject_id: UUID, inside: bool, since: Any = None, only: frozenset[str] = frozenset(), most: int | None = None
) -> list[dict[str, Any]]:
    """The history of a thing, newest first; private facts and persons' names are for those inside: reviewers of the state and auditors.

    `only` names the acts to tell of, for a thing in whose history everything of its parts stands too; `most` how many of the newest are read.
    What was done to a part names it; what was done to the thing itself need not.
    """
    events = events_concerning(session, subject_id, most=most)
    if not inside:
        events = [event for event in events if verb_of(event) not in REVIEWERS_ONLY]
    if only:
        events = [event for event in events if verb_of(event) in only]
    if since is not None:
        events = [event for event in events if event.at >= since]
    return [_entry(event, event.subject_id == subject_id, inside) for event in events]


def sees_inside(actor: Actor, state: str) -> bool:
    """Whether this person reads what the reviewers wrote for themselves."""
    return actor.role == Role.AUDITOR or (actor.role == Role.REVIEWER and actor.state == state != "")


def _entry(event: Event, of_itself: bool, inside: bool) -> dict[str, Any]:
    """One line of a timeline; a person's name only inside the state."""
    return {
        "at": event.at,
        "words": words_of(event) if of_itself else f"{words_of(event)}: {event.subject_title}",
        "who": f"{event.actor_name}, {event.office}" if inside else event.office,
        "reason": str(event.facts.get("decision_reasons") or "") or reason_of(event) or (str(event.private_facts.get("reasons", "")) if inside else ""),
        "event": event.id,
        "url": "" if of_itself else event.path,
    }
