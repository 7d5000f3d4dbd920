"""What is done with M&V reports, from draft to recommended, rejected, returned or withdrawn; minting is issuance's (rules sections 5, 6, 8)."""

from app.mv_reports.actions.deciding import (
    GROUNDS,
    claim,
    demand_may_issue,
    mark_corrected,
    mark_issued,
    note,
    recommend,
    reject,
    return_for_more,
    send_back,
    take_up,
)
from app.mv_reports.actions.drafting import FACTS, attach, begin, detach, save
from app.mv_reports.actions.meters import attach_readings, read_file
from app.mv_reports.actions.submitting import submit, withdraw
from app.mv_reports.actions.verifying import end_engagement, engage, take_back, verify
from app.mv_reports.actions.versions import begin_new_version

__all__ = [
    "FACTS",
    "GROUNDS",
    "attach",
    "attach_readings",
    "begin",
    "begin_new_version",
    "claim",
    "demand_may_issue",
    "detach",
    "end_engagement",
    "engage",
    "mark_corrected",
    "mark_issued",
    "note",
    "read_file",
    "recommend",
    "reject",
    "return_for_more",
    "save",
    "send_back",
    "submit",
    "take_back",
    "take_up",
    "verify",
    "withdraw",
]
