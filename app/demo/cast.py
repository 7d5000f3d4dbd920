"""The people of the demonstration: one programme a state, with everybody who has a part; each comes by invitation, as in the web (rules 1.1 to 1.23)."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import people
from app.db import now
from app.erc_tcs import actions as erc_tcs
from app.people import Actor, Organisation, User
from app.programme import actions as programme
from app.state_plan import states_with_plans
from app.verifiers import actions as verifiers
from app.verifiers.independence import QUALIFICATIONS

PASSWORD = "walk through the docket"  # noqa: S105 - the demonstration prints it for everybody.
DOMAIN = "demo.erc.example"
ONE_SETS_UP = 7_309_164
FEEDSTOCKS = ("LFG", "OBG")
STATES = {
    "CO": ("Colorado", "America/Denver"),
    "IA": ("Iowa", "America/Chicago"),
    "IN": ("Indiana", "America/Indiana/Indianapolis"),
    "MN": ("Minnesota", "America/Chicago"),
    "NC": ("North Carolina", "America/New_York"),
    "VA": ("Virginia", "America/New_York"),
}
ROLES = (
    ("administrator", "administrator", "Ada Amundsen"),
    ("reviewer", "reviewer", "Rita Ramirez"),
    ("second-reviewer", "reviewer", "Samuel Stone"),
    ("auditor", "auditor", "Alma Abbott"),
    ("verifier", "verifier", "Vera Voss"),
)


@dataclass(frozen=True)
class Cast:
    """Everybody of one state's programme who has a part in every case."""

    state: str
    administrator: Actor
    reviewer: Actor
    second_reviewer: Actor
    auditor: Actor
    verifier: Actor
    body_id: UUID


def email(part: str, state: str) -> str:
    return f"{part}.{state.lower()}@{DOMAIN}"


def slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:48]


def alone(session: Session) -> None:
    """Keep everybody else who would make the same people waiting until this transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_SETS_UP})


def set_up(session: Session, state: str) -> Cast:
    """The state's programme with plan, accounts, people and verifier, made once however often and by however many it is asked for."""
    alone(session)
    setup = Actor.system("demonstration")
    name, zone = STATES.get(state, (f"State {state}", "America/Chicago"))
    agency = organisation(session, setup, f"{name} Department of Environmental Quality (demonstration)", "state", state)
    audit = organisation(session, setup, f"{name} Office of Audits (demonstration)", "auditor", state)
    body = organisation(session, setup, f"{name} Verification Partners (demonstration)", "verifier", state)
    homes = {"administrator": agency, "reviewer": agency, "auditor": audit, "verifier": body}
    users = {part: person(session, setup, who, email(part, state), role, homes[role].id) for part, role, who in ROLES}
    if state not in states_with_plans(session):
        _begin_programme(session, setup, state, agency, body, zone)
    return Cast(state=state, body_id=body.id, **{part.replace("-", "_"): Actor.of(user) for part, user in users.items()})


def _begin_programme(session: Session, setup: Actor, state: str, agency: Organisation, body: Organisation, zone: str) -> None:
    """Plan, the state's own accounts, and the verifier's accreditation. The plan credits MWh before its approval, because the data are of the past."""
    name = STATES.get(state, (f"State {state}", zone))[0]
    parameters = {"agency": agency.name, "feedstocks": list(FEEDSTOCKS), "credit_before_approval": True, "time_zone": zone}
    reason = "The demonstration's plan: landfill gas and other biomass gas are its only feedstocks."
    programme.add_plan(session, setup, state, f"{name} Rate-Based Plan (demonstration)", "seed", date(2021, 1, 1), parameters, reason)
    for kind in ("origination", "surrender", "retirement", "cancellation"):
        erc_tcs.open_account(session, setup, kind, f"{name} {kind}", agency.id, state, "Head of the programme", None)
    year = now().year
    shown = {one.code: True for one in QUALIFICATIONS}
    terms = verifiers.Terms(
        body.id, f"{state}-V-001", state, date(year - 1, 1, 1), date(year + 2, 12, 31), [], "ISO 14065", None, shown, "Shown by its ISO 14065 accreditation."
    )
    verifiers.accredit(session, setup, terms)


def organisation(session: Session, setup: Actor, name: str, kind: str, state: str) -> Organisation:
    found = session.scalar(select(Organisation).where(Organisation.name == name))
    return found or programme.add_organisation(session, setup, name, kind, state)


def person(session: Session, setup: Actor, name: str, address: str, role: str, organisation_id: UUID) -> User:
    """A person who was invited and has accepted."""
    found = people.user_by_email(session, address)
    if found is not None:
        return found
    _, token = programme.invite(session, setup, name, address, role, organisation_id)
    return programme.accept_invitation(session, token, PASSWORD)


def provider(session: Session, state: str, owner: str) -> Actor:
    """The provider that applies for an owner's generators, with a person and the general account that receives its ERCs."""
    setup = Actor.system("demonstration")
    address = email(f"provider.{slug(owner)}", state)
    if people.user_by_email(session, address) is None:
        alone(session)
    known = people.user_by_email(session, address)
    if known is not None:
        return Actor.of(known)
    home = organisation(session, setup, f"{owner} ({state})", "provider", state)
    user = person(session, setup, f"Provider of {owner}", address, "provider", home.id)
    erc_tcs.open_account(session, setup, "general", f"{owner} general account", home.id, state, "", user.id)
    return Actor.of(user)


def logins(session: Session, states: tuple[str, ...]) -> list[dict[str, str]]:
    """Who can sign in to try each role, of each state: everybody of the programme, those of the stories, and one provider."""
    found = []
    for state in states:
        for part in (*(part for part, _, _ in ROLES), "representative", "trader"):
            known = people.user_by_email(session, email(part, state))
            found += [_login(known)] if known else []
        provider = session.scalar(select(User).where(User.email.like(f"provider.%.{state.lower()}@{DOMAIN}")).order_by(User.invited_at).limit(1))
        found += [_login(provider)] if provider else []
    return found


def _login(user: User) -> dict[str, str]:
    return {"role": user.role, "email": user.email, "organisation": user.organisation.name}
