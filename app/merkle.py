"""The public log's arithmetic: an append-only Merkle tree after RFC 9162 section 2.1, and the bytes its leaves hash.

Every act on a credit leaves one event that nobody can later change unseen (rule 10.13): the tree's root fixes all
events up to it, and a path of a few hashes proves that one event is among them. Pure: hashlib and json only.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

Nodes = Callable[[int, int], bytes]
"""The hash of a complete subtree: of level l and index i, it covers the leaves from i * 2**l up to (i + 1) * 2**l."""

Row = tuple[int, int, bytes]
"""A node to store: level, index, hash. A node once stored never changes."""

EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes_of(leaf_hashes: Sequence[bytes]) -> Nodes:
    """The nodes over leaf hashes held in memory."""
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]


def append(nodes: Nodes, size: int, leaf: bytes) -> list[Row]:
    """The nodes that come into being when a leaf hash joins a tree of `size` leaves: one, and one for each carry."""
    rows: list[Row] = [(0, size, leaf)]
    level, index = 0, size
    while index & 1:
        leaf = node_hash(nodes(level, index - 1), leaf)
        level, index = level + 1, index >> 1
        rows.append((level, index, leaf))
    return rows


def extend(nodes: Nodes, size: int, leaves: Iterable[bytes]) -> list[Row]:
    """The nodes that come into being when several leaf hashes join in order; reads at most one old node a level."""
    made: dict[tuple[int, int], bytes] = {}

    def known(level: int, index: int) -> bytes:
        return made[level, index] if (level, index) in made else nodes(level, index)

    for position, leaf in enumerate(leaves, size):
        made.update({(level, index): found for level, index, found in append(known, position, leaf)})
    return [(level, index, found) for (level, index), found in made.items()]


def root(nodes: Nodes, size: int) -> bytes:
    """The hash of the whole tree of `size` leaves."""
    return _span(nodes, 0, size) if size else EMPTY_ROOT


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The path from leaf `index` to the root of the tree of `size` leaves (RFC 9162 section 2.1.3.1)."""
    return [_span(nodes, start, width) for start, width in _inclusion_spans(index, size)]


def inclusion_proofs(nodes_of: Callable[[set[tuple[int, int]]], Mapping[tuple[int, int], bytes]], indexes: Iterable[int], size: int) -> dict[int, list[bytes]]:
    """The paths of many leaves of one tree. `nodes_of` is asked once for all nodes; what the paths share is hashed once."""
    spans = {index: _inclusion_spans(index, size) for index in indexes}
    shared = {span for path in spans.values() for span in path}
    nodes = nodes_of({pair for start, width in shared for pair in _whole_nodes(start, width)})
    hashed = {(start, width): _span(lambda level, index: nodes[level, index], start, width) for start, width in shared}
    return {index: [hashed[span] for span in path] for index, path in spans.items()}


def _inclusion_spans(index: int, size: int) -> list[tuple[int, int]]:
    """First leaf and number of leaves under each hash of a path, the lowest first."""
    _check_index(index, size)
    start, width = 0, size
    path: list[tuple[int, int]] = []
    while width > 1:
        left = _largest_power_below(width)
        if index - start < left:
            path.append((start + left, width - left))
            width = left
        else:
            path.append((start, left))
            start, width = start + left, width - left
    return path[::-1]


def _whole_nodes(start: int, width: int) -> Iterator[tuple[int, int]]:
    """The stored nodes, level and index, of which a span's hash is made."""
    while width:
        left = 1 << (width.bit_length() - 1)
        yield left.bit_length() - 1, start // left
        start, width = start + left, width - left


def consistency_proof(nodes: Nodes, first: int, second: int) -> list[bytes]:
    """What shows that the tree of `first` leaves begins the tree of `second` leaves (RFC 9162 section 2.1.4.1)."""
    if not 0 < first <= second:
        raise ValueError(f"A tree of {first} leaves cannot begin a tree of {second}.")
    start, width = 0, second
    path: list[bytes] = []
    while start + width != first:
        left = _largest_power_below(width)
        if first - start <= left:
            path.append(_span(nodes, start + left, width - left))
            width = left
        else:
            path.append(_span(nodes, start, left))
            start, width = start + left, width - left
    if start:
        path.append(_span(nodes, start, width))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], tree_root: bytes) -> bool:
    """Whether the path leads from this leaf hash at this index to this root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = node_hash(step, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    return last == 0 and hmac.compare_digest(found, tree_root)


def verify_consistency(first: int, second: int, path: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    """Whether the second tree keeps all that the first one held, in the same order (RFC 9162 section 2.1.4.2)."""
    if first == second:
        return not path and hmac.compare_digest(first_root, second_root)
    if not 0 < first < second or not path:
        return False
    steps = list(path) if first & (first - 1) else [first_root, *path]
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, step)
        position, last = position >> 1, last >> 1
    return last == 0 and hmac.compare_digest(old, first_root) and hmac.compare_digest(new, second_root)


def nodes_read(ask: Callable[[Nodes], object]) -> set[tuple[int, int]]:
    """The (level, index) of every node that a question reads, so that one SELECT can fetch them before it is asked.

    `nodes_read(lambda nodes: inclusion_proof(nodes, 5, 100))`; the shape of a proof does not depend on the hashes.
    """
    wanted: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add((level, index))
        return b""

    ask(note)
    return wanted


def canonical(facts: object) -> bytes:
    """One spelling for each fact: JSON in UTF-8, keys sorted by code point, no spaces, exact numbers as strings.

    Decimal keeps its digits, Fraction is "n/d", an instant is UTC with six decimals. Reading the bytes as JSON and
    writing them again gives the same bytes. Raises TypeError for a float or any other kind, ValueError for what has
    no one spelling.
    """
    return json.dumps(plain(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def event_leaf(public: Mapping[str, object], confidential: Mapping[str, object] | None = None, salt: bytes = b"") -> dict[str, object]:
    """What the log says of an event: its public facts as they are, each confidential one as a salted digest.

    The result is what a trace publishes; `event_leaf_hash` of it is the leaf. The salt stays with the private row.
    """
    hidden = confidential or {}
    if shared := public.keys() & hidden.keys():
        raise ValueError(f"{sorted(shared)} cannot be public and confidential at once.")
    if hidden and len(salt) < 16:
        raise ValueError("Confidential facts need a salt of at least 16 random bytes, or they could be guessed.")
    salted = {name: {"salted": salted_digest(value, fact_salt(salt, name))} for name, value in hidden.items()}
    content = plain({**public, **salted})
    assert isinstance(content, dict)
    return content


def event_leaf_hash(content: Mapping[str, object]) -> bytes:
    return leaf_hash(canonical(content))


def fact_salt(salt: bytes, name: str) -> bytes:
    """The salt of one fact of an event: it can be shown to prove that fact without opening the others to guessing."""
    return hmac.new(salt, name.encode(), hashlib.sha256).digest()


def salted_digest(value: object, salt: bytes) -> str:
    """The digest, in hexadecimal, that stands for a confidential fact."""
    return hashlib.sha256(salt + canonical(value)).hexdigest()


def head_bytes(log_id: str, size: int, tree_root: bytes, signed_at: datetime) -> bytes:
    """The bytes that a signed head signs: which log, how many events, their root, and when."""
    return canonical({"log_id": log_id, "size": size, "root": tree_root.hex(), "signed_at": signed_at})


PLAIN = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """The value as JSON knows it. Its own kinds go first and fast, because every answer and every leaf passes through here."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is dict and all(type(key) is str for key in value):
        return {key: inner if type(inner) in PLAIN else plain(inner) for key, inner in value.items()}
    if kind is list:
        return [inner if type(inner) in PLAIN else plain(inner) for inner in value]
    return _plain_of_any_kind(value)


def _plain_of_any_kind(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return str.__str__(value)  # A member of an enumeration is its value.
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("The names of facts are text.")
        return {str.__str__(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(inner) for inner in value)
    return _spelled(value)


def _spelled(value: object) -> str:
    match value:
        case Decimal() if value.is_finite():
            return format(value, "f")
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
        case datetime() | Decimal():
            raise ValueError(f"{value!r} has no one spelling: an instant names its zone, a number is finite.")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
    raise TypeError(f"{type(value).__name__} is not a kind of fact; a float would lose digits, use Decimal.")


def _span(nodes: Nodes, start: int, width: int) -> bytes:
    """The hash over `width` leaves from `start`; start is a multiple of the power of two that is not below width."""
    if width & (width - 1) == 0:
        return nodes(width.bit_length() - 1, start // width)
    left = _largest_power_below(width)
    return node_hash(_span(nodes, start, left), _span(nodes, start + left, width - left))


def _largest_power_below(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


def _check_index(index: int, size: int) -> None:
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} leaves has no leaf {index}.")
