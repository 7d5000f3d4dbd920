"""A new version of a report that was returned or rejected (rules 3.16, 8.11): a new draft; ids and hashes of the old one stay as they are."""

from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app import review
from app.documents import actions as documents
from app.documents.queries import documents_of
from app.lifecycle import advance
from app.mv_reports import queries
from app.mv_reports.actions.drafting import MADE_BY_OTHERS, blank, in_force, owner_of
from app.mv_reports.actions.meters import row_of
from app.mv_reports.lifecycle import MV_REPORT
from app.mv_reports.models import MeterReading, MvReport
from app.people import Actor
from app.record import record

IDENTITY = ("number", "issuing_state", "provider_organisation_id", "provider", "resource_id", "resource_name", "resource_code", "resource_type")
STATED = ("period_start_on", "period_end_on", "facts", "figures", "claimed_mwh")


def begin_new_version(session: Session, actor: Actor, report_id: UUID) -> MvReport:
    """Begin again with the old version's statements, rows and papers. Raises Conflict when a newer version is open already."""
    old = queries.report_for_update(session, report_id)
    advance(MV_REPORT, old.state, "begin_new_version", queries.standing(session, actor, old))
    _resource, application, plan = in_force(session, actor, old.resource_id)
    versions = queries.versions_of(session, old.number)
    review.demand_newest(versions, old)
    report = MvReport(
        **{
            **blank(),
            **{name: getattr(old, name) for name in (*IDENTITY, *STATED)},
            "id": uuid4(),
            "version": versions[-1].version + 1,
            "previous_id": old.id,
            "made_by_id": actor.user_id,
            "application_id": application.id,
            "emv_plan_id": plan.id,
        }
    )
    session.add(report)
    session.flush()
    rows = [row_of(report.id, one) for one in queries.readings_of(session, old.id)]
    if rows:
        session.execute(insert(MeterReading), rows)
    papers = [one for one in documents_of(session, old.id) if one.document_kind not in MADE_BY_OTHERS]
    documents.carry_over(session, actor, papers, owner_of(report))
    record(session, actor, "begin_new_version", report, previous=old.code, version=report.version)
    return report
