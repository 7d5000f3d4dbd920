"""What docs/operating.md tells to type is what is typed here: the recipes of backup and restore, and the proof that nothing was lost."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import postgres
from tests.system.test_cli import FILE, TOP, environment, erc, one_object

BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def recipe(section: str) -> str:
    """The commands of a section of docs/operating.md."""
    told = (TOP / "docs" / "operating.md").read_text()
    (found,) = BLOCK.findall(told.partition(f"## {section}\n")[2].partition("\n## ")[0])
    return str(found)


@pytest.fixture
def folder() -> Iterator[Path]:
    root = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path("/tmp")
    found = root / f"erc-recipes-{os.getpid()}"
    found.mkdir(mode=0o755)
    yield found
    for home in ("first", "second"):
        postgres.reset(found / home)
    shutil.rmtree(found, ignore_errors=True)


def typed(commands: str, home: Path, backup: Path) -> None:
    """Type the commands as the operator would, with `erc` on the way and the place of the backup named."""
    command = backup.parent / "bin" / "erc"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m app.cli "$@"\n')
    command.chmod(0o755)
    known = environment(home, BACKUP=str(backup), PYTHONSAFEPATH="1", PATH=f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    done = subprocess.run(["bash", "-eu"], input=commands, env=known, cwd=backup.parent, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.rule("10.10")
def test_what_was_backed_up_by_the_recipe_is_restored_by_the_recipe_and_nothing_is_lost(folder: Path) -> None:
    first, second, backup = folder / "first", folder / "second", folder / "backup"
    assert erc(first, "demo", "run", str(FILE), "--state", "CO", "--vintage-year", "2022", "--limit", "1").returncode == 0
    assert erc(first, "worker", "--until-empty").returncode == 0
    typed(recipe("Backup"), first, backup)
    typed(recipe("Backup"), first, backup)  # The next night's, over the first one.
    typed(recipe("Restore"), second, backup)
    before, after = one_object(erc(first, "audit", "--json")), one_object(erc(second, "audit", "--json"))
    assert before == after
    assert (before["problems"], before["ercs_issued"] > 0, before["documents_checked"] > 0) == ([], True, True)
    block = one_object(erc(first, "database", "psql", "-qAtc", "SELECT json_build_object('first', min(first_sequence)) FROM erc_block"))
    assert block["first"] == 1
    assert (first / "log-signing-key.pem").read_bytes() == (second / "log-signing-key.pem").read_bytes()


def test_a_program_that_is_not_there_is_named(folder: Path) -> None:
    answer = erc(folder / "first", "database", "pg_nothing")
    assert answer.returncode == 1
    assert "pg_nothing is not on this machine" in answer.stderr
