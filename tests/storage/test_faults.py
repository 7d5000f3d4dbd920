"""Stores whose bytes were changed behind their back, that are full, or that do not answer: nothing wrong is given, and the right bytes heal."""

import errno
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.exceptions import IncompleteReadError, ResponseStreamingError

from storage import FolderStore, NotHeld, ObjectStore, S3Access, StoreUnavailable, WrongBytes, key_of, open_store
from storage import folder as folder_module
from storage import verified as verified_module
from storage.s3 import S3Store
from tests.storage.conftest import SIGNING_KEY, Place
from tests.storage.test_object_store import digest, put


def tamper(store: ObjectStore, key: str, content: bytes) -> None:
    """Put other bytes where an object lies, as a faulty disk or a careless hand does."""
    if isinstance(store, FolderStore):
        path = store._root / key
        path.chmod(0o640)
        path.write_bytes(content)
    else:
        assert isinstance(store, S3Store)
        store._client.put_object(Bucket=store._bucket, Key=key, Body=content)


def checked(store: ObjectStore, key: str, start: int = 0, end: int | None = None) -> bytes:
    with store.open_checked(key, start, end) as stream:
        return stream.read()


@pytest.mark.parametrize("change", [lambda was: bytes([was[0] ^ 1]) + was[1:], lambda was: was[:-1], lambda was: was + b"!", lambda was: b""])
def test_bytes_that_are_not_the_promised_ones_are_not_given_and_the_right_file_heals_them(store: ObjectStore, change: Callable[[bytes], bytes]) -> None:
    content = os.urandom(3000)
    key = put(store, content)
    assert checked(store, key) == content
    tamper(store, key, change(content))
    for part in ((0, None), (5, 9), (0, 0)):
        with pytest.raises(WrongBytes):
            store.open_checked(key, *part)
    assert store.put_once(key, io.BytesIO(content), len(content), digest(content)) is True
    assert checked(store, key) == content
    assert store.put_once(key, io.BytesIO(content), len(content), digest(content)) is False


def test_a_checked_range_gives_those_bytes_and_no_others(store: ObjectStore) -> None:
    content = bytes(range(200))
    key = put(store, content)
    for _ in range(2):
        for start, end in [(0, 10), (10, 20), (199, 200), (150, 999), (7, 7), (13, None), (0, None)]:
            assert checked(store, key, start, end) == content[start:end], (start, end)
    with pytest.raises(NotHeld):
        store.open_checked(key_of(digest(os.urandom(8))))


def test_what_was_checked_is_not_hashed_again_until_an_hour_is_over(folder_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed, times = folder_module.hashed, []
    monkeypatch.setattr(folder_module, "hashed", lambda *given: times.append(1) or hashed(*given))
    key = put(folder_place.store, b"read often")
    for _ in range(5):
        assert checked(folder_place.store, key) == b"read often"
    assert len(times) == 1
    monkeypatch.setattr(verified_module, "REMEMBERED_SECONDS", 0.0)
    checked(folder_place.store, key)
    assert len(times) == 2


@pytest.mark.rule("12.20")
def test_what_heals_an_object_is_kept_as_long_as_the_object(store: ObjectStore) -> None:
    content = os.urandom(64)
    key = put(store, content)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    store.retain(key, until)
    tamper(store, key, b"wrong")
    if isinstance(store, S3Store):
        store.retain(key, until)
    assert store.put_once(key, io.BytesIO(content), 64, digest(content)) is True
    found = store.stat(key)
    assert found is not None
    assert found.retain_until == until


def test_a_store_that_works_takes_a_probe_and_keeps_nothing_of_it(place: Place) -> None:
    place.store.probe()
    assert place.leftovers() == []
    assert all(key.startswith("sha256/") for key in place.store.list())


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "is full"), (errno.EROFS, "is read-only"), (errno.EIO, "faulty disk")])
def test_a_disk_that_takes_nothing_is_named_and_nothing_is_kept(folder_place: Place, monkeypatch: pytest.MonkeyPatch, number: int, words: str) -> None:
    def refuses(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuses)
    for use in (folder_place.store.probe, lambda: put(folder_place.store, b"no room for this")):
        with pytest.raises(StoreUnavailable, match=words):
            use()
    assert folder_place.leftovers() == []
    assert folder_place.store.stat(key_of(digest(b"no room for this"))) is None


def test_a_probe_says_when_hardly_any_room_is_left(folder_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "LEAST_FREE_BYTES", 1 << 62)
    with pytest.raises(StoreUnavailable, match="room left"):
        folder_place.store.probe()


def test_a_folder_that_was_taken_away_is_named(tmp_path: Path) -> None:
    store = open_store((tmp_path / "mounted").as_uri(), tmp_path, SIGNING_KEY)
    (tmp_path / "mounted").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreUnavailable, match="is not there"):
        store.probe()


def test_a_silent_bucket_is_named_by_a_probe(open_bucket: Callable[..., ObjectStore]) -> None:
    with pytest.raises(StoreUnavailable, match="does not answer"):
        open_bucket("locked", address="http://127.0.0.1:9").probe()


class BrokenOff:
    """An answer of S3 whose connection is lost after the first bytes."""

    def __init__(self) -> None:
        self.pieces = [b"the first bytes", ResponseStreamingError(error="the connection was lost"), IncompleteReadError(actual_bytes=15, expected_bytes=99)]

    def read(self, size: int | None = None) -> bytes:
        piece = self.pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        return piece

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.rule("12.20")
def test_an_answer_of_s3_that_breaks_off_is_told_as_a_store_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    store = S3Store("bucket", S3Access("http://127.0.0.1:9", "key", "secret"))
    monkeypatch.setattr(store._client, "get_object", lambda **_: {"Body": BrokenOff()}, raising=False)
    with store.open(key_of(digest(b"bytes"))) as stream:
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="broke off"):
                stream.read(1 << 20)
    with pytest.raises(StoreUnavailable):
        store.open_checked(key_of(digest(b"bytes")))
