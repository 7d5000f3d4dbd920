"""How a file comes in: streamed to a temporary place and hashed on the way, judged by its content, then stored once, before any transaction.

A file without its row is harmless; a row without its file is impossible; nothing is stored that was not hashed and looked at.
"""

import hashlib
import io
import tempfile
from dataclasses import asdict, dataclass
from typing import IO, Any, BinaryIO, Protocol

from app.documents.actions import inspection
from app.documents.actions.names import clean_file_name
from app.documents.queries import store, told_as_refusals
from app.errors import Invalid
from storage import Readable, key_of

PIECE = 1 << 20
IN_MEMORY_BYTES = 4 << 20


@dataclass(frozen=True)
class Received:
    """A file that is stored and can be deposited."""

    file_name: str
    media_type: str
    sha256: str
    size_bytes: int

    @property
    def facts(self) -> dict[str, Any]:
        """The same as plain values, to be kept over a refused form."""
        return asdict(self)


class Uploaded(Protocol):
    """What a form brings: the name, and either the stream or the facts of an earlier attempt that stored it."""

    file_name: str
    stream: BinaryIO | None
    stored: dict[str, Any]


def received(uploaded: Uploaded) -> Received:
    """The file of a form, stored now unless an earlier attempt did. Raises Invalid."""
    if uploaded.stored:
        facts = {name: uploaded.stored[name] for name in ("media_type", "sha256", "size_bytes")}
        return Received(clean_file_name(uploaded.file_name), **facts)
    if uploaded.stream is None:
        raise inspection.refused("No file came.", "Choose a file.")
    found = receive(uploaded.stream, uploaded.file_name)
    uploaded.stored = found.facts
    return found


def receive_bytes(content: bytes, file_name: str) -> Received:
    """The same for a file that the program made itself."""
    return receive(io.BytesIO(content), file_name)


def receive(stream: Readable, file_name: str) -> Received:
    """Hash, judge and store a file. Raises Invalid with the field `file`, saying what is wrong with it and what to do, and Unavailable."""
    name = clean_file_name(file_name)
    inspection.check_ending(name)
    with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as waiting:
        sha256, size_bytes = _copied(stream, waiting)
        if size_bytes == 0:
            raise inspection.refused(f"“{name}” is empty.", "Look whether it was saved, and choose it again.")
        media_type = _judged(waiting, name)
        waiting.seek(0)
        with told_as_refusals(sha256):
            store().put_once(key_of(sha256), waiting, size_bytes, sha256)
    return Received(name, media_type, sha256, size_bytes)


def _copied(stream: Readable, waiting: IO[bytes]) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        digest.update(piece)
        waiting.write(piece)
        size_bytes += len(piece)
    return digest.hexdigest(), size_bytes


def _judged(waiting: IO[bytes], name: str) -> str:
    try:
        return inspection.media_type(waiting, name)
    except Invalid as refusal:
        raise inspection.refused(f"“{name}”: {refusal.words}", refusal.what_to_do or "Choose another file.") from refusal
