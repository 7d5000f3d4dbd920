"""The server's patience with slow clients: reading a request takes none of the places in which the application works, and is not waited for without end.

Many threads read requests and send answers, few run the application: while a body is waited for, its place is another's. A client
that sends next to nothing for a while is cut off, one that takes nothing of its answer too; what makes progress is never cut off.
"""

import errno
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, cast

import structlog
from gunicorn.http.errors import ParseException
from gunicorn.util import close_graceful
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.exceptions import ClientDisconnected

from app.web.bodies import MOST_BYTES, SMALL_BODY_BYTES

QUIET_SECONDS = 15
LEAST_BYTES = 1024
"""A sender is cut off when it sends nothing for QUIET_SECONDS, or fewer bytes than these while it was waited for that long."""
SEND_SECONDS = 60
LEAVE_BYTES = 16 << 20
"""So much of what comes after the answer is thrown away before the connection is closed: a sender who reads only when all is sent still learns why."""
PIECE = 1 << 16
IN_MEMORY_BYTES = 1 << 20
LOG = structlog.get_logger("erc.serve")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class PatientSocket(socket.socket):
    """A connection whose blocking reads and writes end: the kernel counts the seconds of each, this class what came in them."""

    waited_seconds = 0.0
    came_bytes = 0

    def limit(self) -> None:
        self.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", QUIET_SECONDS, 0))
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        began = time.monotonic()
        try:
            piece = super().recv(size, flags)
        except BlockingIOError:
            if self.gettimeout() is not None:
                raise
            raise self._cut_off(QUIET_SECONDS) from None
        self.waited_seconds += time.monotonic() - began
        self.came_bytes += len(piece)
        if self.waited_seconds > QUIET_SECONDS:
            if piece and self.came_bytes < LEAST_BYTES:
                raise self._cut_off(QUIET_SECONDS)
            self.waited_seconds, self.came_bytes = 0.0, 0
        return piece

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        try:
            super().sendall(data, flags)
        except BlockingIOError:
            if self.gettimeout() is not None:
                raise
            raise self._cut_off(SEND_SECONDS) from None

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Give a file by pieces that each end: what Python does for this would wait for the client without end."""
        file.seek(offset)
        sent = 0
        while piece := file.read(PIECE if count is None else min(PIECE, count - sent)):
            self.sendall(piece)
            sent += len(piece)
        return sent

    def _cut_off(self, waited_seconds: int) -> ConnectionResetError:
        """The error with which gunicorn closes a connection without a word."""
        LOG.warning("slow_client_cut_off", waited_seconds=waited_seconds)
        return ConnectionResetError(errno.ECONNRESET, "The client sent or took next to nothing.")


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker with such connections, each of which is taken leave of by its own thread, since that too waits for the client."""

    def enqueue_req(self, conn: Any) -> None:
        if not isinstance(conn.sock, PatientSocket):
            conn.sock = PatientSocket(fileno=conn.sock.detach())
            conn.sock.limit()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        goes_on = super().handle(conn)
        if goes_on is False:
            close_graceful(conn.sock, max_drain=LEAVE_BYTES)
            conn.close = _closed_already
        return goes_on


def _closed_already(graceful: bool = False) -> None:
    """What is left to do for the thread that accepts connections: nothing."""


class Places:
    """The application in so many places at once: each is taken until the answer begins, and is free for others while a body is waited for."""

    def __init__(self, application: Application, places: int) -> None:
        self._application, self._places = application, threading.BoundedSemaphore(places)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["wsgi.input"] = Body(environ, self._places)
        with self._places:
            return self._application(environ, start)


class Body:
    """What a client sends. When the application first asks for it, and only then, all of it is waited for without a place.

    A body of no promised length is read up to one byte more than the application takes at this address, which is a small one unless
    the application has said otherwise by then; one that ends before its promised end is refused.
    """

    def __init__(self, environ: dict[str, Any], places: threading.BoundedSemaphore) -> None:
        self._source, self._environ, self._places = environ["wsgi.input"], environ, places
        self._kept: BinaryIO | None = None

    def read(self, size: int = -1) -> bytes:
        return self._whole().read(size)

    def readline(self, size: int = -1) -> bytes:
        return self._whole().readline(size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._whole())

    def _whole(self) -> BinaryIO:
        if self._kept is None:
            self._places.release()
            try:
                self._kept = self._received()
            except (ConnectionError, ParseException) as failure:
                raise ClientDisconnected("What was sent ended too early, or is no body at all.") from failure
            finally:
                self._places.acquire()
        return self._kept

    def _received(self) -> BinaryIO:
        promised = self._environ.get("CONTENT_LENGTH") or ""
        left = int(promised) if promised.isdecimal() else self._environ.get(MOST_BYTES, SMALL_BODY_BYTES) + 1
        kept = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES))  # noqa: SIM115 - it lives as long as the request.
        while left and (piece := self._source.read(min(PIECE, left))):
            kept.write(piece)
            left -= len(piece)
        if left and promised:
            raise ConnectionError
        kept.seek(0)
        return kept
