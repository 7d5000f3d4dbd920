"""`erc serve` when things go wrong around it: the embedded database is killed, clients send slowly, a file to verify is hostile."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gunicorn.http.errors import InvalidChunkSize
from werkzeug.exceptions import ClientDisconnected

from app.cli import patience, postgres
from tests.system.served import free_port
from tests.system.test_cli import TOP, environment, erc, one_object

SLOW = 60
SECONDS_TO_START = 180


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    root = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path("/tmp")
    found = root / f"erc-serving-{os.getpid()}"
    yield found
    postgres.reset(found)
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture(scope="module")
def port(home: Path) -> Iterator[int]:
    found = free_port()
    command = [sys.executable, "-m", "app.cli", "serve"]
    with subprocess.Popen(command, env=environment(home, PORT=str(found)), cwd=TOP, stderr=subprocess.DEVNULL) as server:
        until = time.monotonic() + SECONDS_TO_START
        while asked(found) != 200:
            assert server.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
        yield found
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0


def asked(port: int, path: str = "/resources", seconds: float = 5) -> int | None:
    """The status of an answer; None when none came in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def test_a_killed_database_is_started_again_and_meanwhile_pages_say_503(home: Path, port: int) -> None:
    pid = postgres.status(home).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    statuses, until = [asked(port, seconds=30)], time.monotonic() + 60
    while statuses[-1] != 200 or len(statuses) == 1:
        assert time.monotonic() < until, statuses
        time.sleep(0.1)
        statuses.append(asked(port, seconds=30))
    assert set(statuses) == {503, 200}
    assert postgres.status(home).pid not in {None, pid}


def slow(port: int, sent: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(sent)
    return client


def test_clients_that_stop_in_the_middle_of_a_request_stop_nobody_else(port: int) -> None:
    host = f"Host: 127.0.0.1:{port}\r\n".encode()
    body = b"POST /sign-in HTTP/1.1\r\n" + host + f"Origin: http://127.0.0.1:{port}\r\n".encode()
    body += b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=a"
    clients = [slow(port, body) for _ in range(SLOW // 2)] + [slow(port, b"GET / HTTP/1.1\r\n" + host) for _ in range(SLOW // 2)]
    time.sleep(1)
    for _ in range(5):
        assert asked(port) == 200
    until = time.monotonic() + patience.QUIET_SECONDS + 10
    for client in clients:
        client.settimeout(max(0.1, until - time.monotonic()))
        answer = client.recv(65_536)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400"), answer[:100]
        client.close()


def test_a_client_that_takes_nothing_of_a_file_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the kernel's buffers hold; whoever reads on gets every byte."""
    monkeypatch.setattr(patience, "SEND_SECONDS", 1)
    large = tmp_path / "large"
    large.write_bytes(os.urandom(20_000_000))
    with socket.create_server(("127.0.0.1", 0)) as listener, large.open("rb") as file:
        for takes in (False, True):
            client = socket.create_connection(listener.getsockname())
            served = patience.PatientSocket(fileno=listener.accept()[0].detach())
            served.limit()
            with client, served, ThreadPoolExecutor(1) as readers:
                if not takes:
                    with pytest.raises(ConnectionResetError):
                        served.sendfile(file, 0, 20_000_000)
                    continue
                took = readers.submit(client.makefile("rb").read)
                assert served.sendfile(file, 5, 19_000_000) == 19_000_000
                served.shutdown(socket.SHUT_WR)
                assert took.result(30) == large.read_bytes()[5:19_000_005]


def test_a_body_in_broken_pieces_is_the_senders_fault_and_gives_the_place_back() -> None:
    class Broken:
        def read(self, _: int) -> bytes:
            raise InvalidChunkSize(b"zz")

    places = threading.BoundedSemaphore(1)
    with places, pytest.raises(ClientDisconnected):
        patience.Body({"wsgi.input": Broken()}, places).read()
    assert places.acquire(blocking=False)


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_a_body_of_no_promised_length_where_no_file_is_taken_is_refused_in_words_after_its_first_megabytes(port: int, accept: str) -> None:
    head = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nAccept: {accept}\r\n"
    client = slow(port, f"{head}Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    client.settimeout(30)
    for _ in range(4):
        client.sendall(b"100000\r\n" + b"x" * 0x100000 + b"\r\n")
    answer = b"".join(iter(lambda: client.recv(65_536), b""))
    client.close()
    assert answer.startswith(b"HTTP/1.1 413"), answer[:200]
    assert b"larger than is taken here: at most 2 MB" in answer


def test_a_sender_that_makes_progress_is_not_cut_off(port: int) -> None:
    """For longer than the patience of the server, though with pauses."""
    fields = b"email=nobody@erc.example&password=" + b"x" * 12_000
    head = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nAccept: application/json\r\n"
    client = slow(port, f"{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(fields)}\r\n\r\n".encode())
    pause = (patience.QUIET_SECONDS + 3) / 6
    for part in range(6):
        client.sendall(fields[part * len(fields) // 6 : (part + 1) * len(fields) // 6])
        time.sleep(pause)
    client.settimeout(10)
    answer = client.recv(65_536)
    assert answer.startswith((b"HTTP/1.1 401", b"HTTP/1.1 422", b"HTTP/1.1 403")), answer[:200]
    assert b"too early" not in answer
    client.close()


NO_TRACE = ['{"parts":5}', '{"parts":[1]}', '{"parts":[]}', "5", "[]", '"x"', "null"]
HOSTILE = [
    *((content, "trace") for content in NO_TRACE),
    *((content, "nested deeper than any is") for content in ("[" * 100_000, '{"proof":' * 90_000)),
    *((content, "no JSON file") for content in ("\ud800", "")),
]
"""What a file holds, and in which words it is refused."""


@pytest.mark.parametrize(("content", "words"), HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_one_object(tmp_path: Path, content: str, words: str) -> None:
    kept = tmp_path / "hostile.json"
    kept.write_bytes(content.encode("utf-8", "surrogatepass"))
    answer = erc(tmp_path / "home", "verify", str(kept), "--json")
    assert answer.returncode == 1
    assert set(one_object(answer)) == {"refused"}
    assert "Traceback" not in answer.stderr
    assert words in answer.stderr


@pytest.mark.parametrize("value", [None, 5, "x", [], [1], {}, {"a": [{}]}, True, -1])
@pytest.mark.parametrize("name", ["proof", "history", "documents", "serial", "calculation", "resource", "holder"])
def test_a_trace_with_a_part_of_another_shape_gives_problems_and_no_traceback(tmp_path: Path, name: str, value: object) -> None:
    from app.proof import verify_trace_file

    head = {"public_key": "00" * 32}
    event = {"id": "1", "action": "mv_report.issue", "facts": {"serials": value, "documents": value}, "subject": value, "at": value}
    trace = {"serial": "CO-2022-R000001-M000001-1", "proof": {"head": head, "events": [{"event": event}], "waiting": value}, name: value}
    assert verify_trace_file(json.loads(json.dumps(trace)), None)
