"""One suite for every object store: what passes in a folder must pass, word for word, in S3."""

import hashlib
import io
import os
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

import pytest
import urllib3

from storage import (
    FolderStore,
    NotHeld,
    ObjectStore,
    Retained,
    S3Access,
    SignatureRefused,
    StoreError,
    StoreRefused,
    StoreUnavailable,
    UnsafeKey,
    WrongDigest,
    WrongSize,
    key_of,
    open_store,
)

MEGABYTE = 1 << 20
SIGNING_KEY = b"a key for the tests of the store"
OpenBucket = Callable[..., ObjectStore]


class Place(Protocol):
    """A store to test, where its signed addresses begin, and how to look for leftovers behind its back."""

    store: ObjectStore
    address: str
    leftovers: Callable[[], list[str]]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(store: ObjectStore, content: bytes) -> str:
    key = key_of(digest(content))
    store.put_once(key, io.BytesIO(content), len(content), digest(content))
    return key


def read(store: ObjectStore, key: str, start: int = 0, end: int | None = None) -> bytes:
    with store.open(key, start, end) as stream:
        return stream.read()


class Generated:
    """A long stream that is never whole in memory."""

    def __init__(self, size: int, seed: bytes) -> None:
        self.left, self.seed = size, seed

    def read(self, size: int = -1, /) -> bytes:
        size = min(self.left, size if size >= 0 else self.left)
        self.left -= size
        return self.seed * (size // len(self.seed)) + self.seed[: size % len(self.seed)]


def test_what_was_put_comes_back_with_its_size_and_time(store: ObjectStore) -> None:
    content = os.urandom(50_000)
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert store.put_once(key_of(digest(content)), io.BytesIO(content), len(content), digest(content)) is True
    assert read(store, key_of(digest(content))) == content
    found = store.stat(key_of(digest(content)))
    assert found is not None
    assert (found.size, found.retain_until) == (50_000, None)
    assert before <= found.modified_at <= datetime.now(UTC) + timedelta(seconds=2)
    assert found.modified_at.utcoffset() == timedelta(0)


def test_an_empty_document_is_a_document(store: ObjectStore) -> None:
    assert read(store, put(store, b"")) == b""


def test_the_second_put_of_the_same_bytes_says_that_they_were_there(store: ObjectStore) -> None:
    content = os.urandom(100)
    key = put(store, content)
    assert store.put_once(key, io.BytesIO(content), 100, digest(content)) is False
    assert read(store, key) == content


def test_of_32_writers_at_once_exactly_one_wins(place: Place) -> None:
    content = os.urandom(200_000)
    key = key_of(digest(content))
    with ThreadPoolExecutor(32) as pool:
        won = list(pool.map(lambda _: place.store.put_once(key, io.BytesIO(content), 200_000, digest(content)), range(32)))
    assert sorted(won) == [False] * 31 + [True]
    assert read(place.store, key) == content
    assert place.leftovers() == []


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda content: content[:-1] + b"\x00", WrongDigest),
        (lambda content: content[:-1], WrongSize),
        (lambda content: content + b"!", WrongSize),
    ],
    ids=["another byte", "a byte short", "a byte over"],
)
def test_bytes_that_are_not_as_promised_are_refused_and_nothing_is_kept(place: Place, change: Callable[[bytes], bytes], refusal: type[StoreError]) -> None:
    content = os.urandom(3 * MEGABYTE) + b"\x01"
    key = key_of(digest(content))
    with pytest.raises(refusal, match="nothing was kept"):
        place.store.put_once(key, io.BytesIO(change(content)), len(content), digest(content))
    assert place.store.stat(key) is None
    assert place.leftovers() == []


def test_a_digest_under_the_address_of_another_is_refused(store: ObjectStore) -> None:
    with pytest.raises(WrongDigest):
        store.put_once(key_of(digest(b"one")), io.BytesIO(b"two"), 3, digest(b"two"))


def test_a_writer_that_breaks_off_leaves_nothing(place: Place) -> None:
    class Broken(Generated):
        def read(self, size: int = -1, /) -> bytes:
            if self.left < MEGABYTE:
                raise ConnectionResetError
            return super().read(size)

    key = key_of(digest(b"the end never comes"))
    with pytest.raises(ConnectionResetError):
        place.store.put_once(key, Broken(4 * MEGABYTE, b"x"), 4 * MEGABYTE, digest(b"the end never comes"))
    assert place.store.stat(key) is None
    assert place.leftovers() == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "sha256",
        "../../etc/passwd",
        "sha256/aa/bb/../../../../etc/passwd",
        "/etc/passwd",
        f"sha256/aa/bb/{'c' * 64}",
        f"sha256/AA/AA/{'A' * 64}",
        f"sha256/aa/aa/{'a' * 63}",
        f"sha256/aa/aa/{'a' * 64}\n",
        f"sha256/aa/aa/{'a' * 65}",
        f"md5/aa/aa/{'a' * 64}",
        f"sha256/aa/aa/{'a' * 63}\x00",
        f"sha256/٠٠/٠٠/{'٠' * 64}",
    ],
)
def test_a_key_that_is_no_content_address_is_refused_everywhere(store: ObjectStore, key: str) -> None:
    uses: list[Callable[[], object]] = [
        lambda: store.put_once(key, io.BytesIO(b""), 0, digest(b"")),
        lambda: store.open(key),
        lambda: store.stat(key),
        lambda: store.presign_get(key, 60, "a.pdf"),
        lambda: store.presign_put(key, 60, 1),
        lambda: store.retain(key, datetime.now(UTC) + timedelta(days=1)),
        lambda: store.delete(key),
    ]
    for use in uses:
        with pytest.raises(UnsafeKey):
            use()
    with pytest.raises(UnsafeKey):
        list(store.list("../"))


def test_an_unknown_key_is_not_held(store: ObjectStore) -> None:
    key = key_of(digest(os.urandom(32)))
    assert store.stat(key) is None
    uses: list[Callable[[], object]] = [
        lambda: store.open(key),
        lambda: store.open(key, 5, 5),
        lambda: store.retain(key, datetime.now(UTC) + timedelta(days=1)),
        lambda: store.delete(key),
    ]
    for use in uses:
        with pytest.raises(NotHeld):
            use()


def test_a_range_gives_those_bytes_and_no_others(store: ObjectStore) -> None:
    content = bytes(range(200))
    key = put(store, content)
    for start, end in [(0, 10), (10, 20), (0, 200), (199, 200), (150, 999), (7, 7), (200, 300), (999, None), (13, None), (0, None)]:
        assert read(store, key, start, end) == content[start:end], (start, end)
    for start, end in [(-1, 5), (5, 4)]:
        with pytest.raises(ValueError, match="range"):
            store.open(key, start, end)


def test_a_stream_of_20_megabytes_passes_in_and_out_without_being_whole_in_memory(store: ObjectStore) -> None:
    size, seed = 20 * MEGABYTE, os.urandom(4096)
    expected = digest(seed * (size // 4096))
    key = key_of(expected)
    store.stat(key)  # The first request loads the client's own tables, which are not what is measured.
    tracemalloc.start()
    try:
        assert store.put_once(key, Generated(size, seed), size, expected) is True
        seen = hashlib.sha256()
        with store.open(key) as stream:
            while piece := stream.read(64 * 1024):
                seen.update(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen.hexdigest() == expected
    assert peak < 6 * MEGABYTE, f"{peak / MEGABYTE:.1f} MB were in memory at once"


def test_the_list_is_in_order_and_may_be_narrowed(store: ObjectStore) -> None:
    keys = sorted(put(store, os.urandom(16)) for _ in range(8))
    assert [key for key in store.list() if key in keys] == keys
    for narrowed in ("sha256", "sha256/", keys[3][:8], keys[3][:9], keys[3][:10], keys[3][:13], keys[3][:30], keys[3]):
        expected = [key for key in keys if key.startswith(narrowed)]
        assert [key for key in store.list(narrowed) if key in keys] == expected, narrowed


def test_a_deleted_object_is_gone_and_may_be_put_again(store: ObjectStore) -> None:
    content = os.urandom(64)
    key = put(store, content)
    store.delete(key)
    assert store.stat(key) is None
    assert key not in store.list()
    assert store.put_once(key, io.BytesIO(content), 64, digest(content)) is True


@pytest.mark.rule("12.20")
def test_a_retained_object_cannot_be_deleted_before_its_date_and_can_after(store: ObjectStore) -> None:
    key = put(store, os.urandom(64))
    until = datetime.now(UTC) + timedelta(seconds=2)
    store.retain(key, until)
    found = store.stat(key)
    assert found is not None
    assert found.retain_until is not None
    assert until <= found.retain_until < until + timedelta(seconds=1)
    with pytest.raises(Retained, match="must be kept until"):
        store.delete(key)
    assert store.stat(key) is not None
    time.sleep((found.retain_until - datetime.now(UTC)).total_seconds() + 1)
    store.delete(key)
    assert store.stat(key) is None


@pytest.mark.rule("12.20")
def test_a_retention_can_be_made_longer_and_never_shorter(store: ObjectStore) -> None:
    key = put(store, os.urandom(64))
    tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    store.retain(key, tomorrow)
    store.retain(key, tomorrow)
    store.retain(key, tomorrow + timedelta(days=1))
    with pytest.raises(Retained, match="longer"):
        store.retain(key, tomorrow)
    found = store.stat(key)
    assert found is not None
    assert found.retain_until == tomorrow + timedelta(days=1)


def test_a_retention_must_end_in_the_future_and_name_its_zone(store: ObjectStore) -> None:
    key = put(store, os.urandom(64))
    for until in (datetime.now(UTC) - timedelta(seconds=1), (datetime.now(UTC) + timedelta(days=2)).replace(tzinfo=None)):
        with pytest.raises(StoreRefused, match="future"):
            store.retain(key, until)


def fetch(place: Place, url: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", f"{place.address}{url}", retries=False)


def test_a_signed_address_downloads_the_object_under_its_name(place: Place) -> None:
    content = os.urandom(1000)
    got = fetch(place, place.store.presign_get(put(place.store, content), 60, "Meter data März.csv"))
    assert (got.status, got.data) == (200, content)
    assert "M%C3%A4rz.csv" in got.headers["Content-Disposition"] or "März.csv" in got.headers["Content-Disposition"]


def test_a_signed_address_is_good_for_its_own_object_its_own_time_and_nothing_else(place: Place) -> None:
    ours, other = put(place.store, os.urandom(10)), put(place.store, os.urandom(10))
    url = place.store.presign_get(ours, 60, "a.csv")
    assert fetch(place, url.replace(ours, other)).status == 403
    assert fetch(place, url.split("?")[0]).status == 403
    assert fetch(place, url[:-1] + ("0" if url[-1] != "0" else "1")).status == 403
    brief = place.store.presign_get(ours, 1, "a.csv")
    assert fetch(place, brief).status == 200
    time.sleep(2.1)
    assert fetch(place, brief).status == 403


def send(place: Place, key: str, content: bytes, max_size: int, seconds: int = 60) -> int:
    upload = place.store.presign_put(key, seconds, max_size)
    fields: dict[str, str | tuple[str, bytes]] = {**upload.fields, "file": ("upload", content)}
    return urllib3.request("POST", f"{place.address}{upload.url}", fields=fields, retries=False).status


def test_a_signed_form_stores_the_promised_content(place: Place) -> None:
    content = os.urandom(1000)
    assert send(place, key_of(digest(content)), content, 1000) in (200, 201, 204)
    assert read(place.store, key_of(digest(content))) == content


def test_a_signed_form_refuses_other_content_and_too_much_of_it(place: Place) -> None:
    content = os.urandom(1000)
    key = key_of(digest(content))
    assert send(place, key, content[:-1] + b"?", 1000) in (400, 403)
    assert send(place, key, content, 999) in (400, 403)
    assert send(place, key, content, 1000, seconds=-60) in (400, 403)
    assert place.store.stat(key) is None
    assert place.leftovers() == []


def test_in_a_folder_a_signature_for_reading_does_not_write_and_no_part_of_it_can_be_changed(folder_place: Place) -> None:
    store = folder_place.store
    assert isinstance(store, FolderStore)
    key = key_of(digest(b"x"))
    query = dict(parse_qsl(urlsplit(store.presign_put(key, 60, 10).url).query))
    assert store.verify_signature("POST", key, query).max_size == 10
    changed = [query | {"max_size": "11"}, query | {"expires": "99999999999"}, query | {"filename": "a"}, query | {"signature": ""}]
    for forged in [*changed, {}, {name: value for name, value in query.items() if name != "max_size"}]:
        with pytest.raises(SignatureRefused):
            store.verify_signature("POST", key, forged)
    with pytest.raises(SignatureRefused):
        store.verify_signature("GET", key, query)


def test_in_a_folder_objects_are_read_only_and_a_sweep_removes_only_old_orphans(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri(), Path("elsewhere"), SIGNING_KEY)
    key = put(store, b"kept")
    assert (tmp_path / key).stat().st_mode & 0o777 == 0o440
    old, young = tmp_path / "incoming" / "old.part", tmp_path / "incoming" / "young.part"
    old.touch()
    young.touch()
    os.utime(old, (0, 0))
    assert store.sweep(timedelta(hours=1)) == 1
    assert (old.exists(), young.exists(), read(store, key)) == (False, True, b"kept")


def test_a_bucket_without_object_lock_refuses_to_retain_and_still_writes_once(open_bucket: OpenBucket) -> None:
    store = open_bucket("plain")
    key = put(store, b"in a plain bucket")
    assert store.put_once(key, io.BytesIO(b"in a plain bucket"), 17, digest(b"in a plain bucket")) is False
    with pytest.raises(StoreRefused, match="object lock"):
        store.retain(key, datetime.now(UTC) + timedelta(days=1))
    store.delete(key)
    assert store.stat(key) is None


def test_a_wrong_secret_is_refused_and_a_silent_server_named(open_bucket: OpenBucket) -> None:
    with pytest.raises(StoreUnavailable):
        open_bucket("locked", secret="a wrong secret").stat(key_of(digest(b"x")))
    with pytest.raises(StoreUnavailable, match="does not answer"):
        open_bucket("locked", address="http://127.0.0.1:9").stat(key_of(digest(b"x")))


@pytest.mark.parametrize(
    ("url", "settings", "words"),
    [
        ("", {}, "names no store"),
        ("objects", {}, "names no store"),
        ("file://host/folder", {}, "names no store"),
        ("s3://", {}, "one bucket"),
        ("s3://bucket/path", {}, "one bucket"),
        ("s3://bucket", {"access_key": "half"}, "go together"),
        ("folder", {"endpoint": "http://127.0.0.1:9"}, "name a bucket"),
    ],
)
def test_a_setting_that_contradicts_itself_is_refused(tmp_path: Path, url: str, settings: dict[str, str], words: str) -> None:
    with pytest.raises(StoreRefused, match=words):
        open_store(url, tmp_path, SIGNING_KEY, S3Access(**settings))
