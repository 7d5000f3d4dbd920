"""What the state decides on ERCs: minting on a verified report or an emissions record, holds, cancellation, correction (rules sections 8, 9, 13)."""

from app.issuance.actions.affected_egus import issue_record, recommend_record, reject_record, send_back_record
from app.issuance.actions.cancellation import hold, lift, propose_cancellation
from app.issuance.actions.correction import propose_correction
from app.issuance.actions.minting import issue
from app.issuance.actions.proposals import confirm, refuse, withdraw

__all__ = [
    "confirm",
    "hold",
    "issue",
    "issue_record",
    "lift",
    "propose_cancellation",
    "propose_correction",
    "recommend_record",
    "refuse",
    "reject_record",
    "send_back_record",
    "withdraw",
]
