"""A new version of a report that was returned or rejected (rules 3.16, 8.11): a new draft; ids and hashes of the old one stay as they are."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.documents import actions as documents
from app.documents.actions import Received
from app.documents.queries import documents_of, superseded_ids
from app.errors import Conflict
from app.lifecycle import advance
from app.mv_reports import queries
from app.mv_reports.actions.drafting import MADE_BY_OTHERS, blank, in_force, owner_of
from app.mv_reports.actions.meters import row_of
from app.mv_reports.lifecycle import MV_REPORT
from app.mv_reports.models import MeterReading, MvReport
from app.people import Actor
from app.record import record

if TYPE_CHECKING:
    from app.documents.models import Document

IDENTITY = ("number", "issuing_state", "provider_organisation_id", "provider", "resource_id", "resource_name", "resource_code", "resource_type")
STATED = ("period_start_on", "period_end_on", "facts", "figures", "claimed_mwh")


def begin_new_version(session: Session, actor: Actor, report_id: UUID) -> MvReport:
    """Begin again with the old version's statements, rows and papers. Raises Conflict when a newer version is open already."""
    old = queries.report_for_update(session, report_id)
    advance(MV_REPORT, old.state, "begin_new_version", queries.standing(session, actor, old))
    _resource, application, plan = in_force(session, actor, old.resource_id)
    versions = queries.versions_of(session, old.number)
    newer = [one for one in versions if one.version > old.version and one.state != "withdrawn"]
    if newer:
        raise Conflict(f"Version {newer[-1].version} of {old.code} was begun already.", rule="3.16", what_to_do=f"Go on with it at {newer[-1].path}.")
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
    take_papers_along(session, actor, old, report)
    record(session, actor, "begin_new_version", report, previous=old.code, version=report.version)
    return report


def take_papers_along(session: Session, actor: Actor, old: MvReport, report: MvReport) -> None:
    """The provider's newest papers stand in the new version too: the same bytes under rows of their own. Writes no event."""
    papers = [one for one in documents_of(session, old.id) if one.document_kind not in MADE_BY_OTHERS]
    replaced = superseded_ids(papers)
    carried: dict[UUID, UUID] = {}
    for one in sorted((one for one in papers if one.id not in replaced), key=lambda one: one.redacted_copy_of_id is not None):
        carried[one.id] = _carry(session, actor, one, report, carried)


def _carry(session: Session, actor: Actor, one: "Document", report: MvReport, carried: dict[UUID, UUID]) -> UUID:
    same = Received(one.file_name, one.media_type, one.sha256, one.size_bytes)
    copy_of = carried.get(one.redacted_copy_of_id) if one.redacted_copy_of_id else None
    made = documents.deposit(
        session,
        actor,
        owner_of(report),
        same,
        document_kind=one.document_kind,
        heading=one.heading,
        confidential=one.confidential,
        redacted_copy_of_id=copy_of,
    )
    return made.id
