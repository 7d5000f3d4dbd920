"""What a reader can check alone: that the events of a downloaded trace stand in the signed public log, word for word.

A trace is public (rules 14.1 to 14.7); its proof lets anyone who keeps the file, and the log's public key, find out
whether the state says the same today. Nothing here asks the server.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.merkle import canonical, event_leaf_hash, head_bytes, verify_consistency, verify_inclusion
from app.signing import log_id, public_bytes, sign, verify
from app.testimony import contradictions

Facts = Mapping[str, Any]


def signed_head(key: Ed25519PrivateKey, size: int, tree_root: bytes, signed_at: datetime) -> dict[str, Any]:
    """The head of the log at this size, signed, in the words in which it is published."""
    public_key = public_bytes(key)
    signed = head_bytes(log_id(public_key), size, tree_root, signed_at)
    said: dict[str, Any] = json.loads(signed)
    return {**said, "signature": sign(key, signed).hex(), "public_key": public_key.hex()}


def sealed_event(content: Facts, index: int, path: Sequence[bytes], leaf: bytes | None = None) -> dict[str, Any]:
    """One entry of a proof: what `event_leaf` said of the event, where it stands, and its path to the head's root.

    `leaf` is the hash that was sealed; whoever checks the proof computes it anew, so here it is computed only when it is not at hand.
    """
    sealed = event_leaf_hash(content) if leaf is None else leaf
    return {"event": dict(content), "leaf_hash": sealed.hex(), "index": index, "path": [step.hex() for step in path]}


def verify_trace_file(trace: Facts, public_key: bytes | None) -> list[str]:
    """What is wrong with the proof of a downloaded trace, in words; an empty list means that all of it holds.

    Without a public key from elsewhere, the one in the file is used: that shows the file whole, not who made it.
    A history line that names its event by `event_id` must say what that event says, and the rest of the file must agree with the events.
    """
    proof = trace.get("proof")
    if not isinstance(proof, Mapping):
        return ["The file has no proof: its events are not sealed yet, or it is not a trace. Download it again."]
    head, sealed = proof.get("head"), proof.get("events")
    if not isinstance(head, Mapping) or not isinstance(sealed, list) or not sealed:
        return ["The proof has no signed head or no events, so it proves nothing. Download the trace again."]
    problems = _head_problems(head, public_key)
    for entry in sealed:
        problems += _event_problems(entry, head)
    events = [entry["event"] for entry in sealed if isinstance(entry, Mapping) and isinstance(entry.get("event"), Mapping)]
    return problems + _history_problems(trace.get("history"), sealed) + contradictions(trace, events)


def verify_growth(kept: Facts, growth: Facts, public_key: bytes | None) -> list[str]:
    """What is wrong with a downloaded proof that the log only grew since a head that somebody kept; an empty list means that all of it holds.

    The kept head is checked with the key that it names, which may be one that was replaced since, the new one with `public_key` where it is given.
    """
    head = growth.get("head")
    if not isinstance(head, Mapping):
        return ["The proof has no signed head, so it proves nothing. Download it again."]
    problems = [f"The kept head: {problem}" for problem in _head_problems(kept, None)] + _head_problems(head, public_key)
    if kept.get("size") != growth.get("from_size"):
        problems.append(
            f"The proof begins at {growth.get('from_size')} events, the kept head holds {kept.get('size')}. Download /log/growth/{kept.get('size')}."
        )
    elif not _grown(kept, head, growth.get("steps")):
        problems.append(
            "The log of the new head does not begin with the events of the kept head: something was changed or dropped. Keep both files and ask the state."
        )
    return problems


def _grown(kept: Facts, head: Facts, steps: object) -> bool:
    first, second, old_root, new_root = kept.get("size"), head.get("size"), _hex(kept.get("root")), _hex(head.get("root"))
    path = _hashes(steps)
    if type(first) is not int or type(second) is not int or path is None or old_root is None or new_root is None:
        return False
    return verify_consistency(first, second, path, old_root, new_root)


def _head_problems(head: Facts, public_key: bytes | None) -> list[str]:
    named = _hex(head.get("public_key"))
    if named is None or len(named) != 32:
        return ["The head names no public key of 32 bytes."]
    problems = []
    if public_key is not None and named != public_key:
        problems.append(
            f"The head is signed with another key, {named.hex()}, than the one that it is checked with, {public_key.hex()}: it is not the head of that log, "
            "unless the log's page publishes it as an older key. Then give it as --public-key."
        )
    if head.get("log_id") != log_id(named):
        problems.append("The head's log_id is not the name of its public key.")
    said = {name: head.get(name) for name in ("log_id", "size", "root", "signed_at")}
    if not verify(named, _hex(head.get("signature")) or b"", _spelling(said) or b""):
        problems.append("The head's signature does not fit what the head says: it was changed after signing.")
    return problems


def _event_problems(entry: object, head: Facts) -> list[str]:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("event"), Mapping):
        return ["An entry of the proof has no event."]
    name = _name(entry)
    spelling = _spelling(entry["event"])
    if spelling is None:
        return [f"{name} holds a number or text that the log cannot have written."]
    leaf = event_leaf_hash(entry["event"])
    problems = []
    if _hex(entry.get("leaf_hash")) != leaf:
        problems.append(f"{name} was changed: its words do not give its leaf hash.")
    if not _included(leaf, entry, head):
        problems.append(f"{name} is not shown to stand in the log: its path does not lead to the head's root.")
    return problems


def _included(leaf: bytes, entry: Facts, head: Facts) -> bool:
    index, size, root, path = entry.get("index"), head.get("size"), _hex(head.get("root")), _hashes(entry.get("path"))
    if type(index) is not int or type(size) is not int or root is None or path is None:
        return False
    return verify_inclusion(leaf, index, size, path, root)


def _hashes(steps: object) -> list[bytes] | None:
    """The hashes that a file spells in hexadecimal; None when one of them is none."""
    if not isinstance(steps, list):
        return None
    found = [one for one in map(_hex, steps) if one is not None and len(one) == 32]
    return found if len(found) == len(steps) else None


def _history_problems(history: object, sealed: list[Facts]) -> list[str]:
    """Where a line of the history names an event that is not proved, or says another thing than that event."""
    proved = (entry.get("event") for entry in sealed if isinstance(entry, Mapping))
    events = {str(event.get("id")): event for event in proved if isinstance(event, Mapping)}
    problems = []
    for line in history if isinstance(history, list) else []:
        if not isinstance(line, Mapping) or "event_id" not in line:
            continue
        event = events.get(str(line["event_id"]))
        if event is None:
            problems.append(f"The history's event {line['event_id']} is not in the proof.")
            continue
        shared = sorted(line.keys() & event.keys())
        if differing := [key for key in shared if _spelling(line[key]) != _spelling(event[key])]:
            words = ", ".join(differing)
            problems.append(f"The history's event {line['event_id']} differs from its sealed words in {words}.")
    return problems


def _name(entry: Facts) -> str:
    return f"The event {entry['event'].get('id', 'without id')} at index {entry.get('index')}"


def _spelling(value: object) -> bytes | None:
    try:
        return canonical(value)
    except (TypeError, ValueError, RecursionError):
        return None


def _hex(value: object) -> bytes | None:
    try:
        return bytes.fromhex(value) if isinstance(value, str) else None
    except ValueError:
        return None
