"""Signing in: counted before it is judged, the same for a known and an unknown address, and ended where one wishes (rule 1.19)."""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from app.db import now
from app.errors import Invalid, NotFound, NotPermitted, TooManyAttempts
from app.people import Actor, signed_in, token_holder
from app.programme import actions, queries
from app.programme.actions import passwords
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


def test_the_sixth_try_on_one_address_waits_also_with_the_right_password(session: Session, world: SimpleNamespace) -> None:
    email = f"{uuid4().hex}@example.org"
    for number in range(5):
        actions.attempt(session, email, f"192.0.2.{number}")
        session.flush()
    with pytest.raises(TooManyAttempts) as refused:
        actions.attempt(session, email.upper(), "198.51.100.1")
    assert "Wait 15 minutes" in str(refused.value.what_to_do)
    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        actions.attempt(session, email, HERE)


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
