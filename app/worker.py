"""Keeps what events promise: notices, mails, letters; warns before deadlines; seals the public log (rules 8.10, 10.8, 10.12, 10.13, 13.10).

A job is deferred in the transaction of its event, so it exists if and only if the event happened. What a job does is unique by event and promise, so
a job that runs twice, after a kill or a retry, delivers once. One job of many takes its waiting neighbours with it: most events promise nothing.
"""

import asyncio
import contextlib
import logging
import os
import smtplib
import ssl
import threading
from collections.abc import Iterable, Sequence
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import procrastinate
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from procrastinate import RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app import public_log
from app.compliance.actions import warn_of_shortfalls
from app.config import Settings
from app.db import now, reading, writing
from app.people import Actor, User
from app.programme.actions.people import SEND_PASSWORD_RESET, send_password_reset
from app.programme.letters import LETTER, LETTERS, WORDS, make_letter
from app.promises import Words, use_site
from app.record import FOLLOW_UP, JOBS, Delivery, Event, Notice
from app.signing import load_or_create_key

TOLD = "told"
SEND_MAIL = "send_mail"
MAKE_LETTER = "make_letter"
NEIGHBOURS = 300
CONCURRENT_JOBS = 3
MAIL_RETRIES = RetryStrategy(max_attempts=48, wait=60, linear_wait=240)
"""For three days, each wait four minutes longer than the one before, so that a server that comes back is found within hours."""
SEAL_EVERY_SECONDS = 2.0
STALLED_AFTER_SECONDS = 30
LOUD = tuple({**WORDS, **LETTERS})
"""The actions whose events promise something."""

LOG = structlog.get_logger("erc.worker")
_settings: dict[str, Settings] = {}


def bind(settings: Settings) -> None:
    """Bind this process to settings; the database and the object store are bound by the caller."""
    _settings["main"] = settings
    use_site(settings.public_url)


# What is promised


@JOBS.task(name=FOLLOW_UP, retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def follow_up(event_id: str) -> None:
    """Keep the promises of one event, and of the events that wait behind it, in one transaction."""
    with writing() as session:
        together = [event_id, *_neighbours(session)]
        deliver(session, [UUID(one) for one in together])


def _neighbours(session: Session) -> list[str]:
    """The events of the next waiting jobs, whose jobs end here: they are deleted in the same transaction that does their work."""
    taken = text(
        "DELETE FROM procrastinate_jobs WHERE id IN (SELECT id FROM procrastinate_jobs WHERE task_name = :task AND status = 'todo' AND attempts = 0"
        " ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED) RETURNING args->>'event_id'"
    )
    return list(session.scalars(taken, {"task": FOLLOW_UP, "most": NEIGHBOURS}))


def deliver(session: Session, event_ids: Sequence[UUID]) -> int:
    """Tell everybody what these events promise, and order their letters; how many events were told for the first time."""
    loud = list(session.scalars(select(Event).where(Event.id.in_(event_ids), Event.action.in_(LOUD)).order_by(Event.sequence)))
    if not loud:
        return 0
    claim = upsert(Delivery).on_conflict_do_nothing().returning(Delivery.event_id)
    fresh = set(session.scalars(claim, [{"event_id": event.id, "promise": TOLD, "delivered_at": now(), "result": {}} for event in loud]))
    events = [event for event in loud if event.id in fresh]
    tell(session, [event for event in events if event.action in WORDS])
    _defer(session, MAKE_LETTER, [{"event_id": str(event.id)} for event in events if event.action in LETTERS], priority=-10)
    return len(events)


def tell(session: Session, events: Sequence[Event]) -> None:
    """A notice and a mail with the same words for each active person whom an event tells, or whose organisation, but not for who did it (rule 8.10)."""
    people = _people(session, {one for event in events for one in event.tells})
    notices, mails = [], []
    for event in events:
        said = WORDS[event.action](event)
        for user in (user for one in event.tells for user in people.get(one, ()) if user.id != event.actor_id):
            notices.append({"event_id": event.id, "user_id": user.id, "subject": said.subject, "words": said.words, "path": event.path})
            mails.append({"to": user.email, "subject": said.subject, "words": said.words})
    if notices:
        session.execute(insert(Notice), notices)
        _defer(session, SEND_MAIL, mails, priority=-5)  # A mail server that does not answer keeps no notice waiting.


def _people(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[User]]:
    """By the id that tells them: their own, or their organisation's."""
    told, found = set(ids), dict[UUID, list[User]]()
    named = User.organisation_id.in_(told) | User.id.in_(told)
    for user in session.scalars(select(User).where(named, User.left_at.is_(None)).order_by(User.email)):
        found.setdefault(user.id if user.id in told else user.organisation_id, []).append(user)
    return found


def _defer(session: Session, task: str, jobs: Sequence[dict[str, Any]], priority: int = 0) -> None:
    """Queue jobs in this transaction."""
    if jobs:
        connection = session.connection().connection.driver_connection
        JOBS.configure_task(task, connection=connection, priority=priority).batch_defer(*jobs)


@JOBS.task(name=MAKE_LETTER, retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def letter(event_id: str) -> None:
    """Make a letter, unless somebody asked for it before its turn came."""
    with writing() as session:
        make_letter(session, UUID(event_id))


# Mail


@JOBS.task(name=SEND_MAIL, pass_context=True, retry=MAIL_RETRIES)
def send_mail(context: procrastinate.JobContext, to: str, subject: str, words: str) -> None:
    """Send one mail by the SMTP server of the settings, or write it as a file under `home/mail`. A repeat carries the same message id."""
    settings = _settings["main"]
    message = mail(settings, to, Words(subject, words), f"{context.job.id}")
    if settings.mail is None:
        write_mail(settings.home / "mail", f"{context.job.id:08d}.eml", message)
    else:
        post_mail(settings, message)


@JOBS.task(name=SEND_PASSWORD_RESET, retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def password_reset(email: str) -> None:
    """Mail a link for a new password to whoever has the address."""
    with writing() as session:
        send_password_reset(session, email)


def mail(settings: Settings, to: str, said: Words, name: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail.sender if settings.mail else "erc-docket@localhost"
    message["To"] = to
    message["Subject"] = " ".join(said.subject.split())
    message["Message-ID"] = f"<{name}.{settings.home.name}@erc-docket>"
    message["Date"] = now()
    message.set_content(said.words)
    return message


def write_mail(folder: Path, name: str, message: EmailMessage) -> Path:
    """One file a mail, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{name}.{threading.get_ident()}"
    half.write_bytes(bytes(message))
    return half.replace(folder / name)


def post_mail(settings: Settings, message: EmailMessage) -> None:
    """Hand a mail to the server. What goes wrong after the server took it is no reason to send it again."""
    assert settings.mail is not None
    server = smtplib.SMTP(settings.mail.host, settings.mail.port, timeout=30)
    try:
        if settings.mail.starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.mail.user and settings.mail.password:
            server.login(settings.mail.user, settings.mail.password)
        server.send_message(message)
    finally:
        with contextlib.suppress(OSError):
            server.quit()


# What was missed


@JOBS.periodic(cron="* * * * *")
@JOBS.task(name="sweep", queueing_lock="sweep", pass_context=True)
async def sweep(context: procrastinate.JobContext, timestamp: int = 0) -> None:
    """Take up again what a killed worker left, and events whose promises nobody kept."""
    del timestamp
    await retake(context.app, STALLED_AFTER_SECONDS)
    await asyncio.to_thread(catch_up)


@JOBS.periodic(cron="0 13 * * *")
@JOBS.task(name="warn", queueing_lock="warn", retry=RetryStrategy(max_attempts=4, exponential_wait=60))
def warn(timestamp: int = 0) -> None:
    """Once a day, in the morning of the states: tell the representatives of units that lack ERCs before a deadline (rule 10.8)."""
    del timestamp
    with writing() as session:
        warn_of_shortfalls(session, Actor.system("deadlines"), now().date())


async def retake(jobs: procrastinate.App, stalled_seconds: float) -> int:
    """Put the jobs of workers that gave no sign of life back into the queue; how many."""
    stalled = list(await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds))
    for job in stalled:
        LOG.warning("retaken", job=job.id, task=job.task_name)
        await jobs.job_manager.retry_job(job)
    return len(stalled)


def catch_up(older_than: timedelta = timedelta(minutes=2)) -> int:
    """Deliver for loud events that nothing was delivered for, and order letters that are still missing; how many of both."""
    with writing() as session:
        missed = deliver(session, _undelivered(session, tuple(LOUD), TOLD, older_than))
        lacking = _undelivered(session, tuple(LETTERS), LETTER, older_than * 5)
        return missed + sum(_order_letter(session, one) for one in lacking)


def _undelivered(session: Session, actions: Sequence[str], promise: str, older_than: timedelta) -> list[UUID]:
    kept = select(Delivery.event_id).where(Delivery.event_id == Event.id, Delivery.promise == promise).exists()
    found = select(Event.id).where(Event.action.in_(actions), Event.at < now() - older_than, ~kept).order_by(Event.sequence).limit(NEIGHBOURS)
    return list(session.scalars(found))


def _order_letter(session: Session, event_id: UUID) -> bool:
    """Queue a letter once more; an order that still waits is left alone."""
    ordered = text("SELECT 1 FROM procrastinate_jobs WHERE task_name = :task AND args->>'event_id' = :event_id AND status IN ('todo', 'doing')")
    if session.scalar(ordered, {"task": MAKE_LETTER, "event_id": str(event_id)}):
        return False
    _defer(session, MAKE_LETTER, [{"event_id": str(event_id)}], priority=-20)
    return True


# The seal


def seal_all(key: Ed25519PrivateKey) -> int:
    """Seal every event that waits, batch by batch; how many."""
    sealed = 0
    while True:
        with writing() as session:
            batch = public_log.seal(session, key)
        sealed += batch
        if batch < public_log.BATCH:
            return sealed


class Sealer(threading.Thread):
    """Gives events their position in the public log every few seconds, with a signed head each time there were any, and one now and then when not."""

    def __init__(self, key: Ed25519PrivateKey, every_seconds: float = SEAL_EVERY_SECONDS) -> None:
        super().__init__(name="sealer", daemon=True)
        self.key, self.every_seconds = key, every_seconds
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                seal_all(self.key)
            except Exception:
                LOG.exception("not_sealed")
            self.stopping.wait(self.every_seconds)

    def stop(self) -> None:
        """End after the present batch, then seal what came last."""
        self.stopping.set()
        self.join(timeout=30)
        with contextlib.suppress(Exception):
            seal_all(self.key)


# The process


def run(settings: Settings, url: str, *, until_empty: bool = False) -> None:
    """Work until SIGTERM or SIGINT, or until nothing waits. The database and the object store are bound to this process already."""
    bind(settings)
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    with contextlib.suppress(OSError):
        os.nice(5)
    key = load_or_create_key(settings.home)
    with writing() as session:
        public_log.introduce(session, key)
    sealer = Sealer(key)
    sealer.start()
    LOG.info("worker_began")
    try:
        work(url, until_empty=until_empty)
    finally:
        sealer.stop()
        LOG.info("worker_ended")


class WorkerConnector(procrastinate.PsycopgConnector):  # type: ignore[misc]
    """The worker's own connections for its queue; a job that is deferred inside a transaction goes through that transaction's connection."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.in_transactions = procrastinate.SyncPsycopgConnector()

    def get_sync_connector(self) -> Any:
        return self.in_transactions


def work(url: str, *, until_empty: bool = False, signals: bool = True) -> None:
    """Run jobs from the queue of this database; the sweep comes first, because the worker before this one may have been killed."""
    connector = WorkerConnector(conninfo=url.replace("postgresql+psycopg://", "postgresql://"), min_size=1, max_size=CONCURRENT_JOBS + 3)
    with JOBS.replace_connector(connector) as jobs:
        asyncio.run(_work(jobs, until_empty, signals))


async def _work(jobs: procrastinate.App, until_empty: bool, signals: bool) -> None:
    async with jobs.open_async():
        await jobs.job_manager.prune_stalled_workers(STALLED_AFTER_SECONDS)
        with contextlib.suppress(AlreadyEnqueued):
            await jobs.configure_task("sweep", queueing_lock="sweep").defer_async()
        while True:
            await jobs.run_worker_async(
                concurrency=CONCURRENT_JOBS, wait=not until_empty, delete_jobs="successful", shutdown_graceful_timeout=20, install_signal_handlers=signals
            )
            if not until_empty or not await asyncio.to_thread(waiting):
                return


def waiting() -> int:
    """How many jobs wait for their turn now; those put off for a later try are not counted."""
    due = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())")
    with reading() as session:
        return session.scalar(due) or 0
