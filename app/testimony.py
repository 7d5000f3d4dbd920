"""Whether what a downloaded trace tells of its ERC is what the proved events say: its movements, status, holder, decisions, amounts and papers.

A valid proof alone shows that some events stand in the public log; somebody could still hand on a file that leaves out the surrender, or names
another holder. Here each line of the history must agree with its event, and each event must have its line (rules 10.2, 10.13, 14.7). Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.amounts import day_in_words

Facts = Mapping[str, Any]
Span = tuple[str, int, int]

SERIAL = re.compile(r"(?P<stem>.+)-(?P<first>\d{1,19})(?:\.\.(?P<last>\d{1,19}))?")
MOVES_OF = {
    "mv_report.issue": "issue", "emissions_record.issue": "issue", "surrender.surrender": "surrender", "deduction.deduct": "surrender",
    "hold.place": "hold", "hold.lift": "lift",
}  # fmt: skip
STATUS_AFTER = {
    "issue": "active", "transfer": "active", "reserve": "reserved", "release": "active", "hold": "held", "lift": "active", "surrender": "surrendered",
    "retire": "retired", "cancel": "cancelled", "correct": "active",
}  # fmt: skip
AN = {"issue": "an"}
WRITTEN_WITHIN = timedelta(minutes=1)
"""The issue's row is written in one transaction with its event, moments before."""
COUNTED = ("issue", "transfer", "surrender", "retire", "hold", "lift", "cancel", "correct")
NAMES_ITS_EVENT = ("transfer", "surrender", "retire", "correct")
BY_OFFER = "offer.accept"
MADE_AFTERWARDS = {"letter", "certificate"}
"""Kinds of documents that are made of an event, so that no event can name their digest."""


def contradictions(trace: Facts, events: Sequence[Facts]) -> list[str]:
    """What the file says otherwise than its proved events, in words; empty when all agrees."""
    span = _span(trace.get("serial"))
    if span is None:
        return ["The file names no serial, so there is nothing that its events could prove."]
    waiting = waiting_in(trace)
    moves = [line for line in _lines(trace, "history") if line.get("status_after")]
    return [
        *_chain(trace, moves),
        *_accounted(span, moves, events, waiting),
        *_named(moves, waiting),
        *_retold(_lines(trace, "history"), events),
        *_decided(_lines(trace, "decisions"), events, waiting),
        *_amounts(trace, span, events),
        *_sentence(trace, span, events, moves),
        *_papers(trace, events),
    ]


def waiting_in(trace: Facts) -> int:
    """How many of its events a trace says are not sealed yet; what they tell cannot be shown."""
    waiting = _of(trace, "proof").get("waiting", 0)
    return waiting if type(waiting) is int else 0


def _chain(trace: Facts, moves: Sequence[Facts]) -> Iterator[str]:
    """Each movement begins where the one before ended, and the last one is where the ERC is said to be."""
    if not moves or moves[0].get("kind") != "issue":
        yield "The history does not begin with an issue."
        return
    account, status = _of(moves[0], "from").get("account_number"), moves[0].get("status_before")
    for line in moves:
        kind = line.get("kind")
        if (_of(line, "from").get("account_number"), line.get("status_before")) != (account, status):
            yield f"The {kind} of {line.get('when')} does not begin where the movement before it ended."
        if STATUS_AFTER.get(str(kind)) != line.get("status_after"):
            yield f"A {kind} does not leave ERCs {line.get('status_after')}."
        account, status = _of(line, "to").get("account_number"), line.get("status_after")
    if trace.get("status") != status:
        yield f"The file says {trace.get('status')}; its last movement left it {status}."
    if trace.get("holder") != moves[-1].get("to"):
        yield "The holder is not who received it last."


def _accounted(span: Span, moves: Sequence[Facts], events: Sequence[Facts], waiting: int) -> Iterator[str]:
    """As many movements of a kind as events that tell of one; those whose events wait for their seal cannot be shown yet."""
    offers = {str(event.get("id")) for event in events if event.get("action") == BY_OFFER}
    unproved = 0
    for kind in COUNTED:
        told = [line for line in moves if line.get("kind") == kind and str(line.get("event_id")) not in offers]
        known = sum(_kind(event) == kind and _covers(event, span) for event in events)
        if len(told) < known:
            yield f"The history leaves out {AN.get(kind, 'a')} {kind} of which an event in the proof tells."
        unproved += max(0, len(told) - known)
    if unproved > waiting:
        yield f"Of {unproved - waiting} movements in the history no event in the proof tells."


def _named(moves: Sequence[Facts], waiting: int) -> Iterator[str]:
    """A movement that its own event tells of names that event, so that what it says can be held against it."""
    unnamed = sum(line.get("kind") in NAMES_ITS_EVENT and "event_id" not in line for line in moves)
    if unnamed > waiting:
        yield f"Of the movements in the history {unnamed - waiting} name no event."


def _decided(decisions: Sequence[Facts], events: Sequence[Facts], waiting: int) -> Iterator[str]:
    """A decision has its event: of the same matter at the same time, by the same office, on the same authority, for the same reasons."""
    by_time = {(str(event.get("at")), str(_of(event, "subject").get("title"))): event for event in events}
    unproved = 0
    for one in decisions:
        event = by_time.get((str(one.get("at")), str(one.get("about"))))
        if event is None:
            unproved += 1
            continue
        facts = _of(event, "facts")
        pairs = {
            "by": (one.get("by"), event.get("by")),
            "authority": (one.get("authority"), facts.get("authority") or ""),
            "reasons": (one.get("reasons"), facts.get("reasons") or facts.get("reason") or ""),
        }
        wrong = ", ".join(name for name, (said, sealed) in pairs.items() if said != sealed)
        if wrong:
            yield f"The decision of {one.get('at')} on {one.get('about')} is told otherwise than it was sealed: {wrong}."
    if unproved > waiting:
        yield f"Of {unproved - waiting} decisions no event in the proof tells."


def _retold(history: Sequence[Facts], events: Sequence[Facts]) -> Iterator[str]:
    """A line that names its event says who, when, why, between which accounts and for what as the event does."""
    by_id = {str(event.get("id")): event for event in events}
    for line in history:
        event = by_id.get(str(line.get("event_id")))
        if event is None:
            continue
        facts = _of(event, "facts")
        pairs = {"reason": (line.get("reason"), facts.get("reasons") or facts.get("reason") or "")}
        if line.get("status_after"):
            pairs = {"reason": (line.get("reason"), facts.get("reason", line.get("reason")))}
            pairs["kind"] = (line.get("kind"), _kind(event) or line.get("kind"))
            pairs["beneficiary"] = (line.get("beneficiary"), facts.get("beneficiary", line.get("beneficiary")))
            pairs["sender"] = (_of(line, "from").get("account_number"), facts.get("from_account", _of(line, "from").get("account_number")))
            pairs["receiver"] = (_of(line, "to").get("account_number"), facts.get("to_account", _of(line, "to").get("account_number")))
            pairs["purpose"] = (all(str(facts.get(name, "")) in str(line.get("purpose")) for name in ("unit", "period")), True)
        else:
            pairs["time"] = (line.get("when"), event.get("at"))
            pairs["matter"] = (str(_of(event, "subject").get("title")) in str(line.get("words")), True)
        wrong = ", ".join(name for name, (said, sealed) in pairs.items() if said != sealed)
        if wrong:
            yield f"The history's event {line.get('event_id')} is told otherwise than it was sealed: {wrong}."


def _amounts(trace: Facts, span: Span, events: Sequence[Facts]) -> Iterator[str]:
    """The serial's parts are those of the papers, and the calculation that of the issue."""
    parts = [trace.get("issuing_state"), trace.get("vintage_year"), _of(trace, "resource").get("code")]
    basis = _of(trace, "mv_report").get("code") or f"EGU{_of(trace, 'emissions_record').get('year')}"
    if span[0] != "-".join(map(str, [*parts, basis])):
        yield "The serial is not made of the state, vintage, resource and report that the file names."
    calculation, vintage = _of(trace, "calculation"), trace.get("vintage_year")
    for event in events:
        issued = next((one for one in _spans(event) if _kind(event) == "issue" and _within(span, one)), None)
        if issued is None:
            continue
        if calculation.get("ercs") != issued[2] - issued[1] + 1:
            yield f"The calculation says {calculation.get('ercs')} ERCs; {issued[2] - issued[1] + 1} were issued."
        for name, key in (("approved_mwh", "approved_mwh"), ("carry_out", "carry_out_mwh")):
            said = _of(event, "facts").get(name)
            if isinstance(said, list) and f"{vintage}: {calculation.get(key)}" not in said:
                yield f"The calculation's {key} is not what was decided."


def _sentence(trace: Facts, span: Span, events: Sequence[Facts], moves: Sequence[Facts]) -> Iterator[str]:
    """The sentence in words names this serial and its state, ends with where it is, and gives the day of its issue as that day was in the state's zone."""
    words, holder, last = str(trace.get("words")), _of(trace, "holder"), moves[-1] if moves else {}
    asked = {"serial": f" {trace.get('serial')} ", "state": f" by the state of {trace.get('issuing_state')} "}
    wrong = [name for name, said in asked.items() if said not in words]
    sender = _of(last, "from").get("organisation")
    where = where_now(str(trace.get("status")), f"{holder.get('kind')} account of {holder.get('organisation')}", last, str(sender))
    if not words.endswith(f" now {where}."):
        wrong.append("status and holder")
    issued = next((event for event in events if _kind(event) == "issue" and any(_within(span, one) for one in _spans(event))), None)
    if issued is not None and not any(f" issued on {day} by " in words for day in _days(issued.get("at"), trace.get("time_zone"))):
        wrong.append("day of issue")
    if wrong:
        yield f"The sentence says otherwise than the events: {', '.join(wrong)}."


def where_now(status: str, account: str, last: Facts, sender: str) -> str:
    """Where an ERC is, as the sentence ends: in which account, or what its last movement was for, and who sent it there."""
    match status:
        case "surrendered":
            return f"surrendered {last.get('purpose') or ''}".rstrip() + f" by {sender}"
        case "retired":
            beneficiary = f" for {last['beneficiary']}" if last.get("beneficiary") else ""
            return f"retired voluntarily{beneficiary} by {sender}"
        case "cancelled":
            return "cancelled: not valid, and not to be used"
        case "held":
            return f"held: not to be moved while the state looks into it, in the {account}"
        case "reserved":
            return f"reserved for an offered transfer, in the {account}"
    return f"in the {account}"


def _days(at: object, zone: object) -> list[str]:
    """The day of an instant where the state is, as the sentence writes it; none for what is no instant or no zone."""
    try:
        then = datetime.fromisoformat(str(at)).astimezone(ZoneInfo(str(zone)))
    except (ValueError, OSError, KeyError):
        return []
    return [day_in_words(one.date()) for one in (then, then - WRITTEN_WITHIN)]


def _papers(trace: Facts, events: Sequence[Facts]) -> Iterator[str]:
    """Every public document that was submitted has a digest that the event of its submission names."""
    named = {str(digest) for event in events for digest in _list(_of(event, "facts").get("documents"))}
    named |= {str(_of(event, "facts").get("document_sha256")) for event in events}
    for one in _lines(trace, "documents"):
        if one.get("kind") not in MADE_AFTERWARDS and one.get("confidential") is not True and one.get("sha256") not in named:
            yield f"No event of a submission names the digest of “{one.get('title')}”."


def _kind(event: Facts) -> str:
    """The kind of movement that an event tells of; empty for one that moves nothing, and for offers, which name no serials when answered."""
    facts, action = _of(event, "facts"), str(event.get("action"))
    if action == "erc_transaction.record":
        return str(facts.get("transaction_kind"))
    if action == "proposal.confirm":
        return str(facts["what"]) if facts.get("what") in ("cancel", "correct") else ""
    return MOVES_OF.get(action, "")


def _covers(event: Facts, span: Span) -> bool:
    return any(_within(span, one) for one in _spans(event))


def _within(inner: Span, outer: Span) -> bool:
    return inner[0] == outer[0] and outer[1] <= inner[1] and inner[2] <= outer[2]


def _spans(event: Facts) -> list[Span]:
    said = _of(event, "facts").get("serials")
    return [span for span in map(_span, said if isinstance(said, list) else [said]) if span is not None]


def _span(serial: object) -> Span | None:
    match = SERIAL.fullmatch(serial) if isinstance(serial, str) else None
    return (match["stem"], int(match["first"]), int(match["last"] or match["first"])) if match else None


def _of(whole: Facts, name: str) -> Facts:
    found = whole.get(name)
    return found if isinstance(found, Mapping) else {}


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


def _lines(whole: Facts, name: str) -> list[Facts]:
    return [one for one in _list(whole.get(name)) if isinstance(one, Mapping)]
