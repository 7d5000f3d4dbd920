"""Offers: a transfer that the receiver must accept. The ERCs are reserved meanwhile, in the sender's account (rules 11.1, 11.2, 11.8)."""

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.db import now
from app.erc_tcs import queries
from app.erc_tcs.actions.choosing import chosen
from app.erc_tcs.actions.movements import Movement, demand_not_waiting, move
from app.erc_tcs.actions.transfers import demand_delegated, demand_sender, demand_way_open
from app.erc_tcs.lifecycle import OFFER
from app.erc_tcs.models import ErcBlock, Offer
from app.erc_tcs.queries import STATEMENT
from app.errors import NotHeld
from app.lifecycle import advance
from app.people import Actor
from app.record import record


def offer(session: Session, actor: Actor, from_number: str, to_number: str, serials: str | None, quantity: int | None, reason: str = "") -> Offer:
    """Reserve chosen ERCs for a receiver, who accepts or declines. To call it is to sign STATEMENT, which stands in the event."""
    sender, receiver = queries.pair_for_update(session, from_number, to_number)
    demand_sender(session, actor, sender, "offer")
    demand_way_open(session, sender, receiver)
    blocks = chosen(session, sender, serials, quantity)
    demand_not_waiting(session, (sender, receiver), blocks)
    total = sum(block.quantity for block in blocks)
    made = Offer(id=uuid4(), from_account=sender, to_account=receiver, quantity=total, reason=reason.strip(), state="open", offered_by_id=actor.user_id)
    session.add(made)
    session.flush()
    move(session, actor, Movement("reserve", None, reason=made.reason, offer_id=made.id), blocks)
    record(
        session, actor, "offer", made, private={"statement": STATEMENT}, reason=made.reason, quantity=total, serials=queries.printed(blocks),
        from_account=sender.number, to_account=receiver.number,
    )  # fmt: skip
    return made


def accept(session: Session, actor: Actor, offer_id: UUID) -> Offer:
    """The receiver takes what was offered, all of it, at once. Raises NotHeld when a part was held or cancelled since."""
    found = queries.offer_for_update(session, offer_id)
    demand_delegated(session, actor, found.to_account, "answer")
    state = advance(OFFER, found.state, "accept", queries.standing(session, actor, found))
    blocks = _reserved(session, found)
    demand_way_open(session, found.from_account, found.to_account)
    demand_not_waiting(session, (found.from_account, found.to_account), blocks)
    free = sum(block.quantity for block in blocks)
    if free != found.quantity:
        raise NotHeld(
            f"Of the {found.quantity:,} ERCs offered only {free:,} are still free to move: the state holds or has cancelled the rest.",
            rule="11.8",
            what_to_do="Decline, and ask the sender to offer others.",
        )
    (moved,) = move(session, actor, Movement("transfer", found.to_account, reason=found.reason, offer_id=found.id), blocks)
    _answered(actor, found, state, "")
    record(session, actor, "accept", found, also=(moved.id,), private={"statement": STATEMENT}, transaction=moved.number, quantity=moved.quantity)
    return found


def decline(session: Session, actor: Actor, offer_id: UUID, words: str = "") -> Offer:
    """The receiver does not want them: they are free in the sender's account again."""
    return _released(session, actor, offer_id, "decline", words)


def withdraw(session: Session, actor: Actor, offer_id: UUID, words: str = "") -> Offer:
    """The sender takes the offer back: the ERCs are free again."""
    return _released(session, actor, offer_id, "withdraw", words)


def _released(session: Session, actor: Actor, offer_id: UUID, action: str, words: str) -> Offer:
    found = queries.offer_for_update(session, offer_id)
    own, submission = (found.to_account, "answer") if action == "decline" else (found.from_account, "offer")
    demand_delegated(session, actor, own, submission)
    state = advance(OFFER, found.state, action, queries.standing(session, actor, found))
    blocks = _reserved(session, found)
    if blocks:
        move(session, actor, Movement("release", None, reason=words.strip()), blocks)
    _answered(actor, found, state, words.strip())
    record(session, actor, action, found, reason=found.answer_words, quantity=found.quantity)
    return found


def _reserved(session: Session, found: Offer) -> list[ErcBlock]:
    """The blocks that the offer still reserves, read under the lock of both accounts."""
    queries.accounts_for_update(session, (found.from_account_id, found.to_account_id))
    return queries.blocks_of_offer(session, found.id)


def _answered(actor: Actor, found: Offer, state: str, words: str) -> None:
    found.state, found.answered_by_id, found.answered_at, found.answer_words = state, actor.user_id, now(), words
