"""Account numbers with check digits, so that a slip of the pen names no other account (rule 11.1).

GA-000123-45: two letters for the kind, the number, and two check digits after ISO 7064, mod 97-10, over letters and
number. The scheme finds every single wrong digit and every swap of two neighbouring digits.
"""

import re
from dataclasses import dataclass

KIND_LETTERS = {
    "compliance": "CA",
    "general": "GA",
    "holding": "HA",
    "origination": "OA",
    "surrender": "SA",
    "retirement": "RA",
    "cancellation": "XA",
}
KINDS = {letters: kind for kind, letters in KIND_LETTERS.items()}
FORM = re.compile(r"([A-Z]{2})-?([0-9]{6,12})-?([0-9]{2})")
EXAMPLE = "GA-000123-45"
LARGEST = 10**12 - 1


class AccountNumberWrong(ValueError):
    """Text that names no account, with the part that is wrong."""


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """An account number taken apart."""

    kind: str
    sequence: int

    def __str__(self) -> str:
        return account_number(self.kind, self.sequence)


def check_digits(letters: str, digits: str) -> str:
    """The two digits that make the whole leave 1 when divided by 97; letters count from A = 10."""
    text = "".join(str(int(character, 36)) for character in letters + digits)
    return f"{98 - int(text + '00') % 97:02d}"


def account_number(kind: str, sequence: int) -> str:
    """The number of an account of a kind. Raises AccountNumberWrong for a kind or sequence that cannot be."""
    if kind not in KIND_LETTERS:
        raise AccountNumberWrong(f'"{kind}" is not a kind of account; the kinds are {", ".join(KIND_LETTERS)}.')
    if not 1 <= sequence <= LARGEST:
        raise AccountNumberWrong(f"An account number runs from 1 to {LARGEST:,}; {sequence:,} does not.")
    letters, digits = KIND_LETTERS[kind], f"{sequence:06d}"
    return f"{letters}-{digits}-{check_digits(letters, digits)}"


def read_account_number(text: str) -> AccountNumber:
    """An account number as typed, in any case, with or without hyphens and spaces. Raises AccountNumberWrong."""
    tidy = re.sub(r"\s+", "", text).upper()
    match = FORM.fullmatch(tidy)
    if match is None:
        words = f'"{text[:40]}" is not an account number: it is two letters, six or more digits and two check digits'
        raise AccountNumberWrong(f"{words}, like {EXAMPLE}.")
    letters, digits, check = match.groups()
    if letters not in KINDS:
        raise AccountNumberWrong(f'"{letters}" begins no account number; the letters are {", ".join(KINDS)}.')
    if check_digits(letters, digits) != check:
        words = f"The check digits {check} of {letters}-{digits}-{check} do not fit {letters}-{digits}"
        raise AccountNumberWrong(f"{words}: a character is wrong or two are swapped.")
    if f"{int(digits):06d}" != digits or int(digits) == 0:
        raise AccountNumberWrong(f"The number {digits} in {letters}-{digits}-{check} is not one that the system gives.")
    return AccountNumber(KINDS[letters], int(digits))
