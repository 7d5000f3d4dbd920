"""Invitation, acceptance, password reset, leaving: who comes in, how, and what is left when they go (rules 1.3, 1.10, 1.19, 1.22)."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import now
from app.eligibility import actions as eligibility
from app.erc_tcs import actions as erc_tcs_actions
from app.erc_tcs import queries as erc_tcs
from app.errors import Conflict, Invalid, NotFound, NotPermitted
from app.people import Actor, User, signed_in, token_holder
from app.programme import actions, queries
from app.programme.models import OneTimeLink
from app.record import Event, events_concerning
from tests import builders

GOOD = "quiet river under snow"


def invited(session: Session, world: SimpleNamespace, role: str = "provider", organisation: str = "provider_organisation") -> tuple[User, str]:
    return actions.invite(session, world.administrator_actor, "Nora New", f"nora.{uuid4().hex}@example.org", role, getattr(world, organisation).id)


def mails(session: Session) -> list[dict[str, str]]:
    return [row.args for row in session.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'send_mail' ORDER BY id"))]


def facts_of(session: Session, action: str) -> str:
    found = session.scalars(select(Event).where(Event.action == action).order_by(Event.sequence.desc()).limit(1)).one()
    return f"{found.facts} {found.private_facts} {found.subject_title}"


@pytest.mark.rule("1.22")
def test_an_invited_person_comes_in_with_a_password_and_the_accepted_agreement(session: Session, world: SimpleNamespace) -> None:
    user, token = invited(session, world)
    actions.accept_invitation(session, token, GOOD, agreed=True)
    assert user.signature_agreed_at is not None
    assert signed_in(session, actions.sign_in(session, user.email, GOOD, "192.0.2.1", "a browser")) == user


@pytest.mark.rule("1.22")
def test_without_the_electronic_signature_agreement_nobody_comes_in(session: Session, world: SimpleNamespace) -> None:
    user, token = invited(session, world)
    with pytest.raises(Invalid, match="agreement"):
        actions.accept_invitation(session, token, GOOD, agreed=False)
    assert user.password_hash is None


def test_the_mail_carries_the_link_and_neither_table_nor_event_does(session: Session, world: SimpleNamespace) -> None:
    user, token = invited(session, world)
    mail = mails(session)[-1]
    assert mail["to"] == user.email
    assert f"/invitations/{token}" in mail["words"]
    assert token not in facts_of(session, "user.invite")
    kept = session.scalars(select(OneTimeLink).where(OneTimeLink.user_id == user.id)).one()
    assert token not in f"{kept.token_sha256} {kept.purpose}"


def test_an_invitation_works_once(session: Session, world: SimpleNamespace) -> None:
    _, token = invited(session, world)
    actions.accept_invitation(session, token, GOOD)
    with pytest.raises(NotFound):
        actions.accept_invitation(session, token, "another long password")


def test_an_invitation_works_for_fourteen_days(session: Session, world: SimpleNamespace) -> None:
    _, token = invited(session, world)
    with time_machine.travel(now() + timedelta(days=13, hours=23), tick=False):
        assert queries.link(session, token, "invitation")
    with time_machine.travel(now() + timedelta(days=14, minutes=1), tick=False), pytest.raises(NotFound):
        actions.accept_invitation(session, token, GOOD)


def test_a_new_invitation_link_ends_the_earlier_one(session: Session, world: SimpleNamespace) -> None:
    user, first = invited(session, world)
    _, second = actions.renew_invitation(session, world.administrator_actor, user.id)
    with pytest.raises(NotFound):
        actions.accept_invitation(session, first, GOOD)
    assert actions.accept_invitation(session, second, GOOD) is user
    with pytest.raises(Conflict):
        actions.renew_invitation(session, world.administrator_actor, user.id)


@pytest.mark.rule("1.3")
@pytest.mark.parametrize("role", ["provider", "verifier", "reviewer", "representative", "auditor"])
def test_only_the_administrator_invites(session: Session, world: SimpleNamespace, role: str) -> None:
    with pytest.raises(NotPermitted):
        actions.invite(session, getattr(world, f"{role}_actor"), "X", "x@example.org", "provider", world.provider_organisation.id)


@pytest.mark.rule("1.3")
@pytest.mark.parametrize(
    ("role", "organisation"),
    [("reviewer", "provider_organisation"), ("verifier", "provider_organisation"), ("representative", "agency"), ("provider", "verification_body")],
)
def test_a_role_is_held_only_in_a_fitting_organisation(session: Session, world: SimpleNamespace, role: str, organisation: str) -> None:
    with pytest.raises(Invalid, match="belongs to an organisation"):
        invited(session, world, role, organisation)


@pytest.mark.parametrize(
    "password",
    ["short", "elevenchars", "password1234", "aaaaaaaaaaaaaaaa", "x" * 300],
)
def test_a_short_common_or_endless_password_is_refused(session: Session, world: SimpleNamespace, password: str) -> None:
    _, token = invited(session, world)
    with pytest.raises(Invalid) as refused:
        actions.accept_invitation(session, token, password)
    assert refused.value.fields["password"]


def test_the_own_address_is_no_password(session: Session, world: SimpleNamespace) -> None:
    user, token = invited(session, world)
    for password in (user.email, user.email.upper(), user.email.partition("@")[0]):
        with pytest.raises(Invalid):
            actions.accept_invitation(session, token, password)


def test_a_password_of_plain_words_is_good(session: Session, world: SimpleNamespace) -> None:
    _, token = invited(session, world)
    assert actions.accept_invitation(session, token, "twelve chars")


@pytest.mark.rule("10.12")
def test_a_password_reset_ends_every_sign_in_and_token(session: Session, world: SimpleNamespace) -> None:
    user = builders.person(session, world.administrator_actor, "Rose Reset", "provider", world.provider_organisation)
    sign_in = actions.sign_in(session, user.email, builders.PASSWORD, "192.0.2.1", "")
    _, api = actions.make_token(session, Actor.of(user), "a program")
    actions.send_password_reset(session, user.email.upper())
    token = mails(session)[-1]["words"].split("/password-resets/")[1].split()[0]
    actions.reset_password(session, token, GOOD)
    assert signed_in(session, sign_in) is None
    assert token_holder(session, api) is None
    assert actions.sign_in(session, user.email, GOOD, "192.0.2.1", "")
    assert mails(session)[-1]["subject"] == "Your password for ERC Docket was changed"
    with pytest.raises(NotFound):
        actions.reset_password(session, token, "one more long one")


def test_a_reset_link_works_for_two_hours(session: Session, world: SimpleNamespace) -> None:
    actions.send_password_reset(session, world.provider.email)
    token = mails(session)[-1]["words"].split("/password-resets/")[1].split()[0]
    with time_machine.travel(now() + timedelta(hours=2, minutes=1), tick=False), pytest.raises(NotFound):
        actions.reset_password(session, token, GOOD)


def test_asking_a_reset_for_an_unknown_address_does_nothing(session: Session, world: SimpleNamespace) -> None:
    before = len(mails(session))
    actions.send_password_reset(session, "nobody@example.org")
    assert len(mails(session)) == before


def test_a_mailbox_is_not_flooded_with_reset_links(session: Session, world: SimpleNamespace) -> None:
    user = builders.person(session, world.administrator_actor, "Fay Flooded", "provider", world.provider_organisation)
    before = len(mails(session))
    for _ in range(6):
        actions.send_password_reset(session, user.email)
    assert len(mails(session)) == before + 3


@pytest.mark.rule("1.19")
def test_a_leaver_loses_sign_ins_tokens_and_links_at_once(session: Session, world: SimpleNamespace) -> None:
    user = builders.person(session, world.administrator_actor, "Lea Leaver", "auditor", world.auditor.organisation)
    sign_in = actions.sign_in(session, user.email, builders.PASSWORD, "192.0.2.1", "")
    _, api = actions.make_token(session, Actor.of(user), "a program")
    actions.leave(session, world.administrator_actor, user.id)
    assert signed_in(session, sign_in) is None
    assert token_holder(session, api) is None
    with pytest.raises(NotPermitted):
        actions.sign_in(session, user.email, builders.PASSWORD, "192.0.2.1", "")
    with pytest.raises(Conflict):
        actions.leave(session, world.administrator_actor, user.id)


@pytest.mark.rule("1.10")
def test_a_private_account_is_not_left_without_its_primary_representative(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(Conflict, match="primary representative"):
        actions.leave(session, world.administrator_actor, world.representative.id)
    assert world.representative.left_at is None


@pytest.mark.rule("1.10")
@pytest.mark.parametrize("was", ["nothing", "alternate", "agent"])
def test_a_leavers_account_passes_on_to_a_named_colleague(session: Session, world: SimpleNamespace, was: str) -> None:
    leaver = builders.person(session, world.administrator_actor, "Len Leaver", "representative", world.plant_organisation)
    colleague = builders.person(session, world.administrator_actor, "Cora Colleague", "representative", world.plant_organisation)
    by = world.administrator_actor
    account = erc_tcs_actions.open_account(session, by, "compliance", "second plant", world.plant_organisation.id, "MN", "", leaver.id)
    if was != "nothing":
        erc_tcs_actions.name_representative(session, by, account.number, colleague.id, was, ["transfer"] if was == "agent" else [])
    actions.leave(session, by, leaver.id, colleague.id)
    named = erc_tcs.representatives(session, account.id)
    assert [(one.user_id, one.representative_kind) for one in named] == [(colleague.id, "primary")]


@pytest.mark.parametrize("passes_on", [True, False])
def test_a_leaving_reviewers_claimed_matters_pass_on_or_are_free_to_claim(session: Session, world: SimpleNamespace, passes_on: bool) -> None:
    leaver = builders.person(session, world.administrator_actor, "Lou Leaver", "reviewer", world.agency)
    application = builders.submitted_application(session, world)
    eligibility.take_up(session, Actor.of(leaver), application.id)
    actions.leave(session, world.administrator_actor, leaver.id, world.reviewer.id if passes_on else None)
    session.refresh(application)
    assert application.state == "under_review"
    assert application.claimed_by_id == (world.reviewer.id if passes_on else None)
    assert "user.leave" in {event.action for event in events_concerning(session, application.id)}
    eligibility.claim(session, world.second_reviewer_actor, application.id)
    assert application.claimed_by_id == world.second_reviewer.id


def test_nothing_passes_on_to_a_stranger_or_to_the_leaver(session: Session, world: SimpleNamespace) -> None:
    for other in (world.provider, world.representative):
        with pytest.raises(Invalid):
            actions.leave(session, world.administrator_actor, world.representative.id, other.id)


@pytest.mark.rule("1.3")
def test_nobody_changes_their_own_access(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        actions.leave(session, world.administrator_actor, world.administrator.id)


def test_an_organisation_closes_only_when_it_is_empty(session: Session, world: SimpleNamespace) -> None:
    by = world.administrator_actor
    organisation = builders.organisation(session, by, "Brief Broker", "participant")
    person = builders.person(session, by, "Ben Broker", "representative", organisation)
    account = erc_tcs_actions.open_account(session, by, "general", "Broker", organisation.id, "MN", "", person.id)
    with pytest.raises(Conflict, match="not left"):
        actions.close_organisation(session, by, organisation.id, "gone")
    with pytest.raises(Conflict, match="primary representative"):
        actions.leave(session, by, person.id)
    actions.close_account(session, by, account.number, "asked for by the holder")
    actions.leave(session, by, person.id)
    assert actions.close_organisation(session, by, organisation.id, "gone").closed_at is not None


@pytest.mark.rule("1.18")
def test_only_the_administrator_closes_an_account(session: Session, world: SimpleNamespace) -> None:
    with pytest.raises(NotPermitted):
        actions.close_account(session, world.reviewer_actor, world.general_account.number, "why not")


def test_the_public_record_names_no_person(session: Session, world: SimpleNamespace) -> None:
    user, _ = invited(session, world)
    leaf = session.scalars(select(Event).where(Event.action == "user.invite", Event.subject_id == user.id)).one().leaf
    assert user.name not in str(leaf)
    assert user.email not in str(leaf)


@pytest.mark.rule("1.3")
def test_no_administrator_puts_people_into_the_agency_of_a_state_that_has_its_own(session: Session, world: SimpleNamespace) -> None:
    elsewhere = builders.world(session, "ME")
    by = elsewhere.administrator_actor
    with pytest.raises(NotPermitted, match="MN has an administrator of its own"):
        actions.invite(session, by, "Rob Reviewer", "rob@example.org", "reviewer", world.agency.id)
    with pytest.raises(NotPermitted):
        actions.leave(session, by, world.reviewer.id)
    with pytest.raises(NotPermitted):
        actions.add_organisation(session, by, "A Second Agency", "state", "mn")
    with pytest.raises(NotPermitted):
        actions.add_plan(session, by, "MN", "Plan", "seed", now().date(), {}, "because")
    assert actions.invite(session, by, "Rob Reviewer", "rob@example.org", "reviewer", elsewhere.agency.id)


@pytest.mark.rule("1.19")
def test_no_administrator_opens_or_hands_over_accounts_of_a_state_that_has_its_own(session: Session, world: SimpleNamespace) -> None:
    elsewhere = builders.world(session, "ME")
    by, number = elsewhere.administrator_actor, world.general_account.number
    acts = [
        lambda: erc_tcs_actions.open_account(session, by, "general", "Another", world.provider_organisation.id, "MN", "", world.provider.id),
        lambda: erc_tcs_actions.name_representative(session, by, number, elsewhere.provider.id, "alternate"),
        lambda: erc_tcs_actions.end_representative(session, by, erc_tcs.representatives(session, world.general_account.id)[0].id, "because"),
        lambda: actions.close_account(session, by, number, "because"),
        lambda: actions.give_closing_notice(session, by, number),
    ]
    for act in acts:
        with pytest.raises(NotPermitted, match="MN has an administrator of its own"):
            act()


@pytest.mark.parametrize("address", ["a:b@c.dd", "a@b..cc", ".a@b.cc", "müller@example.org", "a b@c.dd", "a@b"])
def test_an_address_that_mail_would_not_reach_is_refused(session: Session, world: SimpleNamespace, address: str) -> None:
    with pytest.raises(Invalid, match="e-mail"):
        actions.invite(session, world.administrator_actor, "Nora New", address, "provider", world.provider_organisation.id)


def test_a_name_stands_on_one_line(session: Session, world: SimpleNamespace) -> None:
    user, _ = actions.invite(session, world.administrator_actor, "Nora\r\nBcc: all@example.org", "nora@example.org", "provider", world.provider_organisation.id)
    assert user.name == "Nora Bcc: all@example.org"
