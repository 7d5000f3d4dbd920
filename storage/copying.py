"""Every object of one store put into another and read back there, so that a record can move from a folder to a bucket and back (rule 12.20)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice

from storage.errors import NotHeld, StoreRefused, WrongBytes, WrongDigest, WrongSize
from storage.objects import ObjectStore, digest_of

AT_ONCE = 8
BATCH = 1_000


@dataclass(frozen=True)
class Copied:
    """What became of one object: `fresh` if it was not there before; `problem` says in words why it is not there now."""

    key: str
    fresh: bool
    problem: str = ""


def copied(source: ObjectStore, target: ObjectStore) -> Iterator[Copied]:
    """Copy what the target does not hold whole, and hash there what it holds. Raises StoreUnavailable when either store is away.

    Nothing is removed or changed in the source. A retention is not carried over: the program sets none, and a locked bucket sets its own.
    """
    keys = source.list()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while batch := list(islice(keys, BATCH)):
            yield from pool.map(partial(_copied, source, target), batch)


def _copied(source: ObjectStore, target: ObjectStore, key: str) -> Copied:
    try:
        if _holds(target, key):
            return Copied(key, fresh=False)
        found = source.stat(key)
        with source.open(key) as stream:
            target.put_once(key, stream, found.size if found else 0, digest_of(key))
        target.open_checked(key).close()
    except (NotHeld, StoreRefused, WrongBytes, WrongDigest, WrongSize) as failure:
        return Copied(key, fresh=False, problem=str(failure))
    return Copied(key, fresh=True)


def _holds(target: ObjectStore, key: str) -> bool:
    try:
        target.open_checked(key).close()
    except (NotHeld, WrongBytes):
        return False
    return True
