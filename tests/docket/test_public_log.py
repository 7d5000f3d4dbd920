"""Whoever kept a head of the public log can show later that it only grew, or that it did not."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import cli, config, db, public_log
from app.proof import signed_head
from app.signing import load_or_create_key

KEPT = 5
ZERO = "00" * 32
JSON = {"Accept": "application/json"}

Files = dict[str, Any]


@pytest.fixture
def files(session: Session, story: SimpleNamespace, settings: config.Settings) -> Files:
    """A head of five events that somebody kept, and the proof that was downloaded later."""
    kept = public_log.head_facts(public_log.sign_head(session, load_or_create_key(settings.home), KEPT))
    return {"kept": kept, "growth": public_log.growth_since(session, KEPT)}


@pytest.fixture
def verify(settings: config.Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[Files], Any]:
    """What `erc verify PROOF --head KEPT --json` says of two files, and how it ends."""
    monkeypatch.setenv("ERC_HOME", str(settings.home))

    def said(files: Files) -> tuple[int, dict[str, Any]]:
        for name, content in files.items():
            (tmp_path / name).write_text(json.dumps(content))
        ended = cli.main(["verify", str(tmp_path / "growth"), "--head", str(tmp_path / "kept"), "--json"])
        return ended, json.loads(capsys.readouterr().out)

    return said


@pytest.mark.rule("10.13")
def test_whoever_kept_a_head_can_show_that_the_log_only_grew(files: Files, verify: Callable[[Files], Any]) -> None:
    ended, said = verify(files)
    assert (ended, said["problems"], said["from_size"], said["key"]) == (0, [], KEPT, "of this home")


@pytest.mark.parametrize(
    "keeps", [lambda head: {"heads": [{"size": 1}, head]}, lambda head: {"serial": "…", "proof": {"head": head}}], ids=["heads", "a trace"]
)
def test_a_list_of_heads_or_a_trace_is_a_kept_head_too(files: Files, verify: Callable[[Files], Any], keeps: Callable[[Any], Any]) -> None:
    assert verify({**files, "kept": keeps(files["kept"])})[0] == 0


@pytest.mark.rule("10.13")
def test_whoever_kept_a_head_finds_out_that_the_past_was_changed(files: Files, settings: config.Settings, verify: Callable[[Files], Any]) -> None:
    """The kept head is rightly signed, over other events than the log has now."""
    before = signed_head(load_or_create_key(settings.home), KEPT, bytes.fromhex("11" * 32), db.now())
    ended, said = verify({"kept": before, "growth": files["growth"]})
    assert ended == 1
    (problem,) = said["problems"]
    assert "something was changed or dropped" in problem


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps": []}, "something was changed or dropped"),
        ({"steps": [ZERO]}, "something was changed or dropped"),
        ({"steps": "no list"}, "something was changed or dropped"),
        ({"head": None}, "no signed head"),
    ],
    ids=["no hashes", "another hash", "no list of hashes", "no head"],
)
def test_a_proof_of_growth_that_was_changed_does_not_verify(files: Files, verify: Callable[[Files], Any], change: Files, words: str) -> None:
    ended, said = verify({**files, "growth": {**files["growth"], **change}})
    assert ended == 1
    assert words in " ".join(said["problems"])


def test_a_head_that_was_changed_after_it_was_kept_is_told(files: Files, verify: Callable[[Files], Any]) -> None:
    _, said = verify({**files, "kept": {**files["kept"], "root": ZERO}})
    assert said["problems"][0].startswith("The kept head: The head's signature does not fit")


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"kept": {"heads": []}}, "no head of 5 events"), ({"growth": {"serial": "…"}}, "no proof of growth")],
    ids=["no kept head", "a trace in place of the proof"],
)
def test_the_wrong_file_is_refused_with_what_to_download(files: Files, verify: Callable[[Files], Any], changed: Files, words: str) -> None:
    ended, said = verify({**files, **changed})
    assert ended == 1
    assert words in said["refused"]
    assert "/log/growth/SIZE" in said["refused"]


def test_the_log_offers_the_proof_of_its_growth_at_an_address(client: FlaskClient, story: SimpleNamespace) -> None:
    answer = client.get(f"/log/growth/{KEPT}", headers=JSON).get_json()
    assert answer["from_size"] == KEPT
    assert answer["head"]["size"] > KEPT
    assert answer["steps"]
    refused = client.get("/log/growth/999999999", headers=JSON)
    assert refused.status_code == 404
    assert "/log/heads" in refused.get_json()["what_to_do"]
