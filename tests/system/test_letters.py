"""Letters: made once, by the worker or on first request with the same bytes; a denial says by itself which fact failed which rule, and the cure."""

import hashlib
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import reading, writing
from app.documents import queries as documents
from app.eligibility import actions as eligibility
from app.people import Actor
from app.programme import actions as programme
from app.programme.letters import LETTERS, WORDS, kept_letter, letter_bytes, make_letter
from app.promises import use_site
from app.record import Event
from app.worker import deliver
from tests import builders
from tests import builders_matters as matters

EARLY = {"installed_on": date(2009, 1, 1), "date_note": "read from a year alone, as 1 January"}


@pytest.fixture(autouse=True)
def site() -> Iterator[None]:
    use_site("http://docket.example")
    yield
    use_site("http://127.0.0.1:8000")


@pytest.fixture(scope="module")
def denied(database: object, world: SimpleNamespace) -> UUID:
    """The event of a denial: a wind farm that was installed in 2009."""
    with writing() as session:
        application = builders.reviewed_application(session, world, **EARLY)
        eligibility.deny(session, world.reviewer_actor, application.id, ["INSTALL_DATE"], "The wind farm stands since 2009.")
        return event_of(session, "application.deny", application.id).id


def event_of(session: Session, action: str, subject_id: UUID) -> Event:
    return session.scalars(select(Event).where(Event.action == action, Event.subject_id == subject_id)).one()


def documents_of(session: Session, matter_id: UUID, kind: str) -> list[Any]:
    return [one for one in documents.documents_of(session, matter_id) if one.document_kind == kind]


def words_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


@pytest.mark.rule("8.6")
@pytest.mark.rule("8.4")
def test_a_denial_letter_alone_says_which_fact_failed_which_rule_and_what_would_cure_it(denied: UUID, client: FlaskClient) -> None:
    words = words_of(client.get(f"/letters/{denied}.pdf").data)
    assert "INSTALL_DATE" in words
    assert "January 1, 2009" in words
    assert "programme rule 2.1" in words
    assert "Nothing can cure this" in words or "What would cure it" in words
    assert "The wind farm stands since 2009." in words
    assert "Rita Reviewer" in words
    assert "Pollution Control Agency" in words
    assert "@" not in words


@pytest.mark.rule("8.10")
def test_the_first_request_and_the_worker_make_the_same_bytes(denied: UUID, client: FlaskClient) -> None:
    with writing() as session:
        made = make_letter(session, denied)
        assert made is not None
        from_worker = letter_bytes(session, made)
        session.rollback()
    asked = client.get(f"/letters/{denied}.pdf")
    assert asked.status_code == 200
    assert asked.mimetype == "application/pdf"
    assert hashlib.sha256(asked.data).digest() == hashlib.sha256(from_worker).digest()


def test_a_letter_is_kept_once_however_many_ask_at_once(denied: UUID, client: FlaskClient) -> None:
    with ThreadPoolExecutor(4) as many:
        made = set(many.map(_make, [denied] * 8))
    assert len(made) == 1
    with reading() as session:
        kept = session.execute(
            text("SELECT count(*), bool_and(sealed_at IS NOT NULL), bool_or(confidential) FROM document WHERE id = :id"), {"id": made.pop()}
        ).one()
        letters = session.scalar(text("SELECT count(*) FROM document WHERE file_name LIKE :name"), {"name": f"%{denied}%"})
    assert tuple(kept) == (1, True, False)
    assert letters == 1


def _make(event_id: UUID) -> UUID | None:
    with writing() as session:
        return make_letter(session, event_id)


@pytest.mark.rule("8.9")
def test_everybody_may_read_a_letter_and_its_document_stands_with_the_matter(denied: UUID, client: FlaskClient) -> None:
    answer = client.get(f"/letters/{denied}.pdf")
    document = client.get(answer.headers["Content-Location"])
    assert document.status_code == 200
    assert document.data == answer.data


@pytest.mark.rule("9.6")
def test_a_certificate_and_its_mail_write_mwh_and_ercs_with_separators_and_serials_as_they_are(database: object, world: SimpleNamespace) -> None:
    with writing() as session:
        report, serials = matters.issued_report(session, world, "852605.5", 2022)
        event = event_of(session, "mv_report.issue", report.id)
        made = make_letter(session, event.id)
        assert made is not None
        letter = letter_bytes(session, made)
        submitted = event_of(session, "mv_report.submit", report.id)
        mails = [WORDS[one.action](one).words for one in (event, submitted)]
        paper = b"".join(documents.content(one).read() for one in documents_of(session, report.id, "mv_report_form")).decode()
    words = words_of(letter)
    assert "852,605 emission rate credits" in words
    assert "Creditable MWh 852,605.5" in words
    assert serials in words.replace(" ", "")
    assert "Approved MWh by vintage: 2022: 852,605.5" in mails[0]
    assert "Verified MWh: 852,605.5" in mails[1]
    assert "| 2022-12 | 852,605.5" in paper
    for printed in (words, *mails, paper):
        assert not re.search(r"(?<![\w.-])85260\d", printed), printed


@pytest.mark.rule("8.10")
def test_a_mail_writes_a_year_as_a_year(database: object, world: SimpleNamespace) -> None:
    with writing() as session:
        egu = matters.affected_egu(session, world, "9")
        record = matters.filed_record(session, world, egu, 1671000, Decimal("12345.6"))
        words = WORDS["emissions_record.file"](event_of(session, "emissions_record.file", record.id)).words
    assert "Year: 2022" in words
    assert "Net MWh: 12,345.6" in words


def test_an_event_that_promises_no_letter_has_none(client: FlaskClient, world: SimpleNamespace) -> None:
    with reading() as session:
        quiet = session.scalars(select(Event.id).where(Event.action == "organisation.add")).first()
    assert client.get(f"/letters/{quiet}.pdf").status_code == 404
    assert client.get("/letters/00000000-0000-4000-8000-000000000000.pdf").status_code == 404


def test_a_later_plan_version_does_not_change_an_earlier_letter(session: Session, world: SimpleNamespace) -> None:
    application = builders.reviewed_application(session, world, **EARLY)
    eligibility.return_for_more(session, world.reviewer_actor, application.id, "Say when the turbines were replaced.")
    event = event_of(session, "application.return", application.id)
    before = LETTERS[event.action](session, event)
    programme.add_plan(session, Actor.of(world.administrator), "MN", "MN Plan", "seed", date(2021, 1, 1), {"agency": "Another Agency"}, "renamed")
    assert LETTERS[event.action](session, event) == before


@pytest.mark.rule("8.11")
def test_a_return_says_what_is_wanted(session: Session, world: SimpleNamespace) -> None:
    application = builders.reviewed_application(session, world)
    eligibility.return_for_more(session, world.reviewer_actor, application.id, "Send the interconnection agreement of 4 May.")
    event = event_of(session, "application.return", application.id)
    made = make_letter(session, event.id)
    assert made is not None
    words = words_of(letter_bytes(session, made))
    assert "Send the interconnection agreement of 4 May." in words
    assert "neither approved nor denied" in words
    assert kept_letter(session, event.id) == made


@pytest.mark.rule("8.3")
def test_an_approval_names_the_resource_and_both_people(session: Session, world: SimpleNamespace) -> None:
    application = builders.approved_application(session, world)
    made = make_letter(session, event_of(session, "application.approve", application.id).id)
    assert made is not None
    words = words_of(letter_bytes(session, made))
    assert application.resource.code in words
    assert "Sam Second" in words
    assert "Recommended by Rita Reviewer" in words


@pytest.mark.rule("8.10")
def test_every_decision_and_submission_tells_somebody() -> None:
    decisions = {
        "application.submit",
        "application.return",
        "application.approve",
        "application.deny",
        "mv_report.submit",
        "mv_report.return",
        "mv_report.reject",
    }
    assert decisions | {"mv_report.issue", "proposal.confirm", "hold.place", "surrender.surrender", "erc_transaction.record"} <= set(WORDS)
    assert set(LETTERS) <= set(WORDS)


@pytest.mark.rule("8.10")
def test_the_words_say_what_happened_why_and_where_to_look(session: Session, world: SimpleNamespace) -> None:
    application = builders.reviewed_application(session, world, **EARLY)
    eligibility.deny(session, world.reviewer_actor, application.id, ["INSTALL_DATE"], "The wind farm stands since 2009.")
    event = event_of(session, "application.deny", application.id)
    deliver(session, [event.id])
    notice = session.execute(
        text("SELECT subject, words, path FROM notice WHERE event_id = :event AND user_id = :user"), {"event": event.id, "user": world.provider.id}
    ).one()
    assert notice.subject == f"Denied: {application.title}"
    assert "INSTALL_DATE" in notice.words
    assert "The wind farm stands since 2009." in notice.words
    assert f"http://docket.example{application.path}" in notice.words
    assert notice.path == application.path
