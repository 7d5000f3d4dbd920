"""Documents move from a folder to a bucket and back by `erc documents copy`, and nothing that is not whole counts as moved."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from storage import ObjectStore, open_store
from tests.storage.conftest import ACCESS_KEY, SECRET_KEY, SIGNING_KEY
from tests.storage.test_faults import checked, tamper
from tests.storage.test_object_store import put

Copy = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def folder(tmp_path: Path) -> ObjectStore:
    return open_store("folder", tmp_path, SIGNING_KEY)


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Copy:
    """Type the command; its exit code and its one object."""
    for name in [name for name in os.environ if name.startswith("ERC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ERC_HOME", str(tmp_path))

    def typed(source: object, target: object, **settings: str) -> tuple[int, dict[str, Any]]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        code = main(["documents", "copy", str(source), str(target), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return typed


@pytest.mark.rule("12.20")
def test_documents_move_from_a_folder_to_a_bucket_and_back_and_a_second_run_copies_nothing(
    folder: ObjectStore, open_bucket: Callable[..., ObjectStore], s3_endpoint: str, copy: Copy, tmp_path: Path
) -> None:
    contents = [os.urandom(3000) for _ in range(5)]
    keys = [put(folder, content) for content in contents]
    bucket = {"ERC_STORE_URL": "s3://plain", "ERC_STORE_ENDPOINT": s3_endpoint, "ERC_STORE_ACCESS_KEY": ACCESS_KEY, "ERC_STORE_SECRET_KEY": SECRET_KEY}
    told = {"from": str(tmp_path / "objects"), "to": "s3://plain", "objects": 5, "copied": 5, "problems": []}
    assert copy(tmp_path / "objects", "s3://plain", **bucket) == (0, told)
    assert copy(tmp_path / "objects", "s3://plain") == (0, told | {"copied": 0})
    assert [checked(open_bucket("plain"), key) for key in keys] == contents
    code, back = copy("s3://plain", tmp_path / "back")
    assert (code, back["problems"]) == (0, [])
    assert [checked(open_store((tmp_path / "back").as_uri(), tmp_path, SIGNING_KEY), key) for key in keys] == contents


def test_a_document_whose_bytes_are_not_the_right_ones_is_named_and_the_others_are_copied(folder: ObjectStore, copy: Copy, tmp_path: Path) -> None:
    spoiled, whole = put(folder, b"to be spoiled"), put(folder, b"whole")
    tamper(folder, spoiled, b"other bytes!!")
    code, told = copy("folder", tmp_path / "other")
    assert code == 1
    assert [one["object"] for one in told["problems"]] == [spoiled]
    assert (told["objects"], told["copied"]) == (2, 1)
    assert list(open_store((tmp_path / "other").as_uri(), tmp_path, SIGNING_KEY).list()) == [whole]


def test_wrong_bytes_in_the_second_store_are_replaced_by_the_right_ones(folder: ObjectStore, copy: Copy, tmp_path: Path) -> None:
    key = put(folder, b"the right bytes")
    other = open_store((tmp_path / "other").as_uri(), tmp_path, SIGNING_KEY)
    put(other, b"the right bytes")
    tamper(other, key, b"the wrong bytes")
    assert copy("folder", tmp_path / "other")[0] == 0
    assert checked(other, key) == b"the right bytes"


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("misspelt", "other", "holds no documents"),
        ("folder", "folder", "the same store"),
        ("folder", "s3:bucket", "s3://bucket"),
        ("folder", "s3://plain", "does not answer"),
    ],
)
def test_a_copy_that_cannot_be_is_refused_in_words_and_makes_nothing(
    folder: ObjectStore, copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, target: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    put(folder, b"something")
    away = {"ERC_STORE_URL": "s3://plain", "ERC_STORE_ENDPOINT": "http://127.0.0.1:1", "ERC_STORE_ACCESS_KEY": "a", "ERC_STORE_SECRET_KEY": "b"}
    code, told = copy(source, target, **(away if target.startswith("s3://") else {}))
    assert code == 1
    assert words in told["refused"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["objects"]
