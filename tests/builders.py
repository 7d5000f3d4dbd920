"""State for tests, reached by performing actions and never by inserting rows. Grows with the domains; each builder returns what it made."""

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.erc_tcs import actions as erc_tcs
from app.people import Actor, Organisation, User
from app.programme import actions as programme
from app.verifiers import actions as verifiers

PASSWORD = "correct horse battery"  # noqa: S105


def person(session: Session, by: Actor, name: str, role: str, organisation: Organisation) -> User:
    """A person who was invited and has accepted."""
    user, token = programme.invite(session, by, name, f"{name.lower().replace(' ', '.')}.{uuid4().hex[:6]}@example.org", role, organisation.id)
    programme.accept_invitation(session, token, PASSWORD)
    return user


def organisation(session: Session, by: Actor, name: str, kind: str, state: str = "MN") -> Organisation:
    return programme.add_organisation(session, by, f"{name} {uuid4().hex[:6]}", kind, state)


def world(session: Session, state: str = "MN") -> SimpleNamespace:
    """One state's programme: its plan, agency and people, a provider, a verification body, and a plant owner, each with accounts.

    Names carry a random ending, so that several worlds can stand in one database. Attributes ending in `_actor` act.
    """
    setup = Actor.system("setup")
    agency = organisation(session, setup, "Pollution Control Agency", "state", state)
    administrator = person(session, setup, "Ada Admin", "administrator", agency)
    by = Actor.of(administrator)
    programme.add_plan(
        session, by, state, f"{state} Rate-Based Plan", "seed", date(2021, 1, 1), {"agency": agency.name, "feedstocks": ["LFG", "OBG"]}, "first version"
    )
    made = SimpleNamespace(state=state, agency=agency, administrator=administrator)
    for word in ("origination", "surrender", "retirement", "cancellation"):
        account = erc_tcs.open_account(session, by, word, f"{state} {word}", agency.id, state, "Head of the programme", None)
        setattr(made, f"{word}_account", account)
    made.reviewer = person(session, by, "Rita Reviewer", "reviewer", agency)
    made.second_reviewer = person(session, by, "Sam Second", "reviewer", agency)
    made.auditor = person(session, by, "Alma Auditor", "auditor", organisation(session, by, "Audit House", "auditor", state))
    made.provider_organisation = organisation(session, by, "Prairie Wind", "provider", state)
    made.provider = person(session, by, "Pat Provider", "provider", made.provider_organisation)
    made.general_account = erc_tcs.open_account(session, by, "general", "Prairie Wind general", made.provider_organisation.id, state, "", made.provider.id)
    made.verification_body = organisation(session, by, "Northern Verification", "verifier", state)
    made.verifier = person(session, by, "Vera Verifier", "verifier", made.verification_body)
    made.accreditation = verifiers.accredit(
        session,
        by,
        verifiers.Terms(made.verification_body.id, f"ACC-{uuid4().hex[:6]}", state, date(2020, 1, 1), date(2035, 1, 1), [], "ISO 14065"),
    )
    made.plant_organisation = organisation(session, by, "River Power", "plant_owner", state)
    made.representative = person(session, by, "Remy Representative", "representative", made.plant_organisation)
    made.compliance_account = erc_tcs.open_account(
        session, by, "compliance", "River Power compliance", made.plant_organisation.id, state, "", made.representative.id
    )
    for name in ("administrator", "reviewer", "second_reviewer", "auditor", "provider", "verifier", "representative"):
        setattr(made, f"{name}_actor", Actor.of(getattr(made, name)))
    return made


def client_of(app: Flask, user: User, accept: str = "text/html") -> FlaskClient:
    """A browser in which this person has signed in. Its forms come from our own pages."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    client.environ_base["HTTP_ACCEPT"] = accept
    answer = client.post("/sign-in", data={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client
