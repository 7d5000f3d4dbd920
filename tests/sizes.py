"""How large the long proofs are played: small in `make test`, in full when ERC_PROOF_SIZE=full, as `make prove` sets it."""

import os

FULL = os.environ.get("ERC_PROOF_SIZE") == "full"


def size(full: int, quick: int | None = None) -> int:
    """The full number, or a tenth of it, or `quick` where that is given."""
    return full if FULL else quick or max(1, full // 10)
