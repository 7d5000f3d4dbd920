"""What is done in eligibility: an application from draft to decision, and the qualification that rests on it."""

from app.eligibility.actions.deciding import GROUNDS, approve, claim, deny, note, recommend, return_for_more, send_back, take_up
from app.eligibility.actions.drafting import attach, begin, detach, save, save_plan, withdraw
from app.eligibility.actions.qualification import carry_out, propose
from app.eligibility.actions.submission import submit
from app.eligibility.actions.verification import end_engagement, engage, take_back, verify
from app.eligibility.actions.versions import begin_amendment, begin_new_version

__all__ = [
    "GROUNDS",
    "approve",
    "attach",
    "begin",
    "begin_amendment",
    "begin_new_version",
    "carry_out",
    "claim",
    "deny",
    "detach",
    "end_engagement",
    "engage",
    "note",
    "propose",
    "recommend",
    "return_for_more",
    "save",
    "save_plan",
    "send_back",
    "submit",
    "take_back",
    "take_up",
    "verify",
    "withdraw",
]
