"""One committed story that pages are read from, by tests of the reading room and in the browser: every kind of thing in every state that a page must show."""

from decimal import Decimal
from types import SimpleNamespace

from sqlalchemy import select

from app import db, public_log
from app.config import Settings
from app.documents import queries as documents_queries
from app.eligibility import actions as eligibility
from app.erc_tcs import actions as erc_tcs
from app.erc_tcs.models import ErcTransaction
from app.issuance import actions as issuance
from app.issuance import queries as issuance_queries
from app.issuance.models import Issuance
from app.programme import actions as programme
from app.record import events_concerning
from app.signing import load_or_create_key
from app.verifiers import queries as verifiers_queries
from tests import builders
from tests import builders_matters as matters

NOTE = "Ask the utility about the March bill."
RECOMMENDATION = "Everything fits together, I recommend it."
SECRET = "The price of the contract, which nobody else may read."
DRAFT = "Unfinished Ridge"


def tell(world: SimpleNamespace, settings: Settings) -> SimpleNamespace:
    """Issued, sold, surrendered, retired, cancelled, held, offered; approved, denied, returned and begun anew, recommended, draft; a unit with its record."""
    told = SimpleNamespace(world=world)
    with db.writing() as session:
        _approve(session, world, told)
        _move(session, world, told)
    with db.writing() as session:
        _spoil(session, world, told)
        _review(session, world, told)
        _unit(session, world, told)
        _vest(session, world)
        _note_more(session, told)
    with db.writing() as session:
        public_log.seal(session, load_or_create_key(settings.home))
    return told


def _vest(session, world) -> None:  # type: ignore[no-untyped-def]
    agent = builders.organisation(session, world.administrator_actor, "Ridge Tracking", "state_agent", world.state)
    given = programme.Authority("review", "Agreement 3", matters.now().date())
    programme.grant_authority(session, world.administrator_actor, agent.id, given)


def _approve(session, world, told) -> None:  # type: ignore[no-untyped-def]
    draft = matters.draft_application(session, world, name="Buffalo Ridge Wind", nameplate_mw=500, oris_plant_code="56789", generator_id="WT1")
    paper = matters.paper(SECRET, "contract.txt")
    eligibility.attach(session, world.provider_actor, draft.id, paper, document_kind="delivery_contract", heading="Contract with prices", confidential=True)
    told.secret = next(one for one in documents_queries.documents_of(session, draft.id) if one.confidential)
    public = {"document_kind": "delivery_contract", "heading": "Contract without prices", "redacted_copy_of_id": told.secret.id}
    eligibility.attach(session, world.provider_actor, draft.id, matters.paper("The contract."), **public)
    eligibility.engage(session, world.provider_actor, draft.id, world.verification_body.id, matters.now().date() + matters.timedelta(days=30))
    matters.accepted_engagement(session, world, draft.id)
    eligibility.verify(session, world.verifier_actor, draft.id, matters.finding("application", draft.resource.type_code))
    eligibility.submit(session, world.provider_actor, draft.id, True)
    eligibility.take_up(session, world.reviewer_actor, draft.id)
    eligibility.note(session, world.reviewer_actor, draft.id, NOTE)
    eligibility.recommend(session, world.reviewer_actor, draft.id, RECOMMENDATION)
    told.application = eligibility.approve(session, world.second_reviewer_actor, draft.id, "All tests are met.")
    told.resource = told.application.resource
    told.report, told.serials = matters.issued_report(session, world, "100.7", 2022, told.resource)
    told.first = issuance_queries.issuances_of_report(session, told.report.id)[0].first_sequence
    told.bad_report, told.bad_serials = matters.issued_report(session, world, "50", 2023, told.resource)
    told.held_report, told.held_serials = matters.issued_report(session, world, "30", 2024, told.resource)


def piece(told: SimpleNamespace, first: int, last: int) -> str:
    """Serials of the first report by their ordinals, 1 to 100."""
    start = told.serials.rpartition("-")[0]
    return f"{start}-{told.first + first - 1:09d}" + (f"..{told.first + last - 1:09d}" if last > first else "")


def _move(session, world, told) -> None:  # type: ignore[no-untyped-def]
    told.egu = matters.affected_egu(session, world, "4")
    matters.sent(session, world, piece(told, 1, 40))
    told.surrender = matters.surrendered(session, world, told.egu, piece(told, 1, 20))
    retired = (world.general_account.number, piece(told, 41, 50), None, "For our own footprint", "Prairie Wind itself")
    erc_tcs.retire(session, world.provider_actor, *retired)
    told.offer = erc_tcs.offer(
        session, world.provider_actor, world.general_account.number, world.compliance_account.number, piece(told, 51, 60), None, "As agreed"
    )


def _spoil(session, world, told) -> None:  # type: ignore[no-untyped-def]
    """Of the second report, ten ERCs are surrendered and the last twenty found wrong; the third report's are held."""
    start, _, sequences = told.bad_serials.rpartition("-")
    last = int(sequences.split("..")[1])
    matters.sent(session, world, f"{start}-{last - 9:09d}..{last:09d}")
    matters.surrendered(session, world, told.egu, f"{start}-{last - 9:09d}..{last:09d}")
    proposal = issuance.propose_cancellation(session, world.reviewer_actor, told.bad_report.id, None, 20, "data", "The meter counted twice in December.")
    told.proposal = issuance.confirm(session, world.second_reviewer_actor, proposal.id, "The meter test shows it.")
    told.cancelled = f"{start}-{last:09d}"
    told.hold = issuance.hold(session, world.reviewer_actor, told.held_report.id, "The meter of unit 3 is in question.")
    told.open_proposal = eligibility.propose(session, world.reviewer_actor, told.resource.id, "suspend", "The capacity changed.")


def _review(session, world, told) -> None:  # type: ignore[no-untyped-def]
    told.draft = matters.draft_application(session, world, name=DRAFT)
    told.denied = matters.verified_application(session, world, name="Old Turbine", installed_on="2009-05-01")
    eligibility.submit(session, world.provider_actor, told.denied.id, True)
    eligibility.take_up(session, world.reviewer_actor, told.denied.id)
    told.denied = eligibility.deny(session, world.second_reviewer_actor, told.denied.id, ["INSTALL_DATE"], "It was installed before 2013.")
    returned = matters.recommended_application(session, world, name="Saint Cloud Hydro", type_code="HYD-N")
    eligibility.return_for_more(session, world.reviewer_actor, returned.id, "The proof of the installation date is not legible.")
    told.returned = returned
    told.version = eligibility.begin_new_version(session, world.provider_actor, returned.id)
    eligibility.save(session, world.provider_actor, told.version.id, {**matters.application_facts("Saint Cloud Hydro", "HYD-N", 12), "owner": "The city"})
    told.recommended = matters.recommended_application(session, world, name="Lake Street Solar", type_code="SOL")
    eligibility.note(session, world.reviewer_actor, told.recommended.id, NOTE)
    told.asked = matters.draft_application(session, world, name="North Shore Wind")
    eligibility.engage(session, world.provider_actor, told.asked.id, world.verification_body.id, matters.now().date() + matters.timedelta(days=20))
    told.engagement = verifiers_queries.open_engagement(session, told.asked.id)
    told.verification_report = verifiers_queries.reports_on(session, told.application.id)[0]
    told.open_report = matters.report_under_review(session, world, told.resource, matters.months_of(2025, 80))


def _unit(session, world, told) -> None:  # type: ignore[no-untyped-def]
    told.record = matters.filed_record(session, world, told.egu, Decimal(1_000_000), Decimal(1_000), 2023)
    issuance.recommend_record(session, world.reviewer_actor, told.record.id, "The figures are those of part 75.")
    issuance.issue_record(session, world.second_reviewer_actor, told.record.id, "Below its standard.")
    told.owing = matters.filed_record(session, world, told.egu, Decimal(9_000_000), Decimal(4_000), 2022)


def _note_more(session, told) -> None:  # type: ignore[no-untyped-def]
    told.issuance = issuance_queries.issuances_of_report(session, told.report.id)[0]
    told.event = next(event for event in events_concerning(session, told.report.id) if event.action == "mv_report.issue")
    told.unit_issuance = session.scalars(select(Issuance).where(Issuance.emissions_record_id == told.record.id)).one()
    told.unit_serial = f"MN-2023-{told.egu.code}-EGU2023-{told.unit_issuance.first_sequence:09d}"
    told.transaction = session.get_one(ErcTransaction, told.surrender.transaction_id)
