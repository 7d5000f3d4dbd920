"""Passwords: what is asked of them, how they are kept and compared (rule 1.19: only authenticated users act).

Length and not being a known word are what help; no rule asks for digits or signs. Kept is an Argon2 hash, made anew when its parameters change.
"""

from functools import lru_cache

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

import app.programme.actions as programme
from app.errors import Invalid

LEAST = 12
MOST = 256
COMMON = frozenset(
    {
        "123456789012", "1234567890123", "12345678901234", "123456123456", "123123123123", "111111111111", "000000000000", "1q2w3e4r5t6y",
        "qwertyuiop12", "qwertyuiop123", "qwertyqwerty", "qwerty123456", "asdfghjkl123", "abcdefghijkl", "abcdef123456", "password1234",
        "password12345", "passwordpassword", "passw0rdpassw0rd", "letmeinletmein", "iloveyou1234", "administrator", "administrator1",
        "changemeplease", "changeme1234", "welcome12345", "welcomewelcome", "adminadminadmin", "emissionrate", "ercdocketdocket",
    }
)  # fmt: skip


def hashed(password: str) -> str:
    return programme.HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one kept. Without a kept one, as much work is done before the answer is no, so that time tells nothing."""
    try:
        return programme.HASHER.verify(password_hash or _nobodys(programme.HASHER), password[:MOST]) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return programme.HASHER.check_needs_rehash(password_hash)


@lru_cache(maxsize=4)
def _nobodys(hasher: argon2.PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def demand_good(password: str, email: str, name: str = "") -> str:
    """The password, when it may be used. Raises Invalid with what to choose instead."""
    words = password.casefold()
    plain = words.replace(" ", "")
    told = ""
    if len(password) < LEAST:
        told = f"It has {len(password)} characters; choose at least {LEAST}. A few words in a row are good."
    elif len(password) > MOST:
        told = f"It has {len(password)} characters; {MOST} are the most."
    elif plain in {email.casefold(), email.casefold().partition("@")[0], name.casefold().replace(" ", "")}:
        told = "It is your name or e-mail address; choose something that others do not know."
    elif plain in COMMON or len(set(plain)) < 4:
        told = "It is among the first that others would guess; choose a few words that have nothing to do with one another."
    if told:
        raise Invalid("This password cannot be used.", what_to_do="Choose another one.", fields={"password": [told]})
    return password
