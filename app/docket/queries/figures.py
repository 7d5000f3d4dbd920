"""What the programme amounts to: now, month by month, and on the map, each from one aggregating SELECT (rules 10.11, 10.18).

A month is that of the deciding state's own time, as is every day that a page prints. What is counted is what the public lists show row by row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import public_log
from app.amounts import tidy
from app.db import now
from app.docket.queries import lists
from app.docket.queries.listing import Listing
from app.eligibility.criteria.resource_types import RESOURCE_TYPES
from app.erc_tcs import queries as erc_tcs
from app.state_plan import DEFAULTS

Row = Mapping[Any, Any]

DATA_SET = "/data/erc-docket-data.zip"
EGU = "affected_egu"
ISSUED = text(
    f"""
    SELECT i.vintage_year, i.issuing_state, coalesce(r.type_code, '{EGU}') AS type_code, cast(sum(i.ercs) AS bigint) AS ercs
    FROM issuance i LEFT JOIN resource r ON r.id = i.resource_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """  # noqa: S608
)
APPLICATIONS = text(f"SELECT m.state, count(*) AS found FROM application m WHERE {lists.SUBMITTED} GROUP BY 1 ORDER BY 1")  # noqa: S608
REPORTS = text(
    f"""
    SELECT m.resource_type AS type_code, m.state, count(*) AS reports, sum(m.claimed_mwh) AS claimed_mwh, sum(m.verified_mwh) AS verified_mwh
    FROM mv_report m WHERE {lists.SUBMITTED} GROUP BY 1, 2 ORDER BY 1, 2
    """  # noqa: S608
)
ZONE = """
    WITH zone AS (
        SELECT DISTINCT ON (state) state, parameters ->> 'time_zone' AS name FROM state_plan WHERE effective_on <= :today
        ORDER BY state, effective_on DESC, version DESC
    )
"""
MONTH = "to_char(d.at AT TIME ZONE coalesce(z.name, :zone), 'YYYY-MM') AS month"
DECIDED = text(
    f"""
    {ZONE} SELECT {MONTH}, d.decision, count(*) AS found FROM (
        SELECT decided_at AS at, issuing_state, 'applications_' || state AS decision FROM application WHERE decided_at IS NOT NULL
        UNION ALL SELECT decided_at, issuing_state, CASE state WHEN 'rejected' THEN 'reports_rejected' ELSE 'reports_issued' END
        FROM mv_report WHERE decided_at IS NOT NULL
        UNION ALL SELECT decided_at, issuing_state, CASE state WHEN 'rejected' THEN 'records_rejected' ELSE 'records_issued' END
        FROM emissions_record WHERE decided_at IS NOT NULL
    ) d LEFT JOIN zone z ON z.state = d.issuing_state GROUP BY 1, 2
    """  # noqa: S608
)
"""A report that was corrected later was issued on in its month; what is wrong is cancelled in another."""

MOVED = text(
    f"""
    {ZONE} SELECT {MONTH}, d.kind, cast(sum(d.quantity) AS bigint) AS ercs FROM (
        SELECT t.recorded_at AS at, a.state, t.transaction_kind AS kind, t.quantity FROM erc_transaction t JOIN account a ON a.id = t.from_account_id
        WHERE t.transaction_kind IN ('issue', 'transfer', 'surrender', 'retire', 'cancel')
    ) d LEFT JOIN zone z ON z.state = d.state GROUP BY 1, 2
    """  # noqa: S608
)
MOVES = {"issue": "ercs_issued", "transfer": "ercs_transferred", "surrender": "ercs_surrendered", "retire": "ercs_retired", "cancel": "ercs_cancelled"}
DECISIONS = ("applications_approved", "applications_denied", "reports_issued", "reports_rejected", "records_issued", "records_rejected")
COUNTED = (*DECISIONS, *MOVES.values())

DEGREES = r"^-?[0-9]{1,3}(\.[0-9]+)?$"
STATED = f"m.facts ->> 'latitude' ~ '{DEGREES}' AND m.facts ->> 'longitude' ~ '{DEGREES}'"
PLACES = text(
    f"""
    SELECT r.host_state, round(p.latitude, 1) AS latitude, round(p.longitude, 1) AS longitude, count(*) AS resources,
        cast(coalesce(sum(i.ercs), 0) AS bigint) AS ercs
    FROM resource r
    JOIN LATERAL (
        SELECT CASE WHEN {STATED} THEN cast(m.facts ->> 'latitude' AS numeric) END AS latitude,
            CASE WHEN {STATED} THEN cast(m.facts ->> 'longitude' AS numeric) END AS longitude
        FROM application m WHERE m.resource_id = r.id AND m.state = 'approved' ORDER BY m.decided_at DESC LIMIT 1
    ) p ON true
    LEFT JOIN (SELECT resource_id, sum(ercs) AS ercs FROM issuance GROUP BY 1) i ON i.resource_id = r.id
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """  # noqa: S608
)
"""Where the resources are whose application was approved, to a tenth of a degree, as their providers stated it; no place where none was stated."""


def data_page(session: Session) -> dict[str, Any]:
    """The figures of today, the months since the first decision, the map, every list, and the data set made of all of them."""
    issued = session.execute(ISSUED).mappings().all()
    reports = session.execute(REPORTS).mappings().all()
    places = session.execute(PLACES).mappings().all()
    reached, by_month = log_reached(session), _by_month(session)
    return {
        "title": "Data and figures",
        "figures": _figures(session, issued, reports),
        "mwh_by_kind": [_mwh(row) for row in reports if row["state"] == "issued"],
        "by_month": by_month,
        "by_year": _by_year(by_month),
        "places": [dict(row) for row in places if row["latitude"] is not None],
        "unplaced": sum(row["resources"] for row in places if row["latitude"] is None),
        "by_host_state": _by_host_state(places),
        "lists": [_file(one) for one in lists.PUBLIC],
        "data_set": DATA_SET,
        "head": reached["head"] and {name: reached["head"][name] for name in ("size", "signed_at", "root")},
        "waiting": reached["waiting"],
    }


def _figures(session: Session, issued: Sequence[Row], reports: Sequence[Row]) -> list[dict[str, Any]]:
    by_vintage, by_kind, by_state = (_summed(issued, one, "ercs") for one in ("vintage_year", "type_code", "issuing_state"))
    applications = {row["state"]: row["found"] for row in session.execute(APPLICATIONS).mappings()}
    versions = "submitted to the state, each version counted for itself."
    return [
        figure("ercs_by_vintage", "ERCs issued by vintage", "The vintage is the calendar year in which the MWh occurred.", by_vintage),
        figure("ercs_by_kind", "ERCs issued by kind of resource", "What generated or saved the MWh.", by_kind, resource_words),
        figure("ercs_by_state", "ERCs issued by state", "The state that issued them.", by_state),
        figure("ercs_by_status", "ERCs by status", "What became of all ERCs that were ever issued.", erc_tcs.totals_by_status(session), words),
        figure("applications_by_state", "Applications by state of life", f"Eligibility applications {versions}", applications, words, "applications"),
        figure("reports_by_state", "M&V reports by state of life", f"M&V reports {versions}", _summed(reports, "state", "reports"), words, "reports"),
    ]


def words(code: str) -> str:
    return code[:1].upper() + code[1:].replace("_", " ")


def resource_words(code: str) -> str:
    """A type of resource with its code, or the affected EGUs, which earn ERCs of their own."""
    return "Affected EGU" if code == EGU else f"{RESOURCE_TYPES[code].title} ({code})" if code in RESOURCE_TYPES else code


def figure(key: str, title: str, about: str, found: Mapping[Any, int], in_words: Callable[[str], str] = str, unit: str = "ERCs") -> dict[str, Any]:
    """One figure with its sum; the bars in the order of their names."""
    points = [{"code": str(code), "label": in_words(str(code)), "value": value} for code, value in sorted(found.items())]
    return {"key": key, "title": title, "about": about, "unit": unit, "sum": sum(found.values()), "points": points}


def _summed(rows: Iterable[Row], by: str, what: str) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for row in rows:
        found[row[by]] = found.get(row[by], 0) + row[what]
    return found


def _mwh(row: Row) -> dict[str, Any]:
    return {
        "kind": resource_words(row["type_code"]),
        "type_code": row["type_code"],
        "reports": row["reports"],
        "claimed_mwh": tidy(row["claimed_mwh"]),
        "verified_mwh": tidy(row["verified_mwh"]),
    }


def _by_month(session: Session) -> list[dict[str, Any]]:
    """Decisions and movements of each month in which there were some, the newest first."""
    asked = {"today": now().date(), "zone": DEFAULTS["time_zone"]}
    months: dict[str, dict[str, Any]] = {}
    for row in session.execute(DECIDED, asked).mappings():
        _month(months, row["month"])[row["decision"]] += row["found"]
    for row in session.execute(MOVED, asked).mappings():
        _month(months, row["month"])[MOVES[row["kind"]]] += row["ercs"]
    return [months[name] for name in sorted(months, reverse=True)]


def _by_year(by_month: Iterable[Row]) -> dict[str, Any]:
    """The ERCs issued in each calendar year in which the state decided."""
    years: dict[str, int] = {}
    for row in by_month:
        year = row["month"][:4]
        years[year] = years.get(year, 0) + row["ercs_issued"]
    return figure("ercs_by_year", "ERCs issued by year of decision", "One bar for each calendar year in which the state decided.", years)


def _file(one: Listing) -> dict[str, str]:
    return {"list": one.title, "about": one.about, "path": one.address, "csv": f"{one.address}?format=csv", "file": f"{one.address[1:]}.csv"}


def _month(months: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    return months.setdefault(name, {"month": name, **dict.fromkeys(COUNTED, 0)})


def _by_host_state(places: Iterable[Row]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in places:
        one = found.setdefault(row["host_state"], {"host_state": row["host_state"], "resources": 0, "ercs": 0})
        one["resources"] += row["resources"]
        one["ercs"] += row["ercs"]
    return list(found.values())


def log_reached(session: Session) -> dict[str, Any]:
    """The last signed head, and how many events came after it: what is read in this transaction is as of both together."""
    newest = public_log.newest_head(session)
    waiting = session.execute(text("SELECT count(*) FROM unsealed_event")).scalar_one()
    return {"head": public_log.head_facts(newest) if newest else None, "waiting": waiting}
