"""Account numbers: a slip of the pen names no other account."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.erc_tcs.checks import KIND_LETTERS, AccountNumber, AccountNumberWrong, account_number, read_account_number
from app.erc_tcs.flows import ACCOUNT_KINDS

KINDS = st.sampled_from(sorted(KIND_LETTERS))
SEQUENCES = st.integers(1, 10**9)


def test_every_kind_of_account_has_letters_of_its_own() -> None:
    assert set(KIND_LETTERS) == set(ACCOUNT_KINDS)
    assert len(set(KIND_LETTERS.values())) == len(KIND_LETTERS)


@pytest.mark.rule("11.1")
def test_a_number_leaves_1_when_divided_by_97() -> None:
    number = account_number("general", 123)
    assert number.startswith("GA-000123-")
    assert int("1610" + number.replace("-", "")[2:]) % 97 == 1


@pytest.mark.rule("11.1")
@given(KINDS, SEQUENCES)
def test_a_number_reads_back_as_itself_also_without_hyphens(kind: str, sequence: int) -> None:
    number = account_number(kind, sequence)
    assert read_account_number(number) == AccountNumber(kind, sequence)
    assert read_account_number(f" {number.replace('-', ' ').lower()} ") == AccountNumber(kind, sequence)
    assert str(AccountNumber(kind, sequence)) == number


@pytest.mark.rule("11.1")
@given(KINDS, SEQUENCES, st.data())
def test_one_wrong_digit_or_two_swapped_are_found(kind: str, sequence: int, data: st.DataObject) -> None:
    number = account_number(kind, sequence).replace("-", "")
    at = data.draw(st.integers(2, len(number) - 1))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != number[at]]))
    mistyped = number[:at] + digit + number[at + 1 :]
    swapped = number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :] if at > 2 else number
    for wrong in {mistyped, swapped} - {number}:
        with pytest.raises(AccountNumberWrong):
            read_account_number(wrong)


@pytest.mark.rule("11.1")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not an account number"),
        ("GA-123", "is not an account number"),
        ("GA-00012x-45", "is not an account number"),
        ("ZZ-000123-45", '"ZZ" begins no account number'),
        ("GA-000123-00", "The check digits 00 of GA-000123-00 do not fit GA-000123"),
        (account_number("general", 123).replace("000123", "000132"), "a character is wrong or two are swapped"),
        (account_number("general", 123).replace("GA", "CA"), "do not fit"),
    ],
)
def test_the_refusal_says_which_part_is_wrong(text: str, words: str) -> None:
    with pytest.raises(AccountNumberWrong) as refusal:
        read_account_number(text)
    assert words in str(refusal.value)


@pytest.mark.parametrize(("kind", "sequence"), [("vault", 1), ("general", 0), ("general", 10**12)])
def test_a_number_that_cannot_be_is_never_made(kind: str, sequence: int) -> None:
    with pytest.raises(AccountNumberWrong):
        account_number(kind, sequence)


@given(st.text(max_size=40))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    with suppress(AccountNumberWrong):
        assert read_account_number(text).sequence > 0
