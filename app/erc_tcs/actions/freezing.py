"""Holds: named serials stand still, wherever they are, while the state looks into them (rules 11.7, 13.2). No act here writes an event."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.db import now
from app.erc_tcs import queries
from app.erc_tcs.actions.choosing import seize
from app.erc_tcs.actions.movements import Movement, move
from app.erc_tcs.flows import STATUS_MOVES
from app.erc_tcs.models import ErcBlock, Hold
from app.erc_tcs.queries import Range
from app.errors import Conflict, NotHeld
from app.people import Actor


@dataclass(frozen=True)
class HoldOrder:
    """What is held and why: `about_id` is the matter whose ERCs are looked into, `title` its name."""

    title: str
    about_id: UUID
    issuing_state: str
    reason: str


def freeze(session: Session, actor: Actor, hold: HoldOrder, ranges: Iterable[Range]) -> Hold:
    """Hold all ERCs of these sequences that could still move; those surrendered, retired or cancelled cannot move anyway and are left. Writes no event.

    An ERC that an offer had reserved leaves the offer, which can then no longer be accepted. Raises NotHeld when none can be held, or when some are
    held already, because lifting the one hold would free what the other keeps.
    """
    blocks = [block for block in seize(session, ranges) if block.status in (*STATUS_MOVES["hold"], "held")]
    held = [block for block in blocks if block.status == "held"]
    if held or not blocks:
        words = f"These are held already: {', '.join(queries.printed(held))}." if held else "None of these ERCs can still move, so there is nothing to hold."
        raise NotHeld(words, rule="11.7", what_to_do="Lift the earlier hold first, or name other ERCs." if held else "Propose their cancellation instead.")
    placed = Hold(title=hold.title, about_id=hold.about_id, issuing_state=hold.issuing_state, reason=hold.reason, placed_by_id=actor.user_id)
    placed.holder_organisation_ids = queries.organisations_of_blocks(session, blocks)
    session.add(placed)
    session.flush()
    move(session, actor, Movement("hold", None, reason=hold.reason, hold_id=placed.id), blocks)
    return placed


def unfreeze(session: Session, actor: Actor, hold_id: UUID, reason: str) -> Hold:
    """Lift a hold: what is still held under it is free to move again in the account where it is. Writes no event."""
    hold = queries.hold_for_update(session, hold_id)
    if hold.lifted_at is not None:
        raise Conflict("This hold was lifted already.", rule="11.7", what_to_do="Nothing is left to do.")
    blocks = still_held(session, hold)
    if blocks:
        move(session, actor, Movement("lift", None, reason=reason), blocks)
    hold.lifted_at, hold.lift_reason = now(), reason
    session.flush()
    return hold


def still_held(session: Session, hold: Hold) -> list[ErcBlock]:
    """The blocks under a hold, with their accounts locked; a cancelled one is no longer among them."""
    ranges = [(block.first_sequence, block.last_sequence) for block in queries.blocks_of_hold(session, hold.id)]
    return [block for block in seize(session, ranges) if block.hold_id == hold.id]
