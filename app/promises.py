"""What an event promises: words for people's inboxes and mail, and letters that explain a decision (rules 8.4, 8.10, 10.12, 13.10).

Each domain's `letters` says which of its events promises what; the worker keeps the promises, each once. Words and letters are made of the event
and of rows that no longer change, so that the same event always gives the same letter, byte for byte.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import people
from app.amounts import day_in_words, exact_text
from app.press import Block, Letter, Reason
from app.record import Event
from app.state_plan import StatePlan

DEFAULT_SITE = "http://127.0.0.1:8000"
UNDER = ", under the "
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_site = {"url": DEFAULT_SITE}


def use_site(url: str) -> None:
    """Bind this process to the public address under which its links open."""
    _site["url"] = url.rstrip("/")


def address(path: str) -> str:
    """A page's whole address, as a letter or mail prints it."""
    return f"{_site['url']}{path}"


@dataclass(frozen=True)
class Words:
    """One notice: the line in the inbox and the same words as a mail."""

    subject: str
    words: str


@dataclass(frozen=True)
class Post:
    """A letter, and the matter among whose documents it is kept: of what kind it is there, under which title, whose it is, and which state's."""

    letter: Letter
    document_kind: str
    heading: str
    matter_kind: str
    matter_id: UUID
    organisation_id: UUID
    issuing_state: str


Say = Callable[[Event], Words]
Write = Callable[[Session, Event], Post | None]


def told(headline: str, words: str, /, **shown: str) -> Say:
    """A notice with a headline, one sentence, and those facts of the event that `shown` gives a label."""

    def say(event: Event) -> Words:
        facts = [f"{label}: {spoken(event.facts[name], name)}" for name, label in shown.items() if event.facts.get(name) not in (None, "", [], {})]
        paragraphs = [words, "\n".join(facts), f"{event.office}, {day_in_words(event.at.date())}, {event.at:%H:%M} UTC", f"Open it: {address(event.path)}"]
        return Words(f"{headline}: {event.subject_title}", "\n\n".join(filter(None, [event.subject_title, *paragraphs])) + "\n")

    return say


def spoken(fact: Any, name: str = "") -> str:
    """A fact of an event as a sentence prints it: counts and MWh with thousands separators, a year without, a day in words."""
    if isinstance(fact, Mapping):
        return "; ".join(f"{key} {spoken(value, key)}" for key, value in fact.items())
    if isinstance(fact, list | tuple):
        return "; ".join(spoken(one, name) for one in fact)
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    if name.endswith("_mwh"):
        return _measured(str(fact))
    if ISO_DAY.fullmatch(str(fact)):
        return day_in_words(date.fromisoformat(str(fact)))
    return f"{fact:,}" if isinstance(fact, int) and not name.endswith("year") else str(fact)


def _measured(fact: str) -> str:
    """MWh that an event keeps as exact text, alone or after their vintage: "2022: 8526051/10" is said as "2022: 852,605.1"."""
    vintage, colon, amount = fact.rpartition(": ")
    return f"{vintage}{colon}{exact_text(Fraction(amount))}"


@dataclass(frozen=True)
class Heading:
    """Whose letter it is, the day in the state's own time, and that time's zone."""

    agency: str
    plan: str
    dated_on: date
    zone: ZoneInfo


def heading(session: Session, event: Event, state: str) -> Heading:
    """The authority that the event names, else the plan that was in force when it happened; a later version changes nothing (rule 8.4)."""
    plan = _plan_then(session, event, state)
    agency, _, named = str(event.facts.get("authority") or "").rpartition(UNDER)
    zone = ZoneInfo(plan["time_zone"] if plan else "UTC")
    own = (plan["agency"], plan.title) if plan else (f"State of {state}", "")
    return Heading(agency or own[0], named or own[1], event.at.astimezone(zone).date(), zone)


def _plan_then(session: Session, event: Event, state: str) -> StatePlan | None:
    known = select(StatePlan).where(StatePlan.state == state, StatePlan.effective_on <= event.at.date(), StatePlan.made_at <= event.at)
    return session.scalar(known.order_by(StatePlan.effective_on.desc(), StatePlan.version.desc()).limit(1))


def addressee(session: Session, organisation_ids: Iterable[UUID]) -> tuple[str, ...]:
    """The lines of an address: one organisation with its street, or several by name."""
    found = sorted(filter(None, (people.organisation(session, one) for one in organisation_ids)), key=lambda one: one.name)
    if len(found) != 1:
        return tuple(one.name for one in found)
    return (found[0].name, *(line.strip() for line in found[0].address.splitlines() if line.strip()))


def mwh(amount: Decimal | None) -> str:
    """MWh as a letter prints them: every digit that says something, and no more."""
    return "" if amount is None else exact_text(amount)


def person_name(session: Session, user_id: UUID | None) -> str:
    """The name of the one who recommended; the public reads names of officials on decisions, never their addresses."""
    found = people.user(session, user_id) if user_id else None
    return found.name if found else ""


@dataclass(frozen=True)
class Draft:
    """What differs from letter to letter; `compose` adds who writes, when, and where it is public."""

    state: str
    organisation_ids: tuple[UUID, ...]
    reference: str
    subject: str
    blocks: tuple[Block, ...]
    reasons: tuple[Reason, ...] = ()
    second_signer: str = ""


def compose(session: Session, event: Event, draft: Draft) -> Letter:
    """The letter, signed by who acted in the event, at its permanent address."""
    top = heading(session, event, draft.state)
    return Letter(
        agency=top.agency,
        plan=top.plan,
        dated_on=top.dated_on,
        reference=f"{draft.reference}, event {event.sequence}",
        addressee=addressee(session, draft.organisation_ids),
        subject=draft.subject,
        blocks=draft.blocks,
        signed_by=event.actor_name,
        office=f"For the {top.agency}",
        public_address=address(letter_path(event.id)),
        reasons=draft.reasons,
        second_signer=draft.second_signer,
    )


def letter_path(event_id: UUID) -> str:
    """Where the letter of an event is, whether it was made already or not."""
    return f"/letters/{event_id}.pdf"


def ground(one: Mapping[str, Any]) -> Reason:
    """A failed test as a row of the letter: the fact, the rule that it fails, and the cure (rule 8.6)."""
    return Reason(
        f"{one['code']}: {one['title']}", f"programme rule {one['rule']}", str(one["words"]), str(one["cure"]) or "Nothing that the programme knows of."
    )
