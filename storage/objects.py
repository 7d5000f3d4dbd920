"""What every object store promises: each object is written once, whole, and found by the digest of its bytes.

The documents behind a credit may not change after submission and are kept for years (rule 12.20); a store
that names objects by their content and refuses to overwrite cannot hold two truths under one address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Protocol

from storage.errors import Retained, StoreRefused, UnsafeKey, WrongDigest

KEY = re.compile(r"sha256/([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")
PREFIX = re.compile(r"(s|sh|sha|sha2|sha25|sha256|sha256/([0-9a-f]{0,2}|[0-9a-f]{2}/([0-9a-f]{0,2}|[0-9a-f]{2}/[0-9a-f]{0,64})))?")


class Readable(Protocol):
    """Anything that gives its bytes in order."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True)
class Stat:
    """What the store knows of an object without opening it; times are UTC."""

    size: int
    modified_at: datetime
    retain_until: datetime | None


@dataclass(frozen=True)
class Upload:
    """A form that lets its bearer store one object: POST it to `url` as multipart/form-data, `file` as the last field."""

    url: str
    fields: dict[str, str] = field(default_factory=dict)


class ObjectStore(Protocol):
    def put_once(self, key: str, stream: Readable, size: int, sha256: str) -> bool:
        """Store the stream under its content address; False if it was there already. Of concurrent writers one gets True.

        Other bytes than the address promises, left there by a fault, are replaced, and the answer is True.
        Raises WrongDigest or WrongSize, and keeps nothing, if the bytes are not what `size` and `sha256` say.
        """

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """The bytes from `start` up to but without `end`, read as they are asked for; a range past the end is empty."""

    def open_checked(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """The same, after all the object's bytes were found to be those that its address promises. Raises NotHeld and WrongBytes."""

    def probe(self) -> None:
        """Write and remove something beside the objects. Raises StoreUnavailable, also when hardly any room is left."""

    def stat(self, key: str) -> Stat | None:
        """Size, time and retention of an object; None if the store does not hold it."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """The keys that begin with the prefix, in order."""

    def presign_get(self, key: str, seconds: int, filename: str) -> str:
        """An address from which anyone who has it may download the object for so many seconds."""

    def presign_put(self, key: str, seconds: int, max_size: int) -> Upload:
        """A form with which anyone who has it may store this one content, of at most `max_size` bytes, for so many seconds."""

    def retain(self, key: str, until: datetime) -> None:
        """Refuse deletion before this instant, rounded up to a second. Raises Retained if that would shorten a retention."""

    def delete(self, key: str) -> None:
        """Remove an object for ever. Raises Retained before its retention date, NotHeld if it is not there."""

    def sweep(self, older_than: timedelta) -> int:
        """Remove what interrupted writers left longer ago than this; how many pieces there were."""


def key_of(sha256: str) -> str:
    """The content address of a digest, as `sha256/ab/cd/abcd…`."""
    return checked_key(f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}")


def checked_key(key: str) -> str:
    if not KEY.fullmatch(key):
        raise UnsafeKey(f"{key!r} is not a content address of the form sha256/ab/cd/ and 64 hexadecimal digits.")
    return key


def checked_prefix(prefix: str) -> str:
    if not PREFIX.fullmatch(prefix):
        raise UnsafeKey(f"{prefix!r} does not begin any content address.")
    return prefix


def digest_of(key: str) -> str:
    """The SHA-256 digest, in hexadecimal, that a key promises."""
    return checked_key(key).rsplit("/", 1)[1]


def check_promise(key: str, sha256: str) -> None:
    """Refuse to store one digest under the address of another."""
    if digest_of(key) != sha256:
        raise WrongDigest(f"The digest {sha256} does not belong to the key {key}: use key_of().")


def retention_instant(until: datetime, present: datetime | None) -> datetime:
    """The instant a retention ends, in whole seconds, if it is later than now and than the present retention."""
    rounded = (until.astimezone(UTC) + timedelta(microseconds=999_999)).replace(microsecond=0)
    if until.tzinfo is None or rounded <= datetime.now(UTC):
        raise StoreRefused(f"A retention must end in the future and name its time zone; {until.isoformat()} does not.")
    if present and rounded < present:
        raise Retained(f"The object is kept until {present.isoformat()}; a retention can only be made longer.")
    return rounded
