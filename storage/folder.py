"""Objects as files in one folder: the store that needs nothing installed.

A write is a hidden file that is flushed to disk and then linked under its address. Linking fails if the address is taken,
so one of many writers wins, and a crash leaves a hidden file that a sweep removes, never half an object.
Whoever runs the program could still remove a file by hand: where that must be impossible, use S3 with object lock.
"""

import errno
import fcntl
import hashlib
import hmac
import io
import os
import time
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode
from uuid import uuid4

from storage.errors import NotHeld, Retained, SignatureRefused, StoreUnavailable, WrongBytes
from storage.objects import (
    Readable,
    Stat,
    Upload,
    check_promise,
    checked_key,
    checked_prefix,
    digest_of,
    retention_instant,
)
from storage.streams import check_range, copy_checked, hashed, windowed
from storage.verified import Verified

LEAST_FREE_BYTES = 64 << 20
UNABLE = {
    errno.ENOSPC: "is full",
    errno.EDQUOT: "is full",
    errno.EROFS: "is read-only",
    errno.EACCES: "is closed to this program",
    errno.EPERM: "is closed to this program",
    errno.ENOENT: "is not there",
    errno.EIO: "is on a faulty disk",
    errno.ESTALE: "is not reached",
}


@dataclass(frozen=True)
class Grant:
    """What a signed address allows."""

    filename: str | None
    max_size: int | None


class FolderStore:
    """Objects under `root`; signed addresses begin with `public_path`, where the application answers for them."""

    def __init__(self, root: Path, signing_key: bytes, public_path: str = "/objects") -> None:
        self._root, self._signing_key, self._public_path = root, signing_key, public_path
        for folder in (root / "sha256", root / "incoming", root / "retention"):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._lasting = {root / "sha256", root / "retention"}
        self._verified = Verified()

    def put_once(self, key: str, stream: Readable, size: int, sha256: str) -> bool:
        check_promise(key, sha256)
        return self._put(key, stream, size, None)

    def accept(self, key: str, query: Mapping[str, str], stream: Readable) -> bool:
        """Store what the bearer of a signed upload form sends; raises SignatureRefused, WrongSize, WrongDigest."""
        return self._put(key, stream, None, self.verify_signature("POST", key, query).max_size)

    def _put(self, key: str, stream: Readable, size: int | None, limit: int | None) -> bool:
        waiting = self._root / "incoming" / f"{uuid4().hex}.part"
        with self._told():
            try:
                with waiting.open("xb") as file:
                    copy_checked(stream, file, digest_of(key), size, limit)
                    os.fchmod(file.fileno(), 0o440)
                    file.flush()
                    os.fsync(file.fileno())
                return self._link(waiting, key)
            finally:
                waiting.unlink(missing_ok=True)

    def _link(self, waiting: Path, key: str) -> bool:
        """Give a finished file its address, and make that last through a power cut; False if the address has these very bytes already."""
        target = self._path(key)
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        try:
            os.link(waiting, target)
        except FileExistsError:
            with target.open("rb") as present:
                if hashed(present) == digest_of(key):
                    return False
            waiting.replace(target)
        finally:
            self._make_last(target.parent)  # The loser, too, may only answer once the winner's link is on disk.
        return True

    def _make_last(self, folder: Path) -> None:
        """Flush what a folder holds, and the first time in the life of this process also the folders that hold it, whoever made it."""
        fresh = list(takewhile(lambda one: one not in self._lasting, (folder, *folder.parents)))
        for changed in (folder, *(one.parent for one in fresh)):
            _sync_folder(changed)
        self._lasting.update(fresh)

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        check_range(start, end)
        file = self._opened(key)
        file.seek(start)
        return windowed(file, None if end is None else end - start)

    def open_checked(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        check_range(start, end)
        file = self._opened(key)
        try:
            with self._told():
                self._check(key, file)
            file.seek(start)
        except BaseException:
            file.close()
            raise
        return windowed(file, None if end is None else end - start)

    def _opened(self, key: str) -> io.FileIO:
        with self._told():
            try:
                return io.FileIO(self._path(key))
            except FileNotFoundError:
                raise _not_held(key) from None

    def _check(self, key: str, file: io.FileIO) -> None:
        mark = _mark(file)
        if self._verified.knows(key, mark):
            return
        found = hashed(file)
        if found != digest_of(key):
            raise WrongBytes(f"The bytes stored under {key} hash to {found}.")
        if _mark(file) == mark:  # A backup that links the file, or a change of its mode, changes the mark and none of the bytes.
            self._verified.learn(key, mark)

    def probe(self) -> None:
        waiting = self._root / "incoming" / f"{uuid4().hex}.part"
        with self._told():
            free = os.statvfs(self._root)
            if free.f_bavail * free.f_frsize < LEAST_FREE_BYTES:
                raise StoreUnavailable(f"The folder {self._root} has less than {LEAST_FREE_BYTES >> 20} MB of room left.")
            try:
                with waiting.open("xb") as file:
                    file.write(bytes(4096))
                    file.flush()
                    os.fsync(file.fileno())
            finally:
                waiting.unlink(missing_ok=True)

    def stat(self, key: str) -> Stat | None:
        try:
            found = self._path(key).stat()
        except FileNotFoundError:
            return None
        return Stat(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC), self._retained_until(key))

    def list(self, prefix: str = "") -> Iterator[str]:
        checked_prefix(prefix)
        for first in _matching(self._root / "sha256", "sha256", prefix):
            for second in _matching(self._root / first, first, prefix):
                yield from _matching(self._root / second, second, prefix)

    def presign_get(self, key: str, seconds: int, filename: str) -> str:
        return self._signed("GET", key, seconds, {"filename": filename})

    def presign_put(self, key: str, seconds: int, max_size: int) -> Upload:
        return Upload(self._signed("POST", key, seconds, {"max_size": str(max_size)}))

    def verify_signature(self, method: str, key: str, query: Mapping[str, str]) -> Grant:
        """What the query string of a signed address allows now; raises SignatureRefused if it was not signed here for this."""
        facts = {name: query[name] for name in ("expires", "filename", "max_size") if name in query}
        right = self._signature(method, checked_key(key), facts)
        if not hmac.compare_digest(right.encode(), query.get("signature", "").encode()):
            raise SignatureRefused("This address was not signed here for this document. Ask for a new one.")
        if int(facts["expires"]) < time.time():
            raise SignatureRefused("This address has expired. Ask for a new one.")
        return Grant(facts.get("filename"), int(facts["max_size"]) if "max_size" in facts else None)

    def retain(self, key: str, until: datetime) -> None:
        with self._alone():
            if not self._path(key).exists():
                raise _not_held(key)
            instant = retention_instant(until, self._retained_until(key))
            note = self._retention(key)
            note.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            fresh = note.with_suffix(".new")
            with fresh.open("w") as file:
                file.write(instant.isoformat())
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(note)
            self._make_last(note.parent)

    def delete(self, key: str) -> None:
        with self._alone():
            until = self._retained_until(key)
            if until and until > datetime.now(UTC):
                raise Retained(f"{key} must be kept until {until.isoformat()}. Delete it after that.")
            try:
                self._path(key).unlink()
            except FileNotFoundError:
                raise _not_held(key) from None
            self._retention(key).unlink(missing_ok=True)
            _sync_folder(self._path(key).parent)

    def sweep(self, older_than: timedelta) -> int:
        oldest = time.time() - older_than.total_seconds()
        orphans = [left for left in (self._root / "incoming").glob("*.part") if left.stat().st_mtime < oldest]
        for orphan in orphans:
            orphan.unlink(missing_ok=True)
        return len(orphans)

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _retention(self, key: str) -> Path:
        return self._root / "retention" / checked_key(key)

    def _retained_until(self, key: str) -> datetime | None:
        try:
            return datetime.fromisoformat(self._retention(key).read_text())
        except FileNotFoundError:
            return None

    def _signed(self, method: str, key: str, seconds: int, facts: dict[str, str]) -> str:
        facts = facts | {"expires": str(int(time.time()) + seconds)}
        query = urlencode(facts | {"signature": self._signature(method, checked_key(key), facts)})
        return f"{self._public_path}/{key}?{query}"

    def _signature(self, method: str, key: str, facts: dict[str, str]) -> str:
        words = f"{method} {key}?{urlencode(sorted(facts.items()))}"
        return hmac.new(self._signing_key, words.encode(), hashlib.sha256).hexdigest()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what the disk's refusal means in this store's own words; what others raise, such as a sender that breaks off, passes."""
        try:
            yield
        except OSError as failure:
            if failure.errno not in UNABLE:
                raise
            raise StoreUnavailable(f"The folder {self._root} {UNABLE[failure.errno]}: {failure}") from failure

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep retaining and deleting apart, so that no object goes while its retention is being written."""
        with (self._root / "retention" / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _mark(file: io.FileIO) -> Hashable:
    found = os.fstat(file.fileno())
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _matching(folder: Path, name: str, prefix: str) -> Iterator[str]:
    for entry in sorted(os.listdir(folder)):
        path = f"{name}/{entry}"
        if path.startswith(prefix) or prefix.startswith(f"{path}/"):
            yield path


def _not_held(key: str) -> NotHeld:
    return NotHeld(f"The store holds no object {key}.")
