"""The worker keeps each promise once: notices, mails as files or by SMTP, the seal of the log; and takes up what a killed worker left."""

import asyncio
import email
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import Message
from ipaddress import IPv4Address
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app import worker
from app.config import Mail, Settings
from app.db import now, reading, writing
from app.eligibility import actions as eligibility
from app.programme import actions as programme
from app.promises import Words
from app.public_log import head_facts, heads, introduce, log_size, newest_head
from app.record import JOBS, Event
from app.signing import load_or_create_key, public_bytes
from tests import builders


@pytest.fixture
def home(settings: Settings, database: object, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a mail folder of their own, and a queue in which nothing waits."""
    with writing() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    own = replace(settings, home=tmp_path)
    worker.bind(own)
    yield own
    worker.bind(settings)


def take_up(world: SimpleNamespace) -> UUID:
    """A submitted application is taken up; the id of the event that tells the provider."""
    with writing() as session:
        application = builders.submitted_application(session, world)
    with writing() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        eligibility.take_up(session, world.reviewer_actor, application.id)
        return session.scalars(select(Event.id).where(Event.action == "application.take_up", Event.subject_id == application.id)).one()


def work(settings: Settings) -> None:
    worker.work(str(settings.database_url), until_empty=True, signals=False)


def mails(settings: Settings) -> list[Message]:
    return [email.message_from_bytes(path.read_bytes()) for path in sorted((settings.home / "mail").glob("*.eml"))]


def notices(event_id: UUID) -> list[Any]:
    with reading() as session:
        return list(session.execute(text("SELECT user_id, subject FROM notice WHERE event_id = :id"), {"id": event_id}))


def test_who_asks_for_a_new_password_gets_a_link_by_mail_and_a_stranger_gets_none(home: Settings, world: SimpleNamespace) -> None:
    with writing() as session:
        programme.ask_password_reset(session, world.auditor.email)
        programme.ask_password_reset(session, "nobody@example.org")
    work(home)
    sent = [mail for mail in mails(home) if "password-resets" in str(mail.get_payload())]
    assert [mail["To"] for mail in sent] == [world.auditor.email]


@pytest.mark.rule("8.10")
def test_the_parties_are_told_once_in_their_inbox_and_by_mail_with_the_same_words(home: Settings, world: SimpleNamespace) -> None:
    event_id = take_up(world)
    work(home)
    work(home)
    assert [row.user_id for row in notices(event_id)] == [world.provider.id]
    (mail,) = mails(home)
    assert mail["To"] == world.provider.email
    assert mail["Subject"] == notices(event_id)[0].subject
    with reading() as session:
        words = session.scalar(text("SELECT words FROM notice WHERE event_id = :id"), {"id": event_id})
    assert mail.get_payload(decode=True).decode().replace("\r\n", "\n") == words


def test_who_acted_is_not_told_of_their_own_act(home: Settings, world: SimpleNamespace) -> None:
    with writing() as session:
        colleague = builders.person(session, builders.Actor.of(world.administrator), "Cora Colleague", "provider", world.provider_organisation)
        application = builders.verified_application(session, world)
        session.execute(text("DELETE FROM procrastinate_jobs"))
        eligibility.submit(session, world.provider_actor, application.id, certified=True)
        event_id = session.scalars(select(Event.id).where(Event.action == "application.submit", Event.subject_id == application.id)).one()
    work(home)
    told = {row.user_id for row in notices(event_id)}
    assert colleague.id in told
    assert world.provider.id not in told
    with writing() as session:
        session.execute(text('UPDATE "user" SET left_at = now() WHERE id = :id'), {"id": colleague.id})


def test_quiet_events_promise_nothing_and_their_jobs_end(home: Settings, world: SimpleNamespace) -> None:
    with writing() as session:
        builders.draft_application(session, world)
    with reading() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'follow_up'"))
    work(home)
    with reading() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'follow_up'")) == 0


def test_a_job_that_runs_twice_delivers_once(home: Settings, world: SimpleNamespace) -> None:
    event_id = take_up(world)
    for _ in range(2):
        with writing() as session:
            worker.deliver(session, [event_id])
    assert len(notices(event_id)) == 1
    with reading() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_mail'")) == 1


def test_two_at_once_deliver_once(home: Settings, world: SimpleNamespace) -> None:
    event_id = take_up(world)
    begin = threading.Barrier(4)

    def deliver() -> None:
        begin.wait()
        with writing() as session:
            worker.deliver(session, [event_id])

    many = [threading.Thread(target=deliver) for _ in range(4)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert len(notices(event_id)) == 1


class Inbox:
    """An SMTP server's memory."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.refuse = 0
        self.farewell = "221 Bye"

    async def handle_QUIT(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's own name.
        return self.farewell

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's own name.
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        self.received.append(email.message_from_bytes(envelope.content))
        return "250 taken"


def smtp_server(**options: Any) -> Controller:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Controller(Inbox(), hostname="127.0.0.1", port=port, **options)


@pytest.fixture
def smtp() -> Iterator[Controller]:
    controller = smtp_server()
    controller.start()
    yield controller
    controller.stop()


@pytest.mark.rule("8.10")
def test_with_an_smtp_server_the_mail_goes_there(home: Settings, world: SimpleNamespace, smtp: Controller) -> None:
    port = smtp.port
    worker.bind(replace(home, mail=Mail("127.0.0.1", port, "docket@agency.example", None, None, starttls=False)))
    event_id = take_up(world)
    work(home)
    (mail,) = smtp.handler.received
    assert mail["From"] == "docket@agency.example"
    assert mail["Subject"] == notices(event_id)[0].subject
    assert not (home.home / "mail").exists()


def test_a_mail_that_the_server_does_not_take_is_kept_for_another_try(home: Settings, world: SimpleNamespace, smtp: Controller) -> None:
    port = smtp.port
    smtp.handler.refuse = 1
    worker.bind(replace(home, mail=Mail("127.0.0.1", port, "docket@agency.example", None, None, starttls=False)))
    take_up(world)
    work(home)
    assert smtp.handler.received == []
    with writing() as session:
        waiting = session.execute(text("SELECT status, attempts FROM procrastinate_jobs WHERE task_name = 'send_mail'")).one()
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'send_mail'"))
    assert tuple(waiting) == ("todo", 1)
    work(home)
    assert len(smtp.handler.received) == 1


def test_while_the_mail_server_is_away_mails_wait_and_afterwards_each_goes_once(home: Settings, world: SimpleNamespace) -> None:
    back = smtp_server()
    worker.bind(replace(home, mail=Mail("127.0.0.1", back.port, "docket@agency.example", None, None, starttls=False)))
    event_id = take_up(world)
    for _ in range(2):
        work(home)
        with writing() as session:
            session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'send_mail'"))
    assert len(notices(event_id)) == 1, "the notice does not wait for the mail"
    back.start()
    try:
        work(home)
        work(home)
    finally:
        back.stop()
    assert [mail["Subject"] for mail in back.handler.received] == [notices(event_id)[0].subject]


def test_a_mail_server_that_was_away_for_a_day_is_found_within_hours_and_one_that_stays_away_is_asked_for_three_days() -> None:
    asked_at = [0]
    for attempts in range(60):
        again = worker.MAIL_RETRIES.get_retry_decision(exception=OSError(), job=SimpleNamespace(attempts=attempts))  # type: ignore[arg-type]
        if again is None:
            break
        asked_at.append(asked_at[-1] + round((again.retry_at - now()).total_seconds()))
    hour = 3600
    assert min(at for at in asked_at if at > 24 * hour) < 27 * hour
    assert 72 * hour < asked_at[-1] < 96 * hour
    assert len([at for at in asked_at if at < hour]) > 4


def test_a_server_that_took_a_mail_and_then_says_a_fault_gets_it_once(home: Settings, world: SimpleNamespace, smtp: Controller) -> None:
    smtp.handler.farewell = "421 too busy to say goodbye"
    worker.bind(replace(home, mail=Mail("127.0.0.1", smtp.port, "docket@agency.example", None, None, starttls=False)))
    take_up(world)
    work(home)
    assert len(smtp.handler.received) == 1
    with reading() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_mail'")) == 0


def test_an_encrypted_mail_goes_only_to_a_server_whose_certificate_the_machine_trusts(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, context = certified(tmp_path)
    controller = smtp_server(tls_context=context, require_starttls=True)
    controller.start()
    encrypted = replace(home, mail=Mail("127.0.0.1", controller.port, "docket@agency.example", None, None, starttls=True))
    message = worker.mail(encrypted, "someone@agency.example", Words("A word", "of which nobody else shall know"), "1")
    try:
        with pytest.raises(ssl.SSLCertVerificationError):
            worker.post_mail(encrypted, message)
        assert controller.handler.received == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        worker.post_mail(encrypted, message)
        assert [mail["Subject"] for mail in controller.handler.received] == ["A word"]
    finally:
        controller.stop()


def certified(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody knows, and what a server needs to show it."""
    key, named = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    made = x509.CertificateBuilder(named, named, key.public_key(), 1, now() - timedelta(days=1), now() + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
    (folder / "mail.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    (folder / "mail.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "mail.pem", folder / "mail.key")
    return folder / "mail.pem", context


def test_the_job_of_a_killed_worker_is_taken_up_again(home: Settings, world: SimpleNamespace) -> None:
    event_id = take_up(world)
    with writing() as session:
        session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'"))
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"))
    work(home)
    work(home)
    assert len(notices(event_id)) == 1
    with reading() as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")) == 0


def test_a_job_of_a_live_worker_is_left_to_it(home: Settings, world: SimpleNamespace) -> None:
    take_up(world)
    with writing() as session:
        session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"))
    connector = worker.WorkerConnector(conninfo=str(home.database_url).replace("+psycopg", ""))
    with JOBS.replace_connector(connector) as jobs:

        async def retake() -> int:
            async with jobs.open_async():
                return await worker.retake(jobs, 30)

        assert asyncio.run(retake()) == 0
    with writing() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.execute(text("DELETE FROM procrastinate_workers"))


def test_an_event_whose_job_was_lost_is_found_by_the_sweep(home: Settings, world: SimpleNamespace) -> None:
    event_id = take_up(world)
    with writing() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    assert worker.catch_up(timedelta(0)) > 0
    assert len(notices(event_id)) == 1


@pytest.mark.rule("10.13")
def test_the_sealer_gives_every_event_its_place_within_seconds_and_signs_a_head(home: Settings, world: SimpleNamespace) -> None:
    key = load_or_create_key(home.home)
    sealer = worker.Sealer(key, every_seconds=0.1)
    sealer.start()
    take_up(world)
    until = time.monotonic() + 60
    while _unsealed() and time.monotonic() < until:
        time.sleep(0.1)
    sealer.stop()
    assert _unsealed() == 0
    with reading() as session:
        head = newest_head(session)
        assert head is not None
        assert head_facts(head)["size"] == log_size(session)


@pytest.mark.rule("10.13")
def test_while_nothing_is_added_a_head_is_signed_once_an_hour_and_no_more(home: Settings, world: SimpleNamespace, client: FlaskClient) -> None:
    key = load_or_create_key(home.home)
    take_up(world)
    worker.seal_all(key)
    with reading() as session:
        size, began = log_size(session), now()
    for minutes in (1, 50, 61, 62, 110, 123):
        with time_machine.travel(began + timedelta(minutes=minutes)):
            assert worker.seal_all(key) == 0
    with reading() as session:
        third, second, first = heads(session, 3)
    assert [(one.size, one.root) for one in (first, second, third)] == [(size, first.root)] * 3
    assert [round((one.signed_at - began) / timedelta(minutes=1)) for one in (first, second, third)] == [0, 61, 123]
    assert client.get("/log", headers={"Accept": "application/json"}).get_json()["head_every_seconds"] == 3600
    assert "at least every 60 minutes" in client.get("/log", headers={"Accept": "text/html"}).text


@pytest.mark.rule("10.13")
def test_a_key_that_replaces_another_signs_at_once_and_the_log_publishes_both(home: Settings, world: SimpleNamespace, client: FlaskClient) -> None:
    old, new = (load_or_create_key(home.home / name) for name in ("old", "new"))
    take_up(world)
    worker.seal_all(old)
    for _ in range(2):
        with writing() as session:
            introduce(session, new)
    published = client.get("/log", headers={"Accept": "application/json"}).get_json()
    assert [one["public_key"] for one in published["signing_keys"]][:2] == [public_bytes(new).hex(), public_bytes(old).hex()]
    assert published["head"]["public_key"] == public_bytes(new).hex()
    assert published["signing_keys"][0]["first_size"] == published["signing_keys"][1]["last_size"] == published["size"]
    assert published["signing_keys"][0]["first_signed_at"] == published["signing_keys"][0]["last_signed_at"], "it signed once"


@pytest.mark.rule("10.10")
def test_health_tells_whether_a_worker_lives_and_how_long_an_event_waits_for_its_seal(home: Settings, world: SimpleNamespace, client: FlaskClient) -> None:
    def told() -> tuple[int | None, int | None]:
        answer = client.get("/healthz").get_json()
        return answer["worker"], answer["unsealed"]

    worker.seal_all(load_or_create_key(home.home))
    with writing() as session:
        session.execute(text("DELETE FROM procrastinate_workers"))
    assert told() == (None, None)
    take_up(world)
    with writing() as session:
        session.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '90 seconds')"))
    with time_machine.travel(now() + timedelta(seconds=30), tick=True):
        alive, waits = told()
    assert alive is not None
    assert waits is not None
    assert 119 <= alive < 240
    assert 29 <= waits < 150


def _unsealed() -> int:
    with reading() as session:
        return session.scalar(text("SELECT count(*) FROM event e LEFT JOIN log_entry l ON l.event_id = e.id WHERE l.event_id IS NULL")) or 0
