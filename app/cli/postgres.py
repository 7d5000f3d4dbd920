"""The database that comes with the checkout: PostgreSQL from its wheel, unprivileged, on a private socket.

The record of credits must outlive a crash and be closed to everyone who was not let in (rules 10.1, 10.10), so the
server keeps fsync and data checksums on, listens on no network address, and gives the program a role that is not a
superuser. Nothing outside the home folder changes, save one private folder where the server's account cannot reach it.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from app.cli.postgres_account import DatabaseRefused, account_of, binaries_for, own_folder, private_folder, reaches, run_as, socket_folder

ROLE = "erc"
SUPERUSER = "postgres"
MEMORY = Path("/dev/shm")  # noqa: S108 - only folders of mode 0700 with unguessable names are made in it.
ANSWER_SECONDS = 2.0
START_SECONDS = 5.0  # After kill -9 the orphaned backends hold the data folder for up to three seconds.

SETTINGS = {
    "listen_addresses": "''",
    "port": "5432",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "'%m [%p] %u '",
    "lc_messages": "C",
}
THROWAWAY_SETTINGS = SETTINGS | {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}

EXTENSIONS = "CREATE EXTENSION IF NOT EXISTS btree_gist; CREATE EXTENSION IF NOT EXISTS pg_trgm;"


@dataclass(frozen=True)
class Database:
    """A running database: its URL, and how to stop it if this process started it (None if it joined)."""

    url: str = field(repr=False)
    stop: Callable[[], None] | None


@dataclass(frozen=True)
class Status:
    running: bool
    data: Path
    sockets: Path | None
    pid: int | None


@dataclass(frozen=True)
class _Cluster:
    """One data folder, the account that owns it and the binaries that serve it."""

    data: Path
    sockets: Path
    binaries: Path
    account: pwd.struct_passwd
    settings: dict[str, str]

    def run(self, program: str, *arguments: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        return run_as(self.account, [self.binaries / "bin" / program, *arguments], text)

    def running(self) -> tuple[int, Path] | None:
        """The server's process id and socket folder, if one answers on this data folder."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        if len(lines) < 8 or not lines[4] or self.run("pg_isready", "-q", "-h", lines[4], "-d", "postgres").returncode:
            return None
        return int(lines[0]), Path(lines[4])

    def initialise(self, *options: str) -> None:
        """Make the data folder, whole or not at all: an interrupted initdb leaves only a folder that the next one clears."""
        if (self.data / "PG_VERSION").exists():
            return
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        own_folder(fresh, self.account)
        done = self.run(
            "initdb",
            "-D",
            fresh,
            "-U",
            SUPERUSER,
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
            "--auth-local=peer",
            "--auth-host=reject",
            *options,
        )
        if done.returncode:
            raise DatabaseRefused(f"The database folder {self.data} could not be made: {done.stderr.strip()}")
        with (fresh / "postgresql.conf").open("a") as settings:
            settings.write("\ninclude = 'erc.conf'\n")
        fresh.rename(self.data)

    def configure(self) -> None:
        own_folder(self.sockets, self.account)
        settings = self.settings | {"unix_socket_directories": f"'{self.sockets}'", "unix_socket_permissions": "0700"}
        self._write("erc.conf", "".join(f"{name} = {value}\n" for name, value in settings.items()))
        self._write(
            "pg_hba.conf",
            f"local all,replication {SUPERUSER} peer map=house\nlocal all {ROLE} scram-sha-256\n",
        )
        self._write("pg_ident.conf", f"house {self.account.pw_name} {SUPERUSER}\nhouse root {SUPERUSER}\n")

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text)
        os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def start(self) -> None:
        """Start the server, trying again while the orphans of a killed one still hold the data folder."""
        self.configure()
        until = time.monotonic() + START_SECONDS
        log = self.data / "server.log"
        while (done := self.run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", log, "start")).returncode:
            if time.monotonic() > until:
                last = "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else done.stderr
                raise DatabaseRefused(f"The database in {self.data} does not start. Its last words:\n{last}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server if it runs; open sessions are ended, committed work is kept."""
        if not self.running():
            return
        done = self.run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-m", "fast", "stop")
        if done.returncode and self.running():
            raise DatabaseRefused(f"The database in {self.data} does not stop: {done.stderr.strip()}")

    def provision(self, password: str, rights: str = "NOCREATEDB") -> None:
        """Make the role, its database and the extensions, once for each password; safe to repeat after an interruption."""
        mark = self.data / "erc-provisioned"
        digest = hashlib.sha256(password.encode()).hexdigest()
        if mark.exists() and mark.read_text() == digest:
            return
        # Neither the role nor the password, which is hexadecimal, can hold a quote.
        script = f"""
            \\set QUIET on
            {EXTENSIONS}
            SELECT 'CREATE ROLE {ROLE}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec
            ALTER ROLE {ROLE} WITH LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION {rights} PASSWORD '{password}';
            SELECT 'CREATE DATABASE {ROLE} OWNER {ROLE}'
            WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{ROLE}') \\gexec
            \\connect {ROLE}
            {EXTENSIONS}
        """  # noqa: S608
        found = self.running()
        sockets = found[1] if found else self.sockets
        done = self.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", sockets, "-U", SUPERUSER, "-d", "template1", text=script)
        if done.returncode:
            raise DatabaseRefused(f"The database in {self.data} could not be prepared: {done.stderr.strip()}")
        self._write("erc-provisioned", digest)


def start_or_join(home: Path) -> Database:
    """Start the database of this home, or join the one that already runs on it; two starters at once agree on one."""
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        cluster = _cluster(home)
        password = _password(home)
        found = cluster.running()
        if not found:
            cluster.initialise()
            cluster.start()
        cluster.provision(password)
    if found:
        return Database(_url(found[1], password), None)
    return Database(_url(cluster.sockets, password), cluster.stop)


def stop(home: Path) -> bool:
    """Stop the database of this home; False when none ran."""
    home = home.resolve()
    with _alone(home):
        cluster = _cluster(home)
        found = cluster.running()
        cluster.stop()
    return found is not None


def answers(home: Path) -> bool:
    """Whether a server takes connections on this home's socket; asked often, so no program is started for it."""
    lines = _pid_file(home.resolve())
    if len(lines) < 8 or not lines[4]:
        return False
    with closing(socket.socket(socket.AF_UNIX)) as asked:
        asked.settimeout(ANSWER_SECONDS)
        try:
            asked.connect(f"{lines[4]}/.s.PGSQL.5432")
        except (TimeoutError, BlockingIOError):
            return True  # Its queue is full, so it is there.
        except OSError:
            return False
    return True


def _pid_file(home: Path) -> list[str]:
    for data in (home / "postgres", private_folder(home) / "postgres"):
        try:
            return (data / "postmaster.pid").read_text().splitlines()
        except OSError:
            continue
    return []


def reset(home: Path) -> None:
    """Stop the database of this home and remove all it holds, for ever."""
    home = home.resolve()
    with _alone(home):
        cluster = _cluster(home)
        cluster.stop()
        for folder in (cluster.data, cluster.sockets, private_folder(home)):
            shutil.rmtree(folder, ignore_errors=True)
        (home / "database-password").unlink(missing_ok=True)


def status(home: Path) -> Status:
    if not home.exists():
        return Status(False, home.resolve() / "postgres", None, None)
    cluster = _cluster(home.resolve())
    found = cluster.running()
    return Status(found is not None, cluster.data, found[1] if found else None, found[0] if found else None)


def start_throwaway() -> Database:
    """A database for tests: in memory where the machine allows, without fsync, removed when this process ends.

    Its role may create databases, so that each test process can have its own.
    """
    root = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
    account = account_of(None)
    _sweep_throwaways(root, account)
    folder = Path(tempfile.mkdtemp(prefix=f"erc-throwaway-{os.getpid()}-", dir=root))
    os.chown(folder, account.pw_uid, account.pw_gid)
    cluster = _Cluster(folder / "postgres", folder, binaries_for(account, folder), account, THROWAWAY_SETTINGS)
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner and folder.exists():
            cluster.run("pg_ctl", "-D", cluster.data, "-w", "-m", "immediate", "stop")
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    password = secrets.token_hex(16)
    cluster.initialise("--no-sync")
    cluster.start()
    cluster.provision(password, "CREATEDB")
    return Database(_url(folder, password), remove)


def _sweep_throwaways(root: Path, account: pwd.struct_passwd) -> None:
    """Remove the throw-away databases of test processes that were killed before they could do it themselves."""
    for folder in root.glob("erc-throwaway-*"):
        owner = folder.name.split("-")[2]
        if folder.stat().st_uid != account.pw_uid or Path("/proc", owner).exists():
            continue
        cluster = _Cluster(folder / "postgres", folder, binaries_for(account, folder), account, THROWAWAY_SETTINGS)
        cluster.run("pg_ctl", "-D", cluster.data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _cluster(home: Path) -> _Cluster:
    """Where this home's data are, or would be made: in the home, or in the private folder if the account cannot reach it."""
    inside, private = home / "postgres", private_folder(home)
    if inside.exists():
        account, data = account_of(inside), inside
    elif os.geteuid() == 0 and (private / "postgres").exists():
        account, data = account_of(private / "postgres"), private / "postgres"
    else:
        account = account_of(None)
        data = inside if reaches(account, home) else private / "postgres"
    if data != inside:
        own_folder(private, account)
    elif not reaches(account, home):
        raise DatabaseRefused(
            f"The database in {data} belongs to {account.pw_name}, who can no longer enter {home}. "
            f"Let that account pass through the folders above it (chmod o+x), or move the home back."
        )
    return _Cluster(data, socket_folder(data, account), binaries_for(account, private), account, SETTINGS)


def _password(home: Path) -> str:
    """The password of the role, made on first use, readable by this user only."""
    path = home / "database-password"
    if not path.exists():
        fresh = path.with_name("database-password.new")
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(24))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return path.read_text()


def _url(sockets: Path, password: str) -> str:
    return f"postgresql+psycopg://{ROLE}:{password}@/{ROLE}?host={quote(str(sockets))}"


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Keep every other starter and stopper of this home waiting; the lock ends with the process that holds it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
