"""The pages of issuances, accounts, transactions, holds and offers."""

from typing import Any
from uuid import UUID

from app.docket.queries import ledger
from app.docket.schemas import pages
from app.docket.views.blueprint import blueprint
from app.web.audience import audience
from app.web.speaks import speaks
from app.web.transactions import reading
from app.web.visitor import actor


@blueprint.get("/issuances/<uuid:issuance_id>")
@audience("public")
@speaks(gives=pages.IssuancePageSchema, page="docket/issuance.html")
def issuance(issuance_id: UUID) -> Any:
    """One issuance: its basis, calculation and serials, and where they are now."""
    with reading() as session:
        return ledger.issuance_page(session, actor(), issuance_id)


@blueprint.get("/accounts/<number>")
@audience("public")
@speaks(gives=pages.AccountPageSchema, page="docket/account.html", table="holdings")
def account(number: str) -> Any:
    """An account: what it holds and what moved; its offers and acts for its own people. CSV holds the serials."""
    with reading() as session:
        return ledger.account_page(session, actor(), number)


@blueprint.get("/transactions/<int:number>")
@audience("public")
@speaks(gives=pages.TransactionPageSchema, page="docket/transaction.html", table="lines")
def transaction(number: int) -> Any:
    """One recorded movement with its serials."""
    with reading() as session:
        return ledger.transaction_page(session, actor(), number)


@blueprint.get("/holds/<uuid:hold_id>")
@audience("public")
@speaks(gives=pages.HoldPageSchema, page="docket/hold.html")
def hold(hold_id: UUID) -> Any:
    """A hold on ERCs with its public reason."""
    with reading() as session:
        return ledger.hold_page(session, actor(), hold_id)


@blueprint.get("/offers/<uuid:offer_id>")
@audience("provider", "verifier", "reviewer", "representative", "administrator", "auditor")
@speaks(gives=pages.OfferPageSchema, page="docket/offer.html")
def offer(offer_id: UUID) -> Any:
    """An offered transfer, for its two sides."""
    with reading() as session:
        return ledger.offer_page(session, actor(), offer_id)
