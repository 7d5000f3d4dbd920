"""Signing in: counted before it is judged, the same for a known and an unknown address, and ended where one wishes (rule 1.19)."""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session

from app import db
from app.db import now
from app.errors import Invalid, NotFound, NotPermitted, TooManyAttempts
from app.people import Actor, signed_in, token_holder
from app.programme import actions, queries
from app.programme.actions import passwords
from app.programme.actions.links import make_link
from tests import builders
from tests.builders import PASSWORD

HERE = "192.0.2.7"


def test_a_wrong_password_and_an_unknown_address_are_told_alike(session: Session, world: SimpleNamespace) -> None:
    told = []
    for email, password in ((world.provider.email, "not the password"), ("nobody@example.org", PASSWORD)):
        with pytest.raises(NotPermitted) as refused:
            actions.sign_in(session, email, password, HERE, "")
        told.append((refused.value.words, refused.value.what_to_do))
    assert told[0] == told[1]


def test_as_much_work_is_done_for_an_unknown_address(session: Session, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(PasswordHasher):
        verified = 0

        def verify(self, *args: str) -> bool:  # type: ignore[override]
            Counting.verified += 1
            return super().verify(*args)

    monkeypatch.setattr(actions, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    with pytest.raises(NotPermitted):
        actions.sign_in(session, "nobody@example.org", PASSWORD, HERE, "")
    assert Counting.verified == 1


def test_the_sixth_try_on_one_address_from_one_place_waits_also_with_the_right_password(session: Session, world: SimpleNamespace) -> None:
    email = f"{uuid4().hex}@example.org"
    for _ in range(5):
        actions.attempt(session, email, HERE)
        session.flush()
    with pytest.raises(TooManyAttempts) as refused:
        actions.attempt(session, email.upper(), HERE)
    assert "Wait 15 minutes" in str(refused.value.what_to_do)
    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        actions.attempt(session, email, HERE)


def test_a_stranger_who_guesses_from_elsewhere_does_not_lock_the_owner_out(session: Session, world: SimpleNamespace) -> None:
    for _ in range(5):
        actions.attempt(session, world.provider.email, "198.51.100.7")
        session.flush()
    actions.attempt(session, world.provider.email, HERE)
    assert actions.sign_in(session, world.provider.email, PASSWORD, HERE, "")


def test_guesses_on_one_address_from_many_places_come_to_an_end(session: Session, world: SimpleNamespace) -> None:
    email = f"{uuid4().hex}@example.org"
    for number in range(50):
        actions.attempt(session, email, f"192.0.2.{number}")
        session.flush()
    with pytest.raises(TooManyAttempts):
        actions.attempt(session, email, "198.51.100.8")


def test_a_new_password_by_mail_opens_the_door_at_once(session: Session, world: SimpleNamespace) -> None:
    for _ in range(5):
        actions.attempt(session, world.provider.email, HERE)
        session.flush()
    actions.reset_password(session, make_link(session, world.provider, "password_reset"), "another quiet river")
    actions.attempt(session, world.provider.email, HERE)
    assert actions.sign_in(session, world.provider.email, "another quiet river", HERE, "")


def test_one_place_cannot_try_many_addresses(session: Session, world: SimpleNamespace) -> None:
    place = "203.0.113.9"
    for _ in range(20):
        actions.attempt(session, f"{uuid4().hex}@example.org", place)
        session.flush()
    with pytest.raises(TooManyAttempts):
        actions.attempt(session, f"{uuid4().hex}@example.org", place)
    actions.attempt(session, f"{uuid4().hex}@example.org", "203.0.113.10")


def test_signing_in_clears_the_count_of_the_address(session: Session, world: SimpleNamespace) -> None:
    for _ in range(12):
        actions.attempt(session, world.provider.email, "203.0.113.20")
        actions.sign_in(session, world.provider.email, PASSWORD, "203.0.113.20", "")
        assert queries.failures(session, now() - timedelta(hours=1), email=world.provider.email) == []


def test_a_hash_of_older_parameters_is_made_anew(session: Session, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    before = world.verifier.password_hash
    monkeypatch.setattr(actions, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    user = signed_in(session, actions.sign_in(session, world.verifier.email, PASSWORD, HERE, ""))
    assert user is not None
    assert user.password_hash != before
    assert not passwords.outdated(user.password_hash or "")
    assert passwords.matches(user.password_hash, PASSWORD)


def test_a_sign_in_ends_by_signing_out_or_from_another_browser(session: Session, world: SimpleNamespace) -> None:
    by = world.provider_actor
    first, second = (actions.sign_in(session, world.provider.email, PASSWORD, HERE, name) for name in ("first", "second"))
    actions.sign_out(session, by, first)
    assert signed_in(session, first) is None
    kept = queries.sign_in_of_token(session, second)
    assert kept is not None
    actions.end_sign_in(session, by, kept.id)
    assert signed_in(session, second) is None


def test_nobody_ends_the_sign_in_or_token_of_somebody_else(session: Session, world: SimpleNamespace) -> None:
    token = actions.sign_in(session, world.provider.email, PASSWORD, HERE, "")
    row = queries.sign_in_of_token(session, token)
    made, _ = actions.make_token(session, world.provider_actor, "mine")
    assert row is not None
    with pytest.raises(NotFound):
        actions.end_sign_in(session, world.administrator_actor, row.id)
    with pytest.raises(NotFound):
        actions.end_token(session, world.administrator_actor, made.id)
    actions.end_sign_in(session, world.provider_actor, row.id)
    assert signed_in(session, token) is None


def test_a_sign_in_runs_out_after_half_a_day(session: Session, world: SimpleNamespace) -> None:
    token = actions.sign_in(session, world.provider.email, PASSWORD, HERE, "")
    with time_machine.travel(now() + timedelta(hours=12, minutes=1), tick=False):
        assert signed_in(session, token) is None


def test_a_token_works_until_it_is_ended(session: Session, world: SimpleNamespace) -> None:
    made, token = actions.make_token(session, world.provider_actor, "nightly export")
    holder = token_holder(session, token)
    assert holder is not None
    assert holder.id == world.provider.id
    assert token not in made.token_sha256
    actions.end_token(session, world.provider_actor, made.id)
    assert token_holder(session, token) is None


def test_a_token_works_to_the_end_of_its_last_day(session: Session, world: SimpleNamespace) -> None:
    today = now().date()
    _, token = actions.make_token(session, world.provider_actor, "for a week", today + timedelta(days=7))
    with time_machine.travel(now() + timedelta(days=6), tick=False):
        assert token_holder(session, token) is not None
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert token_holder(session, token) is None
    with pytest.raises(Invalid):
        actions.make_token(session, world.provider_actor, "late", date(2020, 1, 1))


def test_the_public_has_no_tokens(session: Session) -> None:
    with pytest.raises(NotPermitted):
        actions.make_token(session, Actor.public(), "for nobody")


@pytest.mark.rule("1.19")
def test_who_knows_the_present_password_changes_it_and_every_other_sign_in_ends(session: Session, world: SimpleNamespace) -> None:
    here, there = (actions.sign_in(session, world.provider.email, PASSWORD, HERE, "") for _ in range(2))
    _, token = actions.make_token(session, world.provider_actor, "a program")
    actions.change_password(session, world.provider_actor, PASSWORD, "four new words here", here)
    assert signed_in(session, here) is not None
    assert signed_in(session, there) is None
    assert token_holder(session, token) is not None
    actions.sign_in(session, world.provider.email, "four new words here", HERE, "")
    with pytest.raises(NotPermitted):
        actions.sign_in(session, world.provider.email, PASSWORD, HERE, "")


@pytest.mark.rule("1.19")
@pytest.mark.parametrize(("old", "new", "field"), [("not the password", "four new words here", "old_password"), (PASSWORD, "short", "password")])
def test_a_password_is_not_changed_without_the_present_one_nor_to_a_bad_one(session: Session, world: SimpleNamespace, old: str, new: str, field: str) -> None:
    here = actions.sign_in(session, world.provider.email, PASSWORD, HERE, "")
    with pytest.raises(Invalid) as refused:
        actions.change_password(session, world.provider_actor, old, new, here)
    assert list(refused.value.fields) == [field]
    actions.sign_in(session, world.provider.email, PASSWORD, HERE, "")


@pytest.mark.rule("1.19")
def test_the_password_is_changed_on_ones_own_page_and_guesses_are_counted(app: Flask, world: SimpleNamespace) -> None:
    with db.writing() as session:
        user = builders.person(session, world.administrator_actor, "Paula Password", "provider", world.provider_organisation)
    here, there = builders.client_of(app, user), builders.client_of(app, user)
    assert "/me/password" in here.get("/me").text
    assert "Present password" in here.get("/me/password").text
    wrong = here.post("/me/password", data={"old_password": "not the password", "password": "four new words here"})
    assert wrong.status_code == 422
    assert "four new words here" not in wrong.text
    assert here.post("/me/password", data={"old_password": PASSWORD, "password": "four new words here"}).location == "/me"
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code in {303, 401}
    for _ in range(5):
        here.post("/me/password", data={"old_password": "a guess", "password": "four other words here"})
    assert here.post("/me/password", data={"old_password": "four new words here", "password": "four other words here"}).status_code == 429
