"""People come by invitation and choose a password by a one-time link; each accepts the electronic-signature agreement (rules 1.19, 1.22)."""

import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import people
from app.db import now
from app.errors import Conflict, Invalid
from app.people import Actor, Organisation, Role, User, demand_administrator_of
from app.programme import queries
from app.programme.actions import mails
from app.programme.actions.links import mail, make_link, queue, spend
from app.programme.actions.passwords import demand_good, hashed, matches
from app.programme.actions.words import one_line
from app.programme.models import FailedSignIn
from app.record import record

SIGNATURE_AGREEMENT = (
    "I agree that what I submit or decide here after signing in is signed by me, as binding as my signature by hand. I keep my password and API"
    " tokens to myself, tell the administrator at once when somebody else may know them, and do not let others act in my name."
)
"""The electronic-signature agreement on file before the first submission (rule 1.22)."""

ROLE_KINDS: dict[str, tuple[str, ...]] = {
    "provider": ("provider", "plant_owner", "participant", "state"),
    "verifier": ("verifier",),
    "reviewer": ("state", "state_agent"),
    "representative": ("plant_owner", "provider", "participant"),
    "administrator": ("state",),
    "auditor": ("auditor", "state", "epa"),
}
"""In which kinds of organisation a role can be held: who decides sits in the state's agency or with its agent, who verifies in a verification body."""

EMAIL = re.compile(r"[a-z0-9_%+'-]+(?:\.[a-z0-9_%+'-]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
SEND_PASSWORD_RESET = "send_password_reset"  # noqa: S105 - the name of a job
RESETS_IN_A_WHILE = 3
A_WHILE = timedelta(minutes=15)


def invite(session: Session, actor: Actor, name: str, email: str, role: str, organisation_id: UUID) -> tuple[User, str]:
    """A person of one role in one organisation, and the token of the link that the mail to them carries."""
    organisation = queries.organisation_for_update(session, organisation_id)
    demand_administrator_of(session, actor, organisation.state)
    _demand_fitting(organisation, role)
    address = email.strip().lower()
    if not EMAIL.fullmatch(address):
        raise Invalid("The e-mail address is not right.", fields={"email": ["Give an address such as name@example.org."]})
    user = User(name=one_line(name, "name", "Give the person's name."), email=address, role=role, organisation=organisation)
    session.add(user)
    session.flush()
    record(session, actor, "invite", user, role=role, private={"name": user.name})
    return user, make_link(session, user, "invitation")


def _demand_fitting(organisation: Organisation, role: str) -> None:
    if organisation.closed_at is not None:
        raise Conflict(f"{organisation.name} is closed.", what_to_do="Choose an organisation that is open.")
    if role not in ROLE_KINDS:
        raise Invalid("This role is not known.", fields={"role": [f"Choose one of: {', '.join(Role)}."]})
    if organisation.organisation_kind not in ROLE_KINDS[role]:
        fitting = " or ".join(kind.replace("_", " ") for kind in ROLE_KINDS[role])
        told = f"A {role} belongs to an organisation of the kind {fitting}; {organisation.name} is {organisation.organisation_kind.replace('_', ' ')}."
        raise Invalid(told, rule="1.3", fields={"role": [told]})


def renew_invitation(session: Session, actor: Actor, user_id: UUID) -> tuple[User, str]:
    """A new link for somebody who has not accepted yet; the earlier one ends."""
    user = queries.user_for_update(session, user_id)
    demand_administrator_of(session, actor, user.organisation.state)
    if user.password_hash is not None or user.left_at is not None:
        told = "This person has accepted the invitation already, or has left."
        raise Conflict(told, what_to_do="Who forgot a password asks for a reset on the sign-in page.")
    record(session, actor, "renew_invitation", user)
    return user, make_link(session, user, "invitation")


def accept_invitation(session: Session, token: str, password: str, agreed: bool = True) -> User:
    """The invited person chooses a password and accepts the electronic-signature agreement, without which nobody comes in (rule 1.22)."""
    link = queries.link_for_update(session, token, "invitation")
    if not agreed:
        raise Invalid(
            "The electronic-signature agreement is not accepted.",
            rule="1.22",
            what_to_do="Read it and tick the box.",
            fields={"agreed": ["Tick the box to accept the agreement."]},
        )
    demand_good(password, link.user.email, link.user.name)
    user = spend(link)
    user.password_hash, user.signature_agreed_at = hashed(password), now()
    record(session, Actor.of(user), "accept_invitation", user, agreement=SIGNATURE_AGREEMENT)
    mail(session, user, *mails.account_made(user))
    return user


def ask_password_reset(session: Session, email: str) -> None:
    """Leave it to the worker to look the address up, so that the answer takes as long for an unknown one as for a known one."""
    queue(session, SEND_PASSWORD_RESET, email=email)


def send_password_reset(session: Session, email: str) -> None:
    """Mail a link to the address when somebody has it; no more than a few in a while."""
    user = people.user_by_email(session, email)
    if user is None or user.left_at or user.organisation.closed_at or user.password_hash is None:
        return
    if queries.links_made_since(session, user.id, "password_reset", now() - A_WHILE) >= RESETS_IN_A_WHILE:
        return
    record(session, Actor.system("password reset"), "ask_password_reset", user)
    make_link(session, user, "password_reset")


def reset_password(session: Session, token: str, password: str) -> User:
    """A new password by a link; every sign-in and API token of the person ends, for whoever had them may not be the person."""
    link = queries.link_for_update(session, token, "password_reset")
    demand_good(password, link.user.email, link.user.name)
    user = spend(link)
    user.password_hash = hashed(password)
    session.execute(delete(FailedSignIn).where(FailedSignIn.email == user.email))
    ended = end_access(session, user)
    record(session, Actor.of(user), "reset_password", user, private=ended)
    mail(session, user, *mails.password_changed(user))
    return user


def change_password(session: Session, actor: Actor, old_password: str, password: str, kept_token: str) -> User:
    """A new password of one's own, for whoever knows the old one; every other sign-in ends, API tokens stay. Raises Invalid.

    `kept_token` is that of the browser in which it is changed. Tries are counted before, as at signing in (sign_ins.attempt).
    """
    user = queries.user_for_update(session, actor.user_id)  # type: ignore[arg-type]
    if not matches(user.password_hash, old_password):
        told = "The present password is not right."
        raise Invalid(told, rule="1.19", what_to_do="Try again, or ask for a link by mail.", fields={"old_password": [told]})
    demand_good(password, user.email, user.name)
    user.password_hash = hashed(password)
    session.execute(delete(FailedSignIn).where(FailedSignIn.email == user.email))
    others = [one for one in queries.sign_ins_of(session, user.id) if one.token_sha256 != people.token_sha256(kept_token)]
    for sign_in in others:
        sign_in.ended_at = now()
    record(session, actor, "change_password", user, private={"sign_ins_ended": len(others)})
    mail(session, user, *mails.password_changed_by_oneself(user))
    return user


def end_access(session: Session, user: User) -> dict[str, int]:
    """End every sign-in, API token and open link of a person; how many of each. Writes no event."""
    sign_ins, tokens = queries.sign_ins_of(session, user.id), queries.tokens_of(session, user.id)
    links = [link for purpose in ("invitation", "password_reset") for link in queries.links_in_force(session, user.id, purpose)]
    for sign_in in sign_ins:
        sign_in.ended_at = now()
    for token in tokens:
        token.ended_at = now()
    for link in links:
        link.used_at = now()
    return {"sign_ins_ended": len(sign_ins), "api_tokens_ended": len(tokens), "links_ended": len(links)}
