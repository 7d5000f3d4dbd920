"""The first page: for the public what the programme is and holds, for each role what waits for them and since when."""

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.amounts import day_in_words
from app.compliance import queries as compliance
from app.compliance.models import AffectedEgu
from app.docket.queries import lists, next_steps, queue
from app.docket.queries.listing import Asked, listed
from app.docket.queries.reporting import NextReport, reports_to_file
from app.eligibility.models import Application
from app.erc_tcs import queries as erc_tcs
from app.erc_tcs.models import Account
from app.lifecycle import BEFORE_SUBMISSION
from app.matter import reviewing
from app.mv_reports.models import MvReport
from app.people import Actor, Role
from app.record import Event
from app.state_plan import plan_in_force
from app.verifiers import queries as verifiers

LATEST = 8
LATEST_EVENTS = 10
MOST_MINE = 50
TOTALS = text("SELECT status, cast(sum(last_sequence - first_sequence + 1) AS bigint) AS ercs FROM erc_block GROUP BY status")

STUCK = text(
    """
    SELECT 'Invitations that ran out before they were taken' AS matter, count(*) AS count, min(ran_out_at) AS since, '/people' AS path,
        'Invite them again, or take them off' AS what FROM (
        SELECT max(l.expires_at) AS ran_out_at FROM one_time_link l JOIN "user" u ON u.id = l.user_id
        WHERE l.purpose = 'invitation' AND u.password_hash IS NULL AND u.left_at IS NULL GROUP BY u.id HAVING max(l.expires_at) <= now()
    ) gone
    UNION ALL
    SELECT 'Jobs that failed for good', count(DISTINCT j.id), min(e.at), '/system', 'Read why, cure it, and start them again'
    FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'failed' WHERE j.status = 'failed'
    UNION ALL
    SELECT 'Events without a seal for more than two minutes', count(*), min(e.at), '/system', 'See whether the worker runs'
    FROM unsealed_event w JOIN event e ON e.id = w.event_id WHERE e.at < now() - interval '2 minutes'
    """
)
"""What nobody but an administrator can set going again."""


def home_page(session: Session, actor: Actor) -> dict[str, Any]:
    """The home of the visitor's role; `role` says which."""
    homes = {
        Role.PROVIDER: provider_home,
        Role.VERIFIER: verifier_home,
        Role.REVIEWER: reviewer_home,
        Role.REPRESENTATIVE: representative_home,
        Role.ADMINISTRATOR: administrator_home,
        Role.AUDITOR: auditor_home,
    }
    make = homes.get(Role(actor.role)) if actor.user_id else None
    return {"role": actor.role, **(make(session, actor) if make else public_home(session))}


def public_home(session: Session) -> dict[str, Any]:
    """Totals of all ERCs by status, and the latest decisions."""
    ercs = {str(row.status): int(row.ercs) for row in session.execute(TOTALS)}
    decisions = _latest_decisions(session)
    return {
        "issued": sum(ercs.values()),
        "active": ercs.get("active", 0) + ercs.get("reserved", 0),
        "held": ercs.get("held", 0),
        "surrendered": ercs.get("surrendered", 0),
        "retired": ercs.get("retired", 0),
        "cancelled": ercs.get("cancelled", 0),
        "decisions": decisions,
    }


def _latest_decisions(session: Session) -> list[dict[str, Any]]:
    found = listed(session, lists.DECISIONS, Asked())["decisions"][:LATEST]
    return [{name: row[name] for name in ("about", "decision", "decided_at", "codes", "path")} for row in found]


def provider_home(session: Session, actor: Actor) -> dict[str, Any]:
    """Their matters, those that wait for them on top, and since when; their accounts."""
    applications = list(session.scalars(_own(Application, actor)))
    reports = list(session.scalars(_own(MvReport, actor)))
    rows = [_matter(one, next_steps.of_application(session, actor, one)) for one in applications]
    rows += [_matter(one, next_steps.of_report(session, actor, one)) for one in reports]
    waiting = [row for row in rows if row["act"]] + [_to_file(one) for one in reports_to_file(session, actor.organisation_id)]
    return {
        "organisation": actor.organisation_name,
        "waiting": sorted(waiting, key=lambda row: row["since"]),
        "under_way": [row for row in rows if not row["act"] and row["waits_for"]],
        "decided": [row for row in rows if not row["act"] and not row["waits_for"]],
        "resources": listed(session, lists.RESOURCES, Asked({"provider": actor.organisation_id}))["resources"],
        "accounts": _accounts(session, actor),
    }


def _own(table: Any, actor: Actor) -> Any:
    """What may wait for them comes first, so that no long list of decided matters pushes it out."""
    may_wait = table.state.in_((*BEFORE_SUBMISSION, "incomplete"))
    return select(table).where(table.provider_organisation_id == actor.organisation_id).order_by(may_wait.desc(), table.changed_at.desc()).limit(MOST_MINE)


def _matter(one: Any, step: dict[str, Any]) -> dict[str, Any]:
    act = step["act"]
    return {
        "matter": one.title,
        "state": one.state,
        "since": one.state_since,
        "what": act["label"] if act else "",
        "act": act["path"] if act and not act["direct"] else (one.path if act else ""),
        "waits_for": step["waits_for"],
        "due_on": step["due_on"],
        "path": one.path,
    }


def _to_file(one: NextReport) -> dict[str, Any]:
    """A reminder of an M&V report that is overdue (rule 5.10), or of the first one, which can be filed since the approval (rule 8.1)."""
    path = f"/resources/{one.resource_id}"
    told = "overdue" if one.overdue else f"the first: can be filed from {day_in_words(one.counted_from_on)} on"
    return {
        "matter": f"M&V report of {one.resource_name}, {told}",
        "state": "qualified",
        "since": one.counted_from,
        "what": "File an M&V report",
        "act": f"{path}/mv-reports/new",
        "waits_for": "",
        "due_on": one.due_on,
        "path": path,
    }


def _accounts(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The accounts that the person acts for, with what is free to move."""
    if actor.user_id is None:
        return []
    return [_account(session, one) for one in erc_tcs.accounts_acted_for(session, actor.user_id)]


def _account(session: Session, one: Account) -> dict[str, Any]:
    offers, totals = erc_tcs.offers_of(session, one.id, "open"), erc_tcs.totals_by_status(session, one.id)
    return {
        "account": one.number,
        "account_kind": one.account_kind,
        "ercs_active": totals.get("active", 0),
        "ercs_reserved": totals.get("reserved", 0),
        "offers_to_you": sum(1 for offer in offers if offer.to_account_id == one.id),
        "offers_by_you": sum(1 for offer in offers if offer.from_account_id == one.id),
        "path": one.path,
    }


def verifier_home(session: Session, actor: Actor) -> dict[str, Any]:
    """What waits for the body's answer or report, by due day and since when; and its accreditations."""
    asked = verifiers.engagements_of_body(session, actor.organisation_id, open_only=True) if actor.organisation_id else []
    return {
        "organisation": actor.organisation_name,
        "engagements": [
            {
                "matter": one.matter_title,
                "provider": one.provider.name,
                "state": one.state,
                "due_on": one.due_on,
                "since": one.attested_at or one.asked_at,
                "path": one.path,
            }
            for one in asked
            if one.state != "reported"
        ],
        "accreditations": [
            {"accreditation": one.number, "state": one.state, "valid_until_on": one.valid_until_on, "path": one.path}
            for one in (verifiers.accreditations(session, actor.organisation_id) if actor.organisation_id else [])
        ],
    }


def reviewer_home(session: Session, actor: Actor) -> dict[str, Any]:
    """The queue in numbers, what waits for this reviewer, and the latest decisions. What is taken up waits for whoever can recommend on it (rule 1.2)."""
    found = queue.queue_page(session, actor)
    mine = found["mine"] if "reviewer" in reviewing(actor, actor.state, ()) else []
    return {
        "counts": found["counts"],
        "overdue": found["overdue"],
        "waiting": [*found["second_person"], *mine][:LATEST],
        "proposals": found["proposals"],
        "decisions": _latest_decisions(session),
    }


def representative_home(session: Session, actor: Actor) -> dict[str, Any]:
    """Need, have and missing of each unit in the present compliance period, by when; accounts and what is offered to them."""
    accounts = erc_tcs.accounts_acted_for(session, actor.user_id) if actor.user_id else []
    units = [one for account in accounts for one in compliance.units_of_account(session, account.id)]
    offers = [offer for account in accounts for offer in erc_tcs.offers_of(session, account.id, "open") if offer.to_account_id == account.id]
    return {
        "organisation": actor.organisation_name,
        "units": [row for one in units for row in _positions(session, one)],
        "offers": [
            {"from": one.from_account.number, "quantity": one.quantity, "offered_at": one.offered_at, "reason": one.reason, "path": one.path} for one in offers
        ],
        "accounts": _accounts(session, actor),
    }


def _positions(session: Session, one: AffectedEgu) -> list[dict[str, Any]]:
    """The periods in which something is owed or was given, and the first of the plan when there is none."""
    found = compliance.position(session, one)
    plan = plan_in_force(session, one.state)
    told = [row for row in found if row["need"] or row["surrendered"]] or found[:1]
    return [
        {
            "unit": one.name,
            "period": row["period"],
            "need": row["need"],
            "surrendered": row["surrendered"],
            "usable_in_account": row["usable_in_account"],
            "missing": row["missing"],
            "by_when": str(plan["erc_transfer_deadline"].get(str(row["period_start_year"]), "")) or "no deadline in the plan yet",
            "path": one.path,
        }
        for row in told
    ]


def administrator_home(session: Session, actor: Actor) -> dict[str, Any]:
    """What is stuck, in numbers, and what of it waits for an administrator, since when."""
    stuck = (
        session.execute(
            text(
                """
            SELECT (SELECT count(*) FROM one_time_link WHERE purpose = 'invitation' AND used_at IS NULL AND expires_at > now()) AS open_invitations,
                (SELECT count(*) FROM one_time_link WHERE purpose = 'invitation' AND used_at IS NULL AND expires_at <= now()) AS expired_invitations,
                (SELECT count(*) FROM unsealed_event) AS unsealed_events,
                (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed') AS failed_jobs,
                (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo') AS waiting_jobs
            """
            )
        )
        .mappings()
        .one()
    )
    waiting = [dict(row) for row in session.execute(STUCK).mappings() if row["count"]]
    return {"stuck": dict(stuck), "waiting": waiting, "events": _latest(session)}


def auditor_home(session: Session, actor: Actor) -> dict[str, Any]:
    return {"events": _latest(session)}


def _latest(session: Session) -> list[dict[str, Any]]:
    rows = session.scalars(select(Event).order_by(Event.sequence.desc()).limit(LATEST_EVENTS))
    return [{"at": one.at, "action": one.action, "subject": one.subject_title, "office": one.office, "subject_path": one.path} for one in rows]
