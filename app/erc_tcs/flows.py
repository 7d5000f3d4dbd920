"""What may flow where, and which status may move (rules 1.6, 1.7, 1.8, 11.7, 13.5, 13.8).

Surrender, retirement and cancellation accounts are terminal: nothing leaves them by transfer, surrender or
retirement. One kind of transaction does take ERCs out of the surrender and retirement accounts: `cancel`. An ERC that
is found invalid after its surrender or retirement is cancelled like any other (rules 13.3, 13.5), so that its status
tells the truth; the lines of its surrender or retirement stay in the append-only ledger, and the affected unit owes
replacements. Nothing whatever leaves the cancellation account. `correct` is the state's own: it moves what a clerical
error put into the wrong account, between accounts from which ERCs can still move (rule 13.8).
"""

ACCOUNT_KINDS = ("compliance", "general", "holding", "origination", "surrender", "retirement", "cancellation")
PRIVATE_KINDS = frozenset({"compliance", "general"})
STATE_KINDS = frozenset(ACCOUNT_KINDS) - PRIVATE_KINDS
LIVING_KINDS = PRIVATE_KINDS | {"holding"}
WITHOUT_ACCOUNT = frozenset({"verifier", "auditor", "epa"})
"""Kinds of organisation that hold no ERCs, because they judge those who do (rules 1.1, 6.9)."""

STATUSES = ("active", "held", "reserved", "surrendered", "retired", "cancelled")

STAYS = {kind: frozenset({kind}) for kind in LIVING_KINDS}
FLOWS: dict[str, dict[str, frozenset[str]]] = {
    "issue": {"origination": LIVING_KINDS},
    "transfer": {"compliance": PRIVATE_KINDS, "general": PRIVATE_KINDS, "holding": LIVING_KINDS},
    "surrender": {"compliance": frozenset({"surrender"})},
    "retire": {kind: frozenset({"retirement"}) for kind in LIVING_KINDS},
    "cancel": {kind: frozenset({"cancellation"}) for kind in LIVING_KINDS | {"surrender", "retirement"}},
    "correct": dict.fromkeys(sorted(LIVING_KINDS), LIVING_KINDS),
    "reserve": STAYS,
    "release": STAYS,
    "hold": STAYS,
    "lift": STAYS,
}
TRANSACTION_KINDS = tuple(FLOWS)

# "" is the status before an ERC exists. A reserved ERC moves only by the offer that reserved it.
STATUS_MOVES: dict[str, dict[str, str]] = {
    "issue": {"": "active"},
    "transfer": {"active": "active", "reserved": "active"},
    "surrender": {"active": "surrendered"},
    "retire": {"active": "retired"},
    "cancel": dict.fromkeys(("active", "held", "reserved", "surrendered", "retired"), "cancelled"),
    "correct": {"active": "active"},
    "reserve": {"active": "reserved"},
    "release": {"reserved": "active"},
    "hold": {"active": "held", "reserved": "held"},
    "lift": {"held": "active"},
}

WHY_NOT = {
    "held": "they are held while the state looks into them; ask the state when the hold is lifted",
    "reserved": "they are reserved by an open offer; withdraw the offer first",
    "surrendered": "they are surrendered and cannot be used again",
    "retired": "they are retired and cannot be used again",
    "cancelled": "they are cancelled and cannot be used again",
    "active": "they are active",
    "": "they do not exist yet",
}

SUBMISSIONS = {
    "transfer": "Transfer ERCs",
    "offer": "Offer ERCs, and withdraw an offer",
    "answer": "Accept or decline offers",
    "retire": "Retire ERCs voluntarily",
    "surrender": "Surrender ERCs for a unit, and name serials for it",
    "file": "File and withdraw emissions records",
}
"""The types of submission that a representative can delegate to an agent (rule 1.17)."""

CAUSES = {
    "clerical": "Clerical error",
    "calculation": "Error in the calculation",
    "data": "Error in the data",
    "ineligible_resource": "Resource not eligible",
    "duplicate": "Issued twice for the same MWh",
    "fraud": "Fraud",
}
"""The cause classes of rule 13.4."""


def may_flow(transaction_kind: str, from_kind: str, to_kind: str) -> str | None:
    """None when the rule allows the flow, else why it does not (rule 1.7)."""
    for kind in (from_kind, to_kind):
        if kind not in ACCOUNT_KINDS:
            return f'"{kind}" is not a kind of account; the kinds are {", ".join(ACCOUNT_KINDS)}.'
    if transaction_kind not in FLOWS:
        return f'"{transaction_kind}" is not a kind of transaction; the kinds are {", ".join(FLOWS)}.'
    sources = FLOWS[transaction_kind]
    if from_kind not in sources:
        able = " or ".join(kind for kind in ACCOUNT_KINDS if kind in sources)
        return f"To {transaction_kind}, the ERCs must come from a {able} account; this is a {from_kind} account."
    if to_kind not in sources[from_kind]:
        able = " or ".join(kind for kind in ACCOUNT_KINDS if kind in sources[from_kind])
        words = f"To {transaction_kind} from a {from_kind} account, the ERCs must go to a {able} account"
        return f"{words}; the receiver is a {to_kind} account."
    return None


def why_not_linked(mode: str, partners: frozenset[str], issuer: str) -> str | None:
    """None when a state's linkage accepts the ERCs of an issuing state, else why not (rule 15.1).

    A: ready for interstate trading, any state in this tracking system. B and C: the partners that the plan names.
    """
    if mode == "A" or issuer in partners:
        return None
    named = ", ".join(sorted(partners)) or "no state"
    return f"the state plan links with {named} and not with {issuer}"


def may_change(transaction_kind: str, status: str, by_own_offer: bool = False) -> str | None:
    """None when ERCs of this status may take part, else why not (rule 11.7). by_own_offer: that reserved them."""
    if transaction_kind not in STATUS_MOVES:
        return f'"{transaction_kind}" is not a kind of transaction; the kinds are {", ".join(STATUS_MOVES)}.'
    moves = STATUS_MOVES[transaction_kind]
    reserved_by_another = transaction_kind == "transfer" and status == "reserved" and not by_own_offer
    if status in moves and not reserved_by_another:
        return None
    return f"These ERCs cannot take part in a {transaction_kind}: {WHY_NOT.get(status, f'their status is {status}')}."


def status_after(transaction_kind: str, status: str) -> str:
    """The status that the transaction leaves. Raises ValueError for a change that does not exist."""
    try:
        return STATUS_MOVES[transaction_kind][status]
    except KeyError:
        raise ValueError(f"A {transaction_kind} does not start from the status {status!r}.") from None
