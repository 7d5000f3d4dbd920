"""Many at once against the real server: people who read, programs of other systems that fetch lists, and people who send ERCs (rule 10.17).

The same crowd asks a bare Flask view behind the same server in turn, so that a figure says what the application adds to what the machine can do.
"""

import http.client
import json
import os
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Barrier
from types import SimpleNamespace
from uuid import uuid4

from flask import Flask

from app import db
from app.cli.serving import gunicorn_command
from app.config import Settings
from app.programme import actions as programme
from bench.ground import Ground
from bench.measuring import Figure
from tests import builders_matters as matters
from tests.system.served import free_port

ROUNDS = 3
READING_50, READING_95, SENDING_50, SENDING_95 = 50.0, 60.0, 80.0, 80.0
"""How many times as long as a bare view an answer may take: so that a page stays within a second or two where a bare view needs ten milliseconds."""

STOCK = 1_000_000
BARE_BYTES = 20_000
SECONDS_TO_START = 90
APPLICATION, BARE = "app.cli.serving:application()", "bench.loading:bare()"


@dataclass(frozen=True)
class Crowd:
    """How many ask at once, and how often each of them."""

    readers: int = 16
    systems: int = 4
    senders: int = 4
    each: int = 25

    @property
    def size(self) -> int:
        return self.readers + self.systems + self.senders


@dataclass(frozen=True)
class Asked:
    """What is asked for: pages, lists for programs, and the transfer of one ERC from an account."""

    pages: Sequence[str]
    lists: Sequence[str]
    transfer: str
    to_number: str
    token: str


@dataclass(frozen=True)
class Took:
    """The seconds of every answer, by who asked."""

    reading: list[float]
    sending: list[float]


def figures(ground: Ground) -> list[Figure]:
    asked, crowd = prepared(ground.world), Crowd()
    with served(ground.settings, APPLICATION) as port, served(ground.settings, BARE) as bare_port:
        rounds = [(loaded(bare_port, crowd, None), loaded(port, crowd, asked)) for _ in range(ROUNDS + 1)][1:]
    ground.demand_audit_finds_nothing()
    bare = [one for took, _ in rounds for one in took.reading + took.sending]
    reading, sending = [one for _, took in rounds for one in took.reading], [one for _, took in rounds for one in took.sending]
    said = f"by {crowd.size} at once, times as long as a bare view"
    return [
        compared(f"half of the pages, traces and lists, {said}", reading, bare, 50, READING_50),
        compared("95 of 100 of them", reading, bare, 95, READING_95),
        compared("half of the transfers sent meanwhile", sending, bare, 50, SENDING_50),
        compared("95 of 100 of them", sending, bare, 95, SENDING_95),
    ]


def compared(words: str, ours: list[float], bare: list[float], percent: int, goal: float) -> Figure:
    mine, theirs = within(ours, percent), within(bare, percent)
    return Figure(words, mine / theirs, goal, True, f"{mine * 1000:,.0f} ms against {theirs * 1000:,.0f} ms, {len(ours):,} answers")


def within(seconds: list[float], percent: int) -> float:
    """The seconds within which so many of a hundred answers came."""
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


def prepared(world: SimpleNamespace) -> Asked:
    """ERCs to send, and addresses of every kind of page that the public reads."""
    with db.writing() as session:
        source, receiver = matters.account(session, world), matters.account(session, world)
        farm = matters.approved_application(session, world).resource
        report, serials = matters.issued_report(session, world, STOCK, 2024, farm)
        matters.sent(session, world, serials, to=source)
        token = programme.make_token(session, world.provider_actor, "load")[1]
    first = serials.partition("..")[0]
    pages = [
        f"/ercs/{first}",
        f"/resources/{farm.id}",
        report.path,
        "/resources",
        "/search?q=wind",
        "/log",
        "/glossary",
        f"/ercs/{first}?format=json",
    ]
    return Asked(pages, ["/resources?format=csv", "/log/heads?format=json", "/openapi.json"], f"{source.path}/transfer", receiver.number, token)


def loaded(port: int, crowd: Crowd, asked: Asked | None) -> Took:
    """Let the crowd loose on a server; without `asked` everybody asks for the bare view. Raises AssertionError for an answer that is not 200."""
    barrier = Barrier(crowd.size)
    with ThreadPoolExecutor(crowd.size) as pool:
        reading = [
            pool.submit(read, port, barrier, [number + turn for turn in range(crowd.each)], asked.pages if asked else ["/"]) for number in range(crowd.readers)
        ]
        reading += [pool.submit(read, port, barrier, range(crowd.each), asked.lists if asked else ["/"]) for _ in range(crowd.systems)]
        sending = [pool.submit(send, port, barrier, crowd.each, asked) for _ in range(crowd.senders)]
        return Took([one for done in reading for one in done.result()], [one for done in sending for one in done.result()])


def read(port: int, barrier: Barrier, turns: Sequence[int], addresses: Sequence[str]) -> list[float]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        barrier.wait()
        return [answered(connection, "GET", addresses[turn % len(addresses)], {}) for turn in turns]


def send(port: int, barrier: Barrier, times: int, asked: Asked | None) -> list[float]:
    """Transfers of one ERC each, every one meant, as its own idempotency key says."""
    if asked is None:
        return read(port, barrier, range(times), ["/"])
    headers = {"Authorization": f"Bearer {asked.token}", "Content-Type": "application/json", "Accept": "application/json"}
    body = json.dumps({"to_number": asked.to_number, "quantity": 1, "certified": True, "reason": "sold"})
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        barrier.wait()
        return [answered(connection, "POST", asked.transfer, {**headers, "Idempotency-Key": uuid4().hex}, body) for _ in range(times)]


def answered(connection: http.client.HTTPConnection, method: str, address: str, headers: dict[str, str], body: str | None = None) -> float:
    began = time.perf_counter()
    connection.request(method, address, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == 200, f"{method} {address}: {answer.status} {said[:300]!r}"
    return time.perf_counter() - began


def bare() -> Flask:
    """A view with nothing in it but an answer as long as a page."""
    app = Flask("bare")
    app.add_url_rule("/", "page", lambda: "x" * BARE_BYTES)
    return app


@contextmanager
def served(settings: Settings, application: str) -> Iterator[int]:
    """The port of a server with this application, as `erc serve` starts it."""
    port = free_port()
    environment = {**os.environ, "ERC_HOME": str(settings.home), "ERC_DATABASE_URL": str(settings.database_url), "PORT": str(port)}
    with subprocess.Popen(gunicorn_command(port, application), env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + SECONDS_TO_START
            while not answers(port):
                assert server.poll() is None, "the server ended by itself"
                assert time.monotonic() < until, "the server did not answer in time"
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        try:
            return answered(connection, "GET", "/", {}) > 0
        except OSError:
            return False
