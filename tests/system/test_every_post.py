"""Every address that changes something, asked by a program that sends JSON and no key: done or refused in words, never broken."""

import io
from collections.abc import Iterator, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema, fields, validate
from sqlalchemy import select
from werkzeug.routing import Rule

from app import db
from app.acts import Upload
from app.agency import AgentGrant
from app.compliance.models import AffectedEgu, EmissionsRecord
from app.db import now
from app.documents.models import Document
from app.eligibility.models import Application, Resource
from app.eligibility.queries.form import APPLICATION_FORM
from app.eligibility.queries.plan_form import PLAN_FORM
from app.erc_tcs.models import Account, Hold, Offer, Representative
from app.mv_reports.models import MvReport
from app.people import ApiToken, Organisation, SignIn, User
from app.proposal import Proposal
from app.record import Notice
from app.verifiers.models import Accreditation, Engagement
from app.web.audience import PUBLIC, audience_of
from app.web.openapi import declared
from tests import builders_matters as matters
from tests.builders import PASSWORD, client_of, organisation
from tests.system.fresh_acts import NEVER_CARRIED, Act, fresh_acts

TABLES: dict[str, Any] = {
    "accreditation_id": Accreditation, "application_id": Application, "document_id": Document, "egu_id": AffectedEgu, "engagement_id": Engagement,
    "hold_id": Hold, "notice_id": Notice, "offer_id": Offer, "organisation_id": Organisation, "proposal_id": Proposal, "record_id": EmissionsRecord,
    "report_id": MvReport, "representative_id": Representative, "resource_id": Resource, "sign_in_id": SignIn, "token_id": ApiToken, "user_id": User,
    "grant_id": AgentGrant,
}  # fmt: skip
ENDS = ("approval", "denial", "issuance", "rejection", "removal", "withdrawal", "ending", "suspension", "revocation", "closing", "hold", "leaving")
OWN_END = ("/me/", "/sign-out")
"""What ends something is tried when everything else was, and one's own sign-in last."""

MOST_TRIED = 40


@pytest.fixture(scope="module")
def browsers(app: Flask, world: SimpleNamespace, story: SimpleNamespace) -> dict[str, list[FlaskClient]]:
    """The programs of each role, over the told story with a matter in each further state."""
    with db.writing() as session:
        for number in range(3):
            matters.recommended_application(session, world, name=f"Second Wind {number}")
            matters.verified_application(session, world, name=f"Third Wind {number}")
        matters.filed_record(session, world, matters.affected_egu(session, world, "7"), 1_000_000, 1_000, 2022)
        farm = matters.approved_application(session, world, name="Second Farm").resource
        matters.draft_report(session, world, farm, matters.months_of(2022, 5))
        matters.recommended_report(session, world, farm, matters.months_of(2023, 5))
        matters.verified_report(session, world, farm, matters.months_of(2024, 5))
        organisation(session, world.administrator_actor, "Nobody's", "provider")
        matters.sent(session, world, None, 5)
    people = {role: [getattr(world, role)] for role in ("provider", "verifier", "representative", "administrator", "auditor")}
    people["reviewer"] = [world.reviewer, world.second_reviewer]
    found = {role: [client_of(app, one, "application/json") for one in several] for role, several in people.items()}
    return {**found, PUBLIC: [sender(app, world, PUBLIC)]}


def addresses(rule: Rule) -> Iterator[str]:
    """The rule with the ids of what there is, newest first; a second id goes with the first where it belongs to it."""
    names = sorted(rule.arguments)
    with db.reading() as session:
        rows = {name: list(session.scalars(select(TABLES[name].id))) for name in names if name in TABLES}
        rows["number"] = list(session.scalars(select(Account.number).order_by(Account.account_kind.desc())))
        owners = {one.id: one.matter_id for one in session.scalars(select(Document))} if "document_id" in names else {}
        owners |= {one.id: one.account.number for one in session.scalars(select(Representative))} if "representative_id" in names else {}
    rows |= {
        "token": ["no-such-token"],
        "section": [one.key for one in (*APPLICATION_FORM, *PLAN_FORM)],
        "act": ["recommendation", "sending-back", "issuance", "rejection"],
    }
    for values in _together([rows[name] for name in names], owners):
        address = rule.build(dict(zip(names, values, strict=True)), append_unknown=False)
        assert address is not None
        yield address[1]


def _together(lists: Sequence[Sequence[Any]], owners: dict[UUID, Any]) -> Iterator[tuple[Any, ...]]:
    if len(lists) < 2:
        yield from ((one,) for one in lists[0]) if lists else ((),)
        return
    for first in lists[0]:
        yield from ((first, second) for second in lists[1] if not owners or owners.get(second) == first or owners.get(first) == second)


def said(name: str, field: fields.Field[Any], world: SimpleNamespace) -> Any:
    """Something sensible for a field, by its name or else its kind; None to leave it out."""
    known: dict[str, Any] = {
        "again": None, "quantity": 1, "to_number": world.compliance_account.number, "account_number": world.compliance_account.number,
        "period_start_year": 2022, "body_id": world.verification_body.id, "organisation_id": world.provider_organisation.id, "state": "MN",
        "issuing_state": "MN", "type_code": "WND", "codes": ["INSTALL_DATE"], "email": f"{uuid4().hex}@example.org", "password": PASSWORD,
        "user_id": world.provider.id, "document_kind": "delivery_contract", "oris_plant_code": "4711", "unit_id": uuid4().hex[:4], "year": 2024,
        "reviewer_id": None, "supersedes_id": None, "redacted_copy_of_id": None, "typed_total_mwh": None, "approved_mwh": None, "verified_mwh": None,
        "resource_id": world.told_resource, "period_start_on": "2040-01-01", "period_end_on": "2040-12-31", "expires_on": None,
        "representative_user_id": world.provider.id, "representative_kind": "agent", "signed_on": "2022-01-01", "ground": "request", "result": "satisfactory",
        "valid_until_on": "2040-01-01", "grounds": ["Said in a test."], "contact_email": "pat@example.org", "others": "Ned North, ned@example.org",
        "question_code": "OTHER", "old_password": PASSWORD, "serials": None,
    }  # fmt: skip
    if name in known:
        return known[name]
    if isinstance(field, Upload):
        return (io.BytesIO(f"evidence {uuid4().hex}\n".encode()), "evidence.txt")
    choices = [one.choices for one in field.validators if isinstance(one, validate.OneOf)]
    if choices:
        return next((choice for choice in choices[0] if choice), None)
    kinds: tuple[tuple[Any, Any], ...] = (
        (fields.Boolean, True), (fields.Integer, 2022), (fields.Decimal, "1"), (fields.Date, str(now().date() + timedelta(days=30))),
        (fields.List, None), (fields.Nested, None), (fields.UUID, None), (fields.String, f"Said in a test, {uuid4().hex[:6]}."),
    )  # fmt: skip
    return next((value for kind, value in kinds if isinstance(field, kind)), None)


def order(rule: Rule) -> tuple[int, str]:
    own, ends = rule.rule.startswith(OWN_END), rule.rule.rpartition("/")[2].startswith(ENDS)
    return 2 if own else int(ends), rule.rule


def body(takes: type[Schema] | None, world: SimpleNamespace) -> dict[str, Any]:
    """The keywords of the test client that send a body as the schema takes it."""
    found = takes().fields if takes else {}
    values = {name: said(name, field, world) for name, field in found.items() if not field.dump_only}
    facts = {found[name].data_key or name: value for name, value in values.items() if value is not None}
    if any(isinstance(field, Upload) for field in found.values()):
        return {"data": {name: value if isinstance(value, tuple) else str(value) for name, value in facts.items()}}
    return {"json": {name: str(value) if isinstance(value, UUID) else value for name, value in facts.items()}}


@pytest.fixture(scope="module")
def posts(app: Flask) -> list[tuple[Rule, Any]]:
    return [(rule, view) for rule, method, view in declared(app) if method == "POST"]


@pytest.fixture(scope="module")
def carried(app: Flask, world: SimpleNamespace, story: SimpleNamespace) -> SimpleNamespace:
    """The acts on fresh matters: which addresses were carried through, and what was refused."""
    with db.writing() as session:
        acts = list(fresh_acts(session, world))
    found = SimpleNamespace(done=set(), refused=[])
    for act in acts:
        answer = sender(app, world, act.by).post(act.address, **sent(act))
        rule, _ = app.url_map.bind("localhost").match(act.address, method="POST", return_rule=True)
        found.done.add(rule.rule)
        found.refused += [f"{act.by}: {rule.rule}: {answer.text[:600]}"] if answer.status_code >= 400 else []
    return found


@pytest.fixture(scope="module")
def tried(
    posts: list[tuple[Rule, Any]], world: SimpleNamespace, story: SimpleNamespace, carried: SimpleNamespace, browsers: dict[str, list[FlaskClient]]
) -> SimpleNamespace:
    """Every address with something sensible, by everybody whom it is for, until it is done once: what was done, and what broke."""
    world.told_resource = story.resource.id
    found = SimpleNamespace(done=set(), broken=[])
    for rule, view in sorted(posts, key=lambda one: order(one[0])):
        senders = [client for role in audience_of(view) for client in browsers[role]]
        for address in list(addresses(rule))[-MOST_TRIED:]:
            answers = [client.post(address, **body(view.declaration.takes, world)) for client in senders]
            found.broken += [f"{address}: {one.text[:300]}" for one in answers if one.status_code >= 500]
            if any(one.status_code < 400 for one in answers):
                found.done.add(rule.rule)
                break
    return found


def test_every_address_answers_a_program_without_a_key_in_words_and_nothing_is_lost(tried: SimpleNamespace) -> None:
    assert not tried.broken
    assert len(tried.done) >= 65


def test_every_act_is_carried_through_by_a_program_or_its_reason_is_named(
    posts: list[tuple[Rule, Any]], tried: SimpleNamespace, carried: SimpleNamespace
) -> None:
    assert not carried.refused, "\n".join(carried.refused)
    assert {rule.rule for rule, _ in posts} - tried.done - carried.done <= set(NEVER_CARRIED)


def sender(app: Flask, world: SimpleNamespace, by: str) -> FlaskClient:
    """A program of this person, signed in for this act alone."""
    if by != PUBLIC:
        return client_of(app, getattr(world, by), "application/json")
    client = app.test_client()
    client.environ_base |= {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ACCEPT": "application/json"}
    return client


def sent(act: Act) -> dict[str, Any]:
    if "file" in act.sent:
        return {"data": {**act.sent, "file": (io.BytesIO(act.sent["file"].encode()), "readings.csv")}}
    return {"json": act.sent}
