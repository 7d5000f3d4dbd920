"""The pages on which ERCs are moved: transfer, offer, voluntary retirement, and the answers to an offer. The reading pages are docket's."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request

from app.erc_tcs import actions, queries
from app.erc_tcs.models import ErcTransaction, Offer
from app.erc_tcs.schemas import (
    AcceptanceSchema,
    AnsweringFormSchema,
    AnswerSchema,
    LookSchema,
    MovingFormSchema,
    OfferSchema,
    RetirementSchema,
    TransactionSchema,
    TransferSchema,
)
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading, writing
from app.web.visitor import actor

blueprint = Blueprint("erc_tcs", __name__)
WHO_ACTS = ("provider", "representative", "reviewer")


def form(number: str, act: str, to_number: str = "") -> dict[str, Any]:
    """The form of an act; a refused one is given back with the receiver of the number that was typed."""
    with reading() as session:
        return queries.moving(session, actor(), number, act, to_number or request.form.get("to_number", ""))


@blueprint.get("/accounts/<number>/transfer")
@audience(*WHO_ACTS)
@speaks(takes=LookSchema, gives=MovingFormSchema, page="erc_tcs/transfer.html")
def transfer_form(number: str, to_number: str = "") -> dict[str, Any]:
    """Transfer ERCs to another account, with who holds it."""
    return form(number, "transfer", to_number)


@blueprint.post("/accounts/<number>/transfer")
@audience(*WHO_ACTS)
@speaks(
    takes=TransferSchema,
    gives=TransactionSchema,
    form="erc_tcs.transfer_form",
    notice="Recorded; both accounts' representatives are told.",
    check=queries.transferred_in_words,
)
def transfer(number: str, **movement: Any) -> ErcTransaction:
    """Transfer ERCs to another account, signed by a representative."""
    with writing() as session:
        return actions.transfer(session, actor(), number, **movement)


@blueprint.get("/accounts/<number>/offer")
@audience(*WHO_ACTS)
@speaks(takes=LookSchema, gives=MovingFormSchema, page="erc_tcs/offer.html")
def offer_form(number: str, to_number: str = "") -> dict[str, Any]:
    """Offer ERCs to a receiver, with who that is."""
    return form(number, "offer", to_number)


@blueprint.post("/accounts/<number>/offer")
@audience(*WHO_ACTS)
@speaks(
    takes=TransferSchema,
    gives=OfferSchema,
    form="erc_tcs.offer_form",
    notice="Offered; the ERCs are reserved until the receiver answers.",
    check=queries.offered_in_words,
)
def offer(number: str, **movement: Any) -> Offer:
    """Offer ERCs to an account whose representative accepts or declines."""
    with writing() as session:
        return actions.offer(session, actor(), number, **movement)


@blueprint.get("/accounts/<number>/retirement")
@audience(*WHO_ACTS)
@speaks(gives=MovingFormSchema, page="erc_tcs/retirement.html")
def retirement_form(number: str) -> dict[str, Any]:
    """Retire ERCs voluntarily."""
    return form(number, "retirement")


@blueprint.post("/accounts/<number>/retirement")
@audience(*WHO_ACTS)
@speaks(
    takes=RetirementSchema,
    gives=TransactionSchema,
    form="erc_tcs.retirement_form",
    notice="Retired for good; why and for whom is public.",
    check=queries.retired_in_words,
)
def retire(number: str, **retirement: Any) -> ErcTransaction:
    """Retire ERCs voluntarily and for good."""
    with writing() as session:
        return actions.retire(session, actor(), number, **retirement)


@blueprint.get("/offers/<uuid:offer_id>/acceptance")
@audience(*WHO_ACTS)
@speaks(gives=AnsweringFormSchema, page="erc_tcs/acceptance.html")
def acceptance_form(offer_id: UUID) -> dict[str, Any]:
    """Accept an offer of ERCs."""
    with reading() as session:
        return queries.answering(session, actor(), offer_id, "acceptance")


@blueprint.post("/offers/<uuid:offer_id>/acceptance")
@audience(*WHO_ACTS)
@speaks(
    takes=AcceptanceSchema, gives=OfferSchema, form="erc_tcs.acceptance_form", notice="Accepted; the ERCs are in the account.", check=queries.accepted_in_words
)
def accept(offer_id: UUID) -> Offer:
    """Accept an offer; its ERCs move into the account."""
    with writing() as session:
        return actions.accept(session, actor(), offer_id)


@blueprint.get("/offers/<uuid:offer_id>/declining")
@audience(*WHO_ACTS)
@speaks(gives=AnsweringFormSchema, page="erc_tcs/declining.html")
def declining_form(offer_id: UUID) -> dict[str, Any]:
    """Decline an offer of ERCs."""
    with reading() as session:
        return queries.answering(session, actor(), offer_id, "declining")


@blueprint.post("/offers/<uuid:offer_id>/declining")
@audience(*WHO_ACTS)
@speaks(takes=AnswerSchema, gives=OfferSchema, form="erc_tcs.declining_form", notice="Declined; the sender is told and has the ERCs free again.")
def decline(offer_id: UUID, words: str) -> Offer:
    """Decline an offer; its ERCs are free again where they are."""
    with writing() as session:
        return actions.decline(session, actor(), offer_id, words)


@blueprint.get("/offers/<uuid:offer_id>/withdrawal")
@audience(*WHO_ACTS)
@speaks(gives=AnsweringFormSchema, page="erc_tcs/withdrawal.html")
def withdrawal_form(offer_id: UUID) -> dict[str, Any]:
    """Withdraw an offer of ERCs."""
    with reading() as session:
        return queries.answering(session, actor(), offer_id, "withdrawal")


@blueprint.post("/offers/<uuid:offer_id>/withdrawal")
@audience(*WHO_ACTS)
@speaks(takes=AnswerSchema, gives=OfferSchema, form="erc_tcs.withdrawal_form", notice="Withdrawn; the ERCs are free again.")
def withdraw(offer_id: UUID, words: str) -> Offer:
    """Withdraw an offer before it is answered."""
    with writing() as session:
        return actions.withdraw(session, actor(), offer_id, words)
