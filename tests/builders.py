"""State for tests, reached by performing actions and never by inserting rows: here a world of organisations, people and accounts, and a browser for each.

Applications answer by answer stand here, for the tests of eligibility. Matters as others need them, reports, issued ERCs and affected EGUs stand in
builders_matters.py, the ledger's own notation in builders_ledger.py.
"""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db import now
from app.documents import actions as documents
from app.eligibility import actions as eligibility
from app.eligibility import queries as eligibility_queries
from app.eligibility.models import Application
from app.erc_tcs import actions as erc_tcs
from app.people import Actor, Organisation, User
from app.programme import actions as programme
from app.verifiers import actions as verifiers
from app.verifiers import queries as verifiers_queries
from app.verifiers.independence import CONFLICT_QUESTIONS, QUALIFICATIONS, criteria_for

PASSWORD = "correct horse battery"
ALL_SHOWN = {one.code: True for one in QUALIFICATIONS}
"""What a verification body shows to be accredited (rule 7.2)."""


def person(session: Session, by: Actor, name: str, role: str, organisation: Organisation) -> User:
    """A person who was invited and has accepted."""
    user, token = programme.invite(session, by, name, f"{name.lower().replace(' ', '.')}.{uuid4().hex[:6]}@example.org", role, organisation.id)
    programme.accept_invitation(session, token, PASSWORD)
    return user


def organisation(session: Session, by: Actor, name: str, kind: str, state: str = "MN") -> Organisation:
    return programme.add_organisation(session, by, f"{name} {uuid4().hex[:6]}", kind, state)


def usual_plan(session: Session, world: SimpleNamespace) -> None:
    """The plan of this world enters into force: first, and again after a test that committed another one."""
    parameters = {"agency": world.agency.name, "feedstocks": ["LFG", "OBG"], "credit_before_approval": True}
    programme.add_plan(session, Actor.of(world.administrator), world.state, f"{world.state} Rate-Based Plan", "seed", date(2021, 1, 1), parameters, "the usual")


def world(session: Session, state: str = "MN") -> SimpleNamespace:
    """One state's programme: its plan, agency and people, a provider, a verification body, and a plant owner, each with accounts.

    Names carry a random ending, so that several worlds can stand in one database. Attributes ending in `_actor` act.
    """
    setup = Actor.system("setup")
    agency = organisation(session, setup, "Pollution Control Agency", "state", state)
    administrator = person(session, setup, "Ada Admin", "administrator", agency)
    by = Actor.of(administrator)
    made = SimpleNamespace(state=state, agency=agency, administrator=administrator)
    usual_plan(session, made)
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
        verifiers.Terms(made.verification_body.id, f"ACC-{uuid4().hex[:6]}", state, date(2020, 1, 1), date(2035, 1, 1), [], "ISO 14065", None, ALL_SHOWN),
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
    answer = client.post("/sign-in", data={"email": user.email, "password": PASSWORD}, headers={"Accept": "text/html"})
    client.environ_base["HTTP_ACCEPT"] = accept
    assert answer.status_code == 303, answer.text
    return client


WIND: dict[str, Any] = {
    "name": "Buffalo Ridge Wind",
    "type_code": "WND",
    "description": "Ten turbines on the ridge.",
    "owner": "Prairie Wind",
    "host_kind": "rate_based",
    "nameplate_mw": "25.5",
    "installed_on": date(2014, 3, 14),
    "grid_connected": True,
    "revenue_meter": True,
    "only_this_programme": True,
    "projected_annual_mwh": "80000",
    "life_years": "25",
    "consent_to_inspection": True,
    "consent_to_publication": True,
}
"""The answers of a complete application for a new wind farm."""

STATEMENTS: dict[str, Any] = {
    "resource_identified": "Buffalo Ridge Wind.",
    "quantification_method": "Metered net generation at the interconnection.",
    "plan_criteria": "The meter is of revenue quality and read monthly.",
    "protocols": "ANSI C12.20, as the utility applies it.",
    "double_counting": "One registry, one account.",
    "report_every_months": "12",
    "measurement": "Continuously, by a revenue-quality meter.",
    "meter_and_place": "Meter 1 at the substation.",
    "data_path": "The control area reads it in settlement.",
}
"""The statements of its EM&V plan."""


def paper(words: str, file_name: str = "paper.txt") -> documents.Received:
    """A small text file with a content of its own."""
    return documents.receive_bytes(f"{words}\n{uuid4()}\n".encode(), file_name)


def draft_application(session: Session, world: SimpleNamespace, statements: dict[str, Any] | None = None, **facts: Any) -> Application:
    """A complete draft with its papers; `facts` change the answers, and one that is None is left out. The plant code is its own by default."""
    answers = {**WIND, "oris_plant_code": str(uuid4().int)[:9], "generator_id": "1", **facts}
    answers = {name: value for name, value in answers.items() if value is not None}
    application = eligibility.begin(session, world.provider_actor, {"issuing_state": world.state, **answers})
    eligibility.save_plan(session, world.provider_actor, application.id, STATEMENTS if statements is None else statements)
    for kind in ("proof_of_installation", "interconnection"):
        eligibility.attach(session, world.provider_actor, application.id, paper(kind), document_kind=kind, heading=f"The {kind.replace('_', ' ')}")
    return application


def engaged_application(session: Session, world: SimpleNamespace, **facts: Any) -> Application:
    """A draft for which the verification body has attested and accepted."""
    application = draft_application(session, world, **facts)
    return engage_and_accept(session, world, application)


def engage_and_accept(session: Session, world: SimpleNamespace, application: Application) -> Application:
    eligibility.engage(session, world.provider_actor, application.id, world.verification_body.id, now().date() + timedelta(days=30))
    engagement = verifiers_queries.open_engagement(session, application.id)
    assert engagement is not None
    answers = {question.code: False for question in CONFLICT_QUESTIONS}
    verifiers.accept(session, world.verifier_actor, engagement.id, [world.verifier.name], answers, "")
    return application


def application_finding(application: Application, opinion: str = "positive") -> verifiers.ReportFinding:
    """A signed finding on every criterion."""
    criteria = criteria_for("application", eligibility_queries.type_code(application))
    found = [{"code": one.code, "passed": opinion == "positive", "words": f"Seen: {one.words.lower()}."} for one in criteria]
    return verifiers.ReportFinding(opinion, f"Our opinion is {opinion}.", found, "The ridge", "Meter log of May", "", None, True, True)


def verified_application(session: Session, world: SimpleNamespace, opinion: str = "positive", **facts: Any) -> Application:
    application = engaged_application(session, world, **facts)
    return eligibility.verify(session, world.verifier_actor, application.id, application_finding(application, opinion))


def submitted_application(session: Session, world: SimpleNamespace, **facts: Any) -> Application:
    application = verified_application(session, world, **facts)
    return eligibility.submit(session, world.provider_actor, application.id, True)


def reviewed_application(session: Session, world: SimpleNamespace, **facts: Any) -> Application:
    """Under review, claimed by the first reviewer."""
    return eligibility.take_up(session, world.reviewer_actor, submitted_application(session, world, **facts).id)


def recommended_application(session: Session, world: SimpleNamespace, **facts: Any) -> Application:
    application = reviewed_application(session, world, **facts)
    return eligibility.recommend(session, world.reviewer_actor, application.id, "Every test passes.")


def approved_application(session: Session, world: SimpleNamespace, **facts: Any) -> Application:
    """Approved by the second reviewer; its resource is qualified and its EM&V plan approved."""
    application = recommended_application(session, world, **facts)
    return eligibility.approve(session, world.second_reviewer_actor, application.id, "We agree.")
