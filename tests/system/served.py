"""The real server on the test's database, as `erc serve` starts it, to be killed without warning."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import Any

from app.cli.serving import gunicorn_command
from app.config import Settings

SECONDS_TO_START = 90


@dataclass
class Served:
    """gunicorn with two processes, in a process group of its own."""

    settings: Settings
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Begin to serve, and return when the first request was answered."""
        environment = {**os.environ, "ERC_HOME": str(self.settings.home), "ERC_DATABASE_URL": str(self.settings.database_url), "PORT": str(self.port)}
        self.process = subprocess.Popen(
            gunicorn_command(self.port), env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + SECONDS_TO_START
        while self.asked("GET", "/glossary") is None:
            assert self.process.poll() is None, "the server ended by itself"
            assert time.monotonic() < until, "the server did not answer in time"
            time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL to the server and its processes, in the middle of whatever they do."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def asked(self, method: str, path: str, body: dict[str, Any] | None = None, token: str = "", key: str = "") -> tuple[int, dict[str, Any]] | None:
        """The status and JSON of an answer; None when none came, so that nobody knows whether it was done."""
        headers = {"Accept": "application/json", "Content-Type": "application/json", "Authorization": f"Bearer {token}", "Idempotency-Key": key}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, {name: value for name, value in headers.items() if value})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
