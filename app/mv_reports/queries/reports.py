"""M&V reports as rows: one by id, locked or not; who stands how in it; what can be done next; its readings; the periods of its resource."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import lifecycle
from app.amounts import tidy
from app.errors import NotFound
from app.lifecycle import OpenAction, Standing, act_among, offered, open_to
from app.matter import admit, standing_in
from app.mv_reports.lifecycle import MV_REPORT
from app.mv_reports.models import MeterReading, MvReport
from app.mv_reports.readings import Reading
from app.mv_reports.reasonableness import AcceptedPeriod
from app.people import Actor, Role
from app.verifiers import queries as verifiers

ADDRESSES = {**lifecycle.ADDRESSES, "attach_readings": "readings", "issue": "issuance", "reject": "rejection"}
LABELS = {"save": "Fill in statements and figures"}


def report(session: Session, report_id: UUID) -> MvReport:
    """The report. Raises NotFound."""
    found = session.get(MvReport, report_id)
    if found is None:
        raise unknown_report()
    return found


def report_for_update(session: Session, report_id: UUID) -> MvReport:
    """The report, locked and fresh. Raises NotFound."""
    found = session.scalar(select(MvReport).where(MvReport.id == report_id).with_for_update(of=MvReport).execution_options(populate_existing=True))
    if found is None:
        raise unknown_report()
    return found


def unknown_report() -> NotFound:
    return NotFound("No M&V report that you may see is at this address.", what_to_do="Check the address, or search for the resource.")


def standing(session: Session, actor: Actor, report: MvReport) -> Standing:
    """What this person is in this report. Only a verifier costs a look at the engagements."""
    engaged = verifiers.engaged_body_ids(session, report.id) if actor.role == Role.VERIFIER else set()
    return standing_in(actor, report, engaged)


def open_actions(session: Session, actor: Actor, report: MvReport) -> list[dict[str, Any]]:
    """What this person can do with the report, or why not now. It is corrected by the confirmation of a proposal, which has its own page."""
    found = []
    acts = [one for one in open_to(MV_REPORT, report.state, standing(session, actor, report)) if one.action != "correct"]
    for act in verifiers.with_engagement(session, report.id, acts):
        found.append(offered(act, report.path, ADDRESSES, LABELS))
        if act.action == "attach":
            found.append(offered(OpenAction("attach_readings", "Attach meter readings", act.reason), report.path, ADDRESSES, LABELS))
    return found


def report_for_act(session: Session, actor: Actor, report_id: UUID, action: str) -> tuple[MvReport, dict[str, Any]]:
    """A report and one act on it, for the page of that act. Raises NotFound for whom it is not, NotPermitted for whom the act never is."""
    found = report(session, report_id)
    who = standing(session, actor, found)
    admit(actor, found, who)
    return found, act_among(open_actions(session, actor, found), MV_REPORT, action, who)


def readings_of(session: Session, report_id: UUID) -> tuple[Reading, ...]:
    """The meter rows in the order of their file."""
    columns = (MeterReading.line, MeterReading.meter_id, MeterReading.month_on, MeterReading.generation_mwh)
    rows = session.execute(select(*columns).where(MeterReading.report_id == report_id).order_by(MeterReading.line))
    return tuple(Reading(line, meter_id, f"{month_on:%Y-%m}", tidy(mwh)) for line, meter_id, month_on, mwh in rows)


def periods_of(session: Session, report: MvReport) -> tuple[AcceptedPeriod, ...]:
    """The periods of the other reports of the resource for which ERCs were issued (rule 5.9)."""
    columns = (MvReport.number, MvReport.period_start_on, MvReport.period_end_on)
    found = select(*columns).where(MvReport.resource_id == report.resource_id, MvReport.id != report.id, MvReport.state.in_(("issued", "corrected")))
    rows = session.execute(found.order_by(MvReport.period_start_on))
    return tuple(AcceptedPeriod(f"M{number:06d}", start_on, end_on) for number, start_on, end_on in rows)


def reports_of(session: Session, resource_id: UUID) -> list[MvReport]:
    """All reports of a resource, the newest period first, each version."""
    found = select(MvReport).where(MvReport.resource_id == resource_id)
    return list(session.scalars(found.order_by(MvReport.period_start_on.desc(), MvReport.number, MvReport.version.desc())))


def versions_of(session: Session, number: int) -> list[MvReport]:
    """Every version of a report, the first one first."""
    return list(session.scalars(select(MvReport).where(MvReport.number == number).order_by(MvReport.version)))
