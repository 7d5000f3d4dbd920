"""The public log's tree against the RFC's own definition, at every size to 70 and every index, and what a reader verifies."""

import hashlib
import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import merkle, proof, signing

SIZES = 70
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(SIZES)]
NODES = merkle.nodes_of(LEAVES)

# The eight inputs and roots that Certificate Transparency's implementations of RFC 6962 test themselves with.
KNOWN_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, as written there."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    left = split(len(leaves))
    return hashlib.sha256(b"\x01" + defined_root(leaves[:left]) + defined_root(leaves[left:])).digest()


def defined_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 section 2.1.3.1, as written there."""
    if len(leaves) == 1:
        return []
    left = split(len(leaves))
    if index < left:
        return [*defined_path(index, leaves[:left]), defined_root(leaves[left:])]
    return [*defined_path(index - left, leaves[left:]), defined_root(leaves[:left])]


def defined_consistency(first: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162 section 2.1.4.1, as written there."""
    if first == len(leaves):
        return [] if whole else [defined_root(leaves)]
    left = split(len(leaves))
    if first <= left:
        return [*defined_consistency(first, leaves[:left], whole), defined_root(leaves[left:])]
    return [*defined_consistency(first - left, leaves[left:], False), defined_root(leaves[:left])]


def split(size: int) -> int:
    left = 1
    while left * 2 < size:
        left *= 2
    return left


def flipped(value: bytes) -> bytes:
    return bytes([value[0] ^ 1]) + value[1:]


def test_the_roots_are_those_that_rfc_6962_implementations_agree_on() -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(known)) for known in KNOWN_INPUTS]
    assert [merkle.root(merkle.nodes_of(leaves), size).hex() for size in range(1, 9)] == KNOWN_ROOTS
    assert merkle.root(merkle.nodes_of([]), 0).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_every_root_is_the_defined_one() -> None:
    for size in range(SIZES + 1):
        assert merkle.root(NODES, size) == defined_root(LEAVES[:size]), size


@pytest.mark.rule("10.13")
def test_every_event_of_every_log_is_shown_to_be_in_it_by_the_defined_path() -> None:
    for size in range(1, SIZES + 1):
        tree_root = merkle.root(NODES, size)
        for index in range(size):
            path = merkle.inclusion_proof(NODES, index, size)
            assert path == defined_path(index, LEAVES[:size]), (index, size)
            assert merkle.verify_inclusion(LEAVES[index], index, size, path, tree_root), (index, size)


@pytest.mark.rule("10.13")
def test_no_changed_event_place_path_or_root_passes() -> None:
    for size in (1, 2, 3, 7, 8, 21, 64, 70):
        tree_root = merkle.root(NODES, size)
        for index in range(size):
            path = merkle.inclusion_proof(NODES, index, size)
            leaf = LEAVES[index]
            tampered = [
                (flipped(leaf), index, size, path, tree_root),
                (leaf, index, size, path, flipped(tree_root)),
                (leaf, index, size, [*path, leaf], tree_root),
                (leaf, size, size, path, tree_root),
                (leaf, -1, size, path, tree_root),
                (leaf, index, 0, path, tree_root),
                *((leaf, other, size, path, tree_root) for other in range(size) if other != index),
                *((leaf, index, size, [*path[:at], flipped(path[at]), *path[at + 1 :]], tree_root) for at in range(len(path))),
                *((leaf, index, size, path[:at] + path[at + 1 :], tree_root) for at in range(len(path))),
            ]
            for case in tampered:
                assert not merkle.verify_inclusion(*case), case


@pytest.mark.rule("10.13")
def test_every_longer_log_is_shown_to_begin_with_every_shorter_one() -> None:
    for second in range(1, SIZES + 1):
        second_root = merkle.root(NODES, second)
        for first in range(1, second + 1):
            path = merkle.consistency_proof(NODES, first, second)
            first_root = merkle.root(NODES, first)
            assert path == defined_consistency(first, LEAVES[:second]), (first, second)
            assert merkle.verify_consistency(first, second, path, first_root, second_root), (first, second)
            assert not merkle.verify_consistency(first, second, path, flipped(first_root), second_root)
            assert not merkle.verify_consistency(first, second, path, first_root, flipped(second_root))
            assert not merkle.verify_consistency(first, second, [*path, first_root], first_root, second_root)
            for at in range(len(path)):
                changed = [*path[:at], flipped(path[at]), *path[at + 1 :]]
                assert not merkle.verify_consistency(first, second, changed, first_root, second_root)
                assert not merkle.verify_consistency(first, second, path[:at] + path[at + 1 :], first_root, second_root)


def test_a_log_whose_past_was_rewritten_is_not_consistent() -> None:
    rewritten = [flipped(LEAVES[0]), *LEAVES[1:]]
    nodes = merkle.nodes_of(rewritten)
    path = merkle.consistency_proof(nodes, 30, 60)
    assert not merkle.verify_consistency(30, 60, path, merkle.root(NODES, 30), merkle.root(nodes, 60))
    assert not merkle.verify_consistency(0, 5, [], merkle.EMPTY_ROOT, merkle.root(NODES, 5))
    assert not merkle.verify_consistency(6, 5, [], merkle.root(NODES, 6), merkle.root(NODES, 5))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: merkle.inclusion_proof(NODES, 5, 5),
        lambda: merkle.inclusion_proof(NODES, -1, 5),
        lambda: merkle.inclusion_proof(NODES, 0, 0),
        lambda: merkle.consistency_proof(NODES, 0, 5),
        lambda: merkle.consistency_proof(NODES, 6, 5),
    ],
)
def test_a_proof_of_what_cannot_be_is_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="leaves"):
        ask()


def test_appending_stores_each_node_once_and_proofs_from_the_stored_nodes_are_the_same() -> None:
    stored: dict[tuple[int, int], bytes] = {}
    nodes: merkle.Nodes = lambda level, index: stored[level, index]  # noqa: E731
    for size, leaf in enumerate(LEAVES):
        rows = merkle.append(nodes, size, leaf)
        assert len(rows) <= (size + 1).bit_length()
        for level, index, found in rows:
            assert (level, index) not in stored
            stored[level, index] = found
        assert merkle.root(nodes, size + 1) == merkle.root(NODES, size + 1)
        assert merkle.inclusion_proof(nodes, size // 2, size + 1) == merkle.inclusion_proof(NODES, size // 2, size + 1)
    assert len(stored) < 2 * SIZES


@given(st.integers(0, SIZES), st.integers(0, SIZES))
def test_leaves_that_join_together_make_the_nodes_of_leaves_that_join_one_by_one(first: int, second: int) -> None:
    first, second = min(first, second), max(first, second)
    stored = {(level, index): found for level, index, found in merkle.extend(NODES, 0, LEAVES[:first])}
    more = merkle.extend(lambda level, index: stored[level, index], first, LEAVES[first:second])
    assert not stored.keys() & {(level, index) for level, index, _ in more}
    stored.update({(level, index): found for level, index, found in more})
    assert all(found == NODES(level, index) for (level, index), found in stored.items())
    assert merkle.root(lambda level, index: stored[level, index], second) == merkle.root(NODES, second)


@given(st.integers(1, 10**9), st.data())
def test_a_proof_in_a_log_of_a_thousand_million_reads_few_nodes_all_of_them_known_before(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    wanted = merkle.nodes_read(lambda nodes: merkle.inclusion_proof(nodes, index, size))
    assert len(wanted) <= 60
    assert all((position + 1) << level <= size for level, position in wanted)
    read: set[tuple[int, int]] = set()

    def nodes(level: int, position: int) -> bytes:
        read.add((level, position))
        return hashlib.sha256(f"{level} {position}".encode()).digest()

    merkle.inclusion_proof(nodes, index, size)
    assert read == wanted


class Kind(StrEnum):
    SOLAR = "solar"


def test_facts_have_one_spelling() -> None:
    facts = {
        "z": Decimal("1.50"),
        "a": Fraction(2, 6),
        "when": datetime(2022, 3, 1, 2, 0, tzinfo=timezone(timedelta(hours=2))),
        "on": date(2022, 3, 1),
        "id": UUID(int=7),
        "é": 'Möller "x"\n',
        "list": (1, True, None),
        "kind": Kind.SOLAR,
        "small": Decimal("1E-7"),
        "large": 10**30,
        "inner": {"b": 1, "a": 2},
    }
    assert merkle.canonical(facts).decode() == (
        '{"a":"1/3","id":"00000000-0000-0000-0000-000000000007","inner":{"a":2,"b":1},"kind":"solar",'
        '"large":1000000000000000000000000000000,"list":[1,true,null],"on":"2022-03-01","small":"0.0000001",'
        '"when":"2022-03-01T00:00:00.000000Z","z":"1.50","é":"Möller \\"x\\"\\n"}'
    )


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        Decimal("NaN"),
        Decimal("Infinity"),
        datetime(2022, 1, 1, tzinfo=UTC).replace(tzinfo=None),
        b"bytes",
        {1: "a"},
        {"a": {2.0}},
        "\ud800",
    ],
)
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        merkle.canonical({"fact": [value]})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_facts_read_back_and_written_again_are_the_same_bytes(facts: object) -> None:
    spelled = merkle.canonical(facts)
    assert merkle.canonical(json.loads(spelled)) == spelled
    assert json.loads(spelled) == facts


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 3), min_size=2))
def test_the_order_in_which_facts_were_noted_does_not_matter(facts: dict[str, int]) -> None:
    assert merkle.canonical(dict(reversed(facts.items()))) == merkle.canonical(facts)


def test_a_confidential_fact_is_fixed_but_cannot_be_guessed_or_compared() -> None:
    salt = os.urandom(32)
    content = merkle.event_leaf({"action": "sign"}, {"signer": "A. Person", "witness": "A. Person"}, salt)
    assert content["signer"] != content["witness"], "equal facts must not look equal"
    assert "Person" not in merkle.canonical(content).decode()
    assert content["signer"] == {"salted": merkle.salted_digest("A. Person", merkle.fact_salt(salt, "signer"))}
    shown = hashlib.sha256(merkle.fact_salt(salt, "signer") + b'"A. Person"').hexdigest()
    assert content["signer"] == {"salted": shown}, "as the proof's documentation tells a reader to compute it"
    with pytest.raises(ValueError, match="salt"):
        merkle.event_leaf({}, {"signer": "A. Person"}, b"short")
    with pytest.raises(ValueError, match="at once"):
        merkle.event_leaf({"signer": 1}, {"signer": 1}, salt)


def test_the_signing_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    got: list[bytes] = []
    askers = [threading.Thread(target=lambda: got.append(signing.public_bytes(signing.load_or_create_key(tmp_path)))) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(got) == 8
    assert len(set(got)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [signing.KEY_FILE]
    assert (tmp_path / signing.KEY_FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / signing.KEY_FILE).chmod(0o640)
    with pytest.raises(signing.KeyRefused, match="chmod 600"):
        signing.load_or_create_key(tmp_path)


def test_a_signature_holds_for_its_own_words_and_key_only(tmp_path: Path) -> None:
    key, other = (signing.load_or_create_key(tmp_path / name) for name in ("a", "b"))
    signature = signing.sign(key, b"words")
    assert signing.verify(signing.public_bytes(key), signature, b"words")
    assert not signing.verify(signing.public_bytes(key), signature, b"words!")
    assert not signing.verify(signing.public_bytes(other), signature, b"words")
    assert not signing.verify(b"short", signature, b"words")
    assert not signing.verify(signing.public_bytes(key), b"", b"words")


SERIALS = "MN-2022-R000001-M000001-000000001..000000030"
AT = "2022-06-01T12:00:00.000000Z"
WIND, PLANT = ({"account_number": number, "kind": "general", "organisation": name} for number, name in (("GA-1", "Wind"), ("GA-2", "Plant")))
ORIGIN = {"account_number": "OA-1", "kind": "origination", "organisation": "Minnesota"}
PAPER = "ab" * 32
TOLD: dict[int, dict[str, Any]] = {
    2: {"action": "mv_report.submit", "facts": {"documents": [PAPER]}},
    3: {
        "action": "mv_report.issue", "at": AT, "subject": {"title": "Report 1"},
        "facts": {"serials": [SERIALS], "approved_mwh": ["2022: 30"], "carry_out": ["2022: 0"], "reasons": "In order.", "ercs": 30},
    },
    8: {
        "action": "erc_transaction.record", "at": AT,
        "facts": {"transaction_kind": "transfer", "serials": [SERIALS], "from_account": "GA-1", "to_account": "GA-2", "reason": "Sold", "quantity": 30},
    },
}  # fmt: skip
"""Events of the log of nine that speak of the trace's ERCs."""


def downloaded() -> dict[str, Any]:
    """What a trace of thirty ERCs says beside its proof: submitted, issued, sold."""
    issued = {"kind": "issue", "when": AT, "from": ORIGIN, "to": WIND, "status_before": "", "status_after": "active", "reason": ""}
    sold = {
        "kind": "transfer",
        "when": AT,
        "from": WIND,
        "to": PLANT,
        "status_before": "active",
        "status_after": "active",
        "reason": "Sold",
        "event_id": "event-8",
    }
    decided = {"event_id": "event-3", "action": "mv_report.issue", "kind": "decision", "when": AT, "words": "Issued: Report 1", "reason": "In order."}
    return {
        "serial": SERIALS, "vintage_year": 2022, "issuing_state": "MN", "status": "active", "holder": PLANT,
        "resource": {"code": "R000001"}, "mv_report": {"code": "M000001"},
        "calculation": {"ercs": 30, "approved_mwh": "30", "carry_out_mwh": "0"},
        "documents": [{"kind": "meter_readings", "title": "Readings", "sha256": PAPER}, {"kind": "certificate", "title": "Certificate", "sha256": "cd" * 32}],
        "history": [decided, issued, sold], "time_zone": "America/Chicago",
        "words": f"ERCs {SERIALS} are thirty. They were issued on June 1, 2022 by the state of MN and are now in the general account of Plant.",
    }  # fmt: skip


@pytest.fixture
def trace(tmp_path: Path) -> dict[str, Any]:
    """A downloaded trace with the proof of three events in a log of nine."""
    key = signing.load_or_create_key(tmp_path)
    salt = bytes(32)
    public = [{"id": f"event-{number}", "action": "note", "ercs": 10 * number, **TOLD.get(number, {})} for number in range(9)]
    contents = [merkle.event_leaf(content, {"by": "a person"}, salt) for content in public]
    nodes = merkle.nodes_of([merkle.event_leaf_hash(content) for content in contents])
    sealed = [proof.sealed_event(contents[at], at, merkle.inclusion_proof(nodes, at, 9)) for at in (3, 8, 2)]
    head = proof.signed_head(key, 9, merkle.root(nodes, 9), datetime(2026, 1, 1, 12, tzinfo=UTC))
    whole: dict[str, Any] = json.loads(json.dumps({**downloaded(), "proof": {"events": sealed, "head": head, "waiting": 0}}))
    return whole


@pytest.mark.rule("14.10")
def test_an_untouched_trace_verifies_with_the_published_key_and_without(trace: dict[str, Any], tmp_path: Path) -> None:
    public_key = signing.public_bytes(signing.load_or_create_key(tmp_path))
    assert proof.verify_trace_file(trace, public_key) == []
    assert proof.verify_trace_file(trace, None) == []


TAMPERINGS: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("was changed", lambda t: t["proof"]["events"][0]["event"].update(ercs=31)),
    ("was changed", lambda t: t["proof"]["events"][0]["event"].update(note="added")),
    ("was changed", lambda t: t["proof"]["events"][0]["event"].pop("action")),
    ("was changed", lambda t: t["proof"]["events"][0].update(leaf_hash="00" * 32)),
    ("does not lead", lambda t: t["proof"]["events"][0].update(index=4)),
    ("does not lead", lambda t: t["proof"]["events"][0].update(index="3")),
    ("does not lead", lambda t: t["proof"]["events"][0]["path"].pop()),
    ("does not lead", lambda t: t["proof"]["events"][1].update(path=["zz"])),
    ("does not lead", lambda t: t["proof"]["events"][1].update(path=None)),
    ("after signing", lambda t: t["proof"]["head"].update(size=10)),
    ("after signing", lambda t: t["proof"]["head"].update(signed_at="2027-01-01T12:00:00.000000Z")),
    ("after signing", lambda t: t["proof"]["head"].update(signature="00" * 64)),
    ("after signing", lambda t: t["proof"]["head"].update(root=1.5)),
    ("log_id", lambda t: t["proof"]["head"].update(log_id="another log")),
    ("no public key", lambda t: t["proof"]["head"].update(public_key="abc")),
    ("cannot have written", lambda t: t["proof"]["events"][0]["event"].update(ercs=30.0)),
    ("has no event", lambda t: t["proof"]["events"][0].pop("event")),
    ("has no event", lambda t: t["proof"]["events"].append("text")),
    ("proves nothing", lambda t: t["proof"].update(events=[])),
    ("proves nothing", lambda t: t["proof"].pop("head")),
    ("no proof", lambda t: t.pop("proof")),
    ("differs from its sealed words in action", lambda t: t["history"][0].update(action="cancel")),
    ("is not in the proof", lambda t: t["history"][0].update(event_id="event-7")),
    ("names no serial", lambda t: t.pop("serial")),
    ("The file says surrendered", lambda t: t.update(status="surrendered")),
    ("The holder is not", lambda t: t["holder"].update(organisation="Mallory")),
    ("does not begin where", lambda t: t["history"][1]["to"].update(account_number="GA-9")),
    ("does not begin with an issue", lambda t: t["history"].clear()),
    ("does not leave ERCs held", lambda t: t["history"][2].update(status_after="held")),
    ("leaves out a transfer", lambda t: t["history"].pop()),
    ("leaves out an issue", lambda t: t["history"].pop(1)),
    ("of 2 movements", lambda t: t["history"].extend([t["history"][2] | {"event_id": None}] * 2)),
    ("otherwise than it was sealed: receiver", lambda t: t["history"][2]["to"].update(account_number="GA-9")),
    ("otherwise than it was sealed: reason", lambda t: t["history"][2].update(reason="Given")),
    ("otherwise than it was sealed: time", lambda t: t["history"][0].update(when="2021-01-01T00:00:00.000000Z")),
    ("otherwise than it was sealed: reason", lambda t: t["history"][0].update(reason="Because")),
    ("The calculation says 31 ERCs; 30 were issued", lambda t: t["calculation"].update(ercs=31)),
    ("approved_mwh is not what was decided", lambda t: t["calculation"].update(approved_mwh="31")),
    ("not made of the state", lambda t: t.update(vintage_year=2023)),
    ("not made of the state", lambda t: t["resource"].update(code="R000002")),
    ("the events: status and holder", lambda t: t.update(words=t["words"].replace("Plant", "Mallory"))),
    ("the events: day of issue", lambda t: t.update(words=t["words"].replace("June 1,", "June 2,"))),
    ("names the digest of “Readings”", lambda t: t["documents"][0].update(sha256="00" * 32)),
]


@pytest.mark.rule("10.13")
@pytest.mark.parametrize(("words", "tamper"), TAMPERINGS)
def test_a_trace_that_was_tampered_with_is_found_and_the_place_named(trace: dict[str, Any], words: str, tamper: Callable[[dict[str, Any]], object]) -> None:
    tamper(trace)
    problems = proof.verify_trace_file(trace, None)
    assert any(words.lower() in problem.lower() for problem in problems), problems


def test_a_trace_made_whole_by_another_key_is_found_with_the_published_one(trace: dict[str, Any], tmp_path: Path) -> None:
    other = signing.public_bytes(signing.load_or_create_key(tmp_path / "other"))
    assert any("another key" in problem for problem in proof.verify_trace_file(trace, other))


@settings(max_examples=60)
@given(JSON)
def test_no_file_whatever_makes_the_verifier_fail_or_pass(anything: object) -> None:
    trace = {"proof": {"events": [{"event": anything, "index": anything, "path": anything}], "head": {"size": anything}}}
    assert proof.verify_trace_file(trace, None)
    assert proof.verify_trace_file({"proof": anything}, None)
    assert proof.verify_trace_file({"proof": {"events": anything, "head": {"public_key": "00" * 32}}}, None)
