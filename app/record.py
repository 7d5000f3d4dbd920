"""History, written once: every action writes exactly one event, and this is the only writer.

The event table is the audit log (rule 10.13), the outbox of letters and mails (rule 8.10) and the leaves of the public log. It is append-only:
a trigger and revoked privileges refuse any change. In the same transaction, as it commits, one follow-up job is deferred, so that what an event
promises is delivered if and only if the event happened.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from uuid import UUID

import procrastinate
from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, UniqueConstraint, Uuid, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base, Identified, now
from app.errors import KeyReused
from app.merkle import event_leaf, event_leaf_hash, plain
from app.people import Actor

JOBS = procrastinate.App(connector=procrastinate.PsycopgConnector())
FOLLOW_UP = "follow_up"
TELL_TOO = "tell_too"
TELL_ONLY = "tell_only"
SENT_TWICE_WITHIN = timedelta(minutes=10)


class Subject(Protocol):
    """What a row offers so that an event can speak of it."""

    kind: ClassVar[str]

    @property
    def id(self) -> Any: ...
    @property
    def title(self) -> str:
        """How a person names it: *M&V report M000045 of Buffalo Ridge Wind*."""

    @property
    def path(self) -> str:
        """The address of its page."""

    @property
    def part_of(self) -> tuple[UUID, ...]:
        """The ids of the things in whose history its events also stand."""

    @property
    def parties(self) -> tuple[UUID, ...]:
        """The organisations that are told of each event (rule 8.10)."""


class Event(Identified, Base):
    """One thing that was done: by whom, on behalf of whom, to what, with which facts. Private facts stand in the leaf only as a salted hash."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_idempotency", "actor_id", "idempotency_key", unique=True, postgresql_where="idempotency_key IS NOT NULL"),
        Index("ix_event_concerns", "concerns", postgresql_using="gin"),
        Index("ix_event_action_sequence", "action", "sequence"),
        Index("ix_event_subject", "subject_id", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    actor_name: Mapped[str] = mapped_column(Text)
    office: Mapped[str] = mapped_column(Text)
    on_behalf_of: Mapped[str] = mapped_column(Text, default="")
    action: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    subject_title: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    private_facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    salt: Mapped[str] = mapped_column(Text)
    concerns: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    tells: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    request_id: Mapped[str] = mapped_column(Text, default="")
    idempotency_key: Mapped[str | None] = mapped_column(Text)
    body_sha256: Mapped[str] = mapped_column(Text, default="")
    leaf_sha256: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    def leaf(self) -> dict[str, Any]:
        return leaf_of(self)


def leaf_of(event: Any) -> dict[str, Any]:
    """The public content whose hash is the event's leaf in the public log; anybody can hash it again."""
    public = {
        "id": event.id,
        "at": event.at,
        "action": event.action,
        "by": event.office,
        "on_behalf_of": event.on_behalf_of,
        "subject": {"kind": event.subject_kind, "id": event.subject_id, "title": event.subject_title},
        "facts": event.facts,
    }
    private = {f"private_{name}": value for name, value in event.private_facts.items()}
    return event_leaf(public, private, bytes.fromhex(event.salt))


class Reply(Base):
    """What the first request with an idempotency key was answered, so that a repeat is answered the same."""

    __tablename__ = "reply"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Delivery(Base):
    """One kept promise of one event: the pair is unique, so a letter or mail is made once however often the job runs."""

    __tablename__ = "delivery"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    promise: Mapped[str] = mapped_column(Text, primary_key=True)
    delivered_at: Mapped[datetime] = mapped_column(default=now)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class Notice(Identified, Base):
    """A line in a person's inbox, with the same words as the mail."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("event_id", "user_id"), Index("ix_notice_user", "user_id", "read_at", "made_at"))

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    subject: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]


class Repeated(Exception):
    """The same person sent the same request again: nothing is done, the first answer stands."""

    def __init__(self, event: Event, answer: dict[str, Any]) -> None:
        super().__init__(event.id)
        self.event = event
        self.answer = answer


def refuse_repeat(session: Session, actor: Actor) -> None:
    """Raise Repeated when this person's idempotency key has an event already, KeyReused when that event came from another body."""
    if actor.idempotency_key is None or actor.user_id is None:
        return
    event = session.scalar(select(Event).where(Event.actor_id == actor.user_id, Event.idempotency_key == actor.idempotency_key))
    if event is None:
        return
    if event.body_sha256 != actor.body_sha256:
        raise KeyReused("This idempotency key came before with another content.", what_to_do="Load the page again, or send a new key.")
    reply = session.get(Reply, event.id)
    raise Repeated(event, reply.answer if reply else {})


def sent_before(session: Session, event: Event) -> Event | None:
    """The last event within ten minutes in which the same person did the same with the same content at the same address."""
    if event.actor_id is None or not event.body_sha256:
        return None
    same = (Event.actor_id == event.actor_id, Event.action == event.action, Event.body_sha256 == event.body_sha256, Event.id != event.id)
    found = select(Event).where(*same, Event.at > event.at - SENT_TWICE_WITHIN).order_by(Event.sequence.desc())
    return session.scalars(found.limit(1)).first()


def tell_too(session: Session, *organisation_ids: UUID) -> None:
    """The next event of this session is also told to these, as the verification body that the act at hand concerns (rule 8.10)."""
    session.info[TELL_TOO] = organisation_ids


def tell_only(session: Session, *person_ids: UUID) -> None:
    """The next event of this session is told to these people in place of its parties, as a step inside the state's review is (rules 8.8, 8.9)."""
    session.info[TELL_ONLY] = person_ids


def record(
    session: Session, actor: Actor, action: str, subject: Subject, *, private: dict[str, Any] | None = None, also: Iterable[UUID] = (), **facts: Any
) -> Event:
    """Write the one event of an action; its follow-up is deferred in the same transaction.

    `facts` are public: numbers, dates, reasons, serials. `private` is kept for those who may read all and enters the public log only as a
    salted hash. `also` names further things in whose history the event stands.
    """
    told = session.info.pop(TELL_ONLY, None)
    event = Event(
        id=UUID(bytes=secrets.token_bytes(16), version=4),
        at=now(),
        actor_id=actor.user_id,
        actor_name=actor.name,
        office=actor.office,
        on_behalf_of=actor.on_behalf_of,
        action=f"{subject.kind}.{action}",
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_title=subject.title,
        path=subject.path,
        facts=plain(facts),
        private_facts=plain(private or {}),
        salt=secrets.token_hex(16),
        concerns=list(dict.fromkeys([subject.id, *subject.part_of, *also])),
        tells=list(dict.fromkeys([*(subject.parties if told is None else told), *session.info.pop(TELL_TOO, ())])),
        request_id=actor.request_id,
        idempotency_key=actor.idempotency_key,
        body_sha256=actor.body_sha256,
    )
    event.leaf_sha256 = event_leaf_hash(event.leaf)
    session.add(event)
    session.flush()
    session.info["recorded"] = (event, subject)
    session.info.setdefault(FOLLOW_UP, []).append(str(event.id))
    return event


@listens_for(Session, "before_commit")
def _defer_follow_ups(session: Session) -> None:
    """Queue one job for each event of the transaction, in the transaction, all in one statement."""
    event_ids = session.info.pop(FOLLOW_UP, [])
    if event_ids:
        connection = session.connection().connection.driver_connection
        JOBS.configure_task(FOLLOW_UP, connection=connection).batch_defer(*({"event_id": event_id} for event_id in event_ids))


def events_concerning(session: Session, *ids: UUID, newest_first: bool = True, most: int | None = None) -> list[Event]:
    """The history of the things with these ids, with what stands in it from their parts; `most` of it, where that is given."""
    order = Event.sequence.desc() if newest_first else Event.sequence
    return list(session.scalars(select(Event).where(Event.concerns.overlap(list(ids))).order_by(order).limit(most)))


def unread_notices(session: Session, user_id: UUID | None) -> int:
    """How many lines of a person's inbox were not read yet."""
    return session.scalar(select(func.count()).select_from(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))) or 0


def event(session: Session, event_id: UUID) -> Event | None:
    return session.get(Event, event_id)
