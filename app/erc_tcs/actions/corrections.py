"""The correction of an account error: what a clerical error put into the wrong account goes to the right one (rule 13.8). No act here writes an event.

It is the state's own act and no transfer of a party, so it does not wait for the deductions of a compliance period (rule 11.5), and what waits or
counts by the day on which ERCs came into an account goes by the day of the error (rule 12.8; see queries/waiting.py).
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.erc_tcs.actions.choosing import chosen, free_blocks, read_serials
from app.erc_tcs.actions.movements import Movement, move
from app.erc_tcs.actions.transfers import demand_way_open
from app.erc_tcs.models import Account, ErcTransaction
from app.erc_tcs.serials import SerialRange
from app.people import Actor


def correctable(session: Session, wrong: Account, right: Account, serials: str) -> tuple[SerialRange, ...]:
    """The named ERCs in ranges, lowest first. Raises unless each is free to move in the wrong account and may be in the right one.

    What is held or reserved must be lifted or withdrawn first; what is surrendered, retired or cancelled is never moved (rule 11.7).
    """
    demand_way_open(session, wrong, right, "correct")
    named = read_serials(serials)
    free_blocks(session, wrong, named)
    return named


def correct(session: Session, actor: Actor, wrong: Account, right: Account, serials: Sequence[str], reason: str) -> ErcTransaction:
    """Move named ERCs from the wrong account to the right one, both locked by the caller; whole or not at all. They stay active. Writes no event."""
    demand_way_open(session, wrong, right, "correct")
    blocks = chosen(session, wrong, "\n".join(serials), None)
    (made,) = move(session, actor, Movement("correct", right, reason=reason), blocks)
    return made
