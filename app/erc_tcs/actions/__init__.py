"""What can be done in the tracking system: accounts, transfers, offers, retirement; and the parts of which issuance, compliance and programme make theirs.

The parts (mint, next_range, take, seize, move, correct, freeze, unfreeze, close, end_representations) write no event; everything else writes one.
"""

from app.erc_tcs.actions.accounts import change_scope, close, end_representations, end_representative, name_representative, open_account
from app.erc_tcs.actions.choosing import demand_serials_right, read_serials, seize, take
from app.erc_tcs.actions.corrections import correct, correctable
from app.erc_tcs.actions.freezing import HoldOrder, freeze, unfreeze
from app.erc_tcs.actions.movements import Minting, Movement, mint, move, next_range
from app.erc_tcs.actions.offers import accept, decline, offer, withdraw
from app.erc_tcs.actions.owners import STATEMENTS, Certified, enter_certificate, list_owners
from app.erc_tcs.actions.transfers import demand_delegated, retire, transfer
from app.erc_tcs.queries import STATEMENT, printed

__all__ = [
    "STATEMENT",
    "STATEMENTS",
    "Certified",
    "HoldOrder",
    "Minting",
    "Movement",
    "accept",
    "change_scope",
    "close",
    "correct",
    "correctable",
    "decline",
    "demand_delegated",
    "demand_serials_right",
    "end_representations",
    "end_representative",
    "enter_certificate",
    "freeze",
    "list_owners",
    "mint",
    "move",
    "name_representative",
    "next_range",
    "offer",
    "open_account",
    "printed",
    "read_serials",
    "retire",
    "seize",
    "take",
    "transfer",
    "unfreeze",
    "withdraw",
]
