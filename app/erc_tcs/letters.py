"""Which words the events of the tracking system promise: who holds an account is told of each movement (rules 8.10, 10.12, 11.1)."""

from app.promises import Say, Words, told
from app.record import Event

MOVED: dict[str, Say] = {
    "transfer": told(
        "ERCs transferred",
        "A transfer between the two accounts was recorded.",
        quantity="ERCs",
        serials="Serials",
        from_account="From account",
        to_account="To account",
        reason="Reason",
    ),
    "retire": told(
        "ERCs retired", "The ERCs were retired of the holder's own will, for good.", quantity="ERCs", serials="Serials", reason="Reason", beneficiary="For"
    ),
}


def moved(event: Event) -> Words:
    """A movement was recorded; which one, its own fact says."""
    return MOVED.get(str(event.facts.get("transaction_kind")), told("ERCs moved", "A movement of ERCs was recorded.", quantity="ERCs", serials="Serials"))(
        event
    )


WORDS: dict[str, Say] = {
    "erc_transaction.record": moved,
    "offer.offer": told(
        "ERCs offered", "The receiver accepts or declines; until then the ERCs are reserved.", quantity="ERCs", serials="Serials", reason="Reason"
    ),
    "offer.accept": told("Offer accepted", "The ERCs that were offered are in the receiver's account.", quantity="ERCs"),
    "offer.decline": told("Offer declined", "The ERCs are free in the sender's account again.", quantity="ERCs", reason="Reason"),
    "offer.withdraw": told("Offer withdrawn", "The ERCs are free in the sender's account again.", quantity="ERCs", reason="Reason"),
    "account.open": told("Account opened", "An account was opened in the tracking system.", number="Account", account_kind="Kind"),
    "representative.name": told(
        "Representative named", "A person may act for the account from now on.", account="Account", representative_kind="Kind", scope="Delegated"
    ),
    "representative.change_scope": told("Delegation changed", "A new notice of delegation is in force.", account="Account", scope="Delegated"),
    "certificate.enter": told("Certificate of representation entered", "It stands until a superseding one arrives.", account="Account", signed_on="Signed"),
    "account.list_owners": told("Ownership interests listed", "The account's list of who has an interest in its ERCs was updated."),
    "representative.end": told("Representative ended", "A person acts for the account no longer.", account="Account", reason="Reason"),
}
