"""Streams that are hashed while they pass, and parts of streams; at most one piece of a file is in memory."""

import hashlib
import io
from collections.abc import Callable
from typing import BinaryIO

from storage.errors import WrongDigest, WrongSize
from storage.objects import Readable

PIECE = 1 << 20  # Bytes read at a time.


def copy_checked(stream: Readable, out: Readable | BinaryIO, sha256: str, size: int | None, limit: int | None = None) -> int:
    """Copy a stream while hashing it; returns its size in bytes.

    Raises WrongSize as soon as more than `size` (or `limit`) bytes come, or fewer than `size`; WrongDigest at the end.
    """
    write: Callable[[bytes], object] = out.write  # type: ignore[union-attr]
    most = size if size is not None else limit
    digest, seen = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        seen += len(piece)
        if most is not None and seen > most:
            raise WrongSize(f"More than the {most} bytes promised or allowed; nothing was kept.")
        digest.update(piece)
        write(piece)
    if size is not None and seen != size:
        raise WrongSize(f"{seen} bytes came where {size} were promised; nothing was kept. Send the file again.")
    if digest.hexdigest() != sha256:
        raise WrongDigest(f"The bytes have the digest {digest.hexdigest()}, not {sha256}; nothing was kept. Send the file again.")
    return seen


def hashed(stream: Readable, out: BinaryIO | None = None) -> str:
    """The SHA-256 digest of what is left of a stream, in hexadecimal; what was read is copied to `out`."""
    digest = hashlib.sha256()
    while piece := stream.read(PIECE):
        digest.update(piece)
        if out is not None:
            out.write(piece)
    return digest.hexdigest()


class Window(io.RawIOBase):
    """At most `length` bytes of a stream; closing it closes the stream."""

    def __init__(self, source: BinaryIO, length: int | None = None) -> None:
        self._source, self._left = source, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        piece = self._source.read(wanted) if wanted else b""
        buffer[: len(piece)] = piece
        if self._left is not None:
            self._left -= len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


def windowed(source: BinaryIO, length: int | None = None) -> BinaryIO:
    return io.BufferedReader(Window(source, length), PIECE)


def check_range(start: int, end: int | None) -> None:
    if start < 0 or (end is not None and end < start):
        raise ValueError(f"The range from {start} to {end} runs backwards or begins before the first byte.")
