"""The project's own promises: locks without hosts, import contracts, no path of a machine, and documents that exist."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=TOP, capture_output=True, text=True, check=True)
    return [TOP / line for line in listed.stdout.splitlines() if (TOP / line).is_file()]


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_a_lock_names_every_dependency_with_its_hashes_and_no_host(lock: str) -> None:
    words = (TOP / "requirements" / f"{lock}.lock").read_text()
    assert "://" not in words
    named = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", words, re.MULTILINE)}
    wanted = PROJECT["project"]["dependencies"] + (PROJECT["dependency-groups"]["dev"] if lock == "dev" else [])
    missing = {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", name)[0]).lower() for name in wanted} - named
    assert not missing
    assert words.count("--hash=sha256:") >= len(named)


def test_the_import_contracts_hold() -> None:
    told = subprocess.run([str(Path(sys.executable).with_name("lint-imports"))], cwd=TOP, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_no_file_names_a_machine_or_a_registry() -> None:
    pattern = re.compile(rb"(?<![\w.])/(wo" + rb"rk|ro" + rb"ot)/|files\.python" + rb"hosted\.org|registry\.np" + rb"mjs\.org|pypi\." + rb"org/simple")
    skipped = {"data", "seeds"}
    found = [
        str(path.relative_to(TOP))
        for path in tracked()
        if not skipped & set(path.relative_to(TOP).parts) and "static" not in path.parts and pattern.search(path.read_bytes())
    ]
    assert not found


def test_the_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (TOP / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_every_document_that_the_readme_names_exists() -> None:
    named = re.findall(r"\]\((?!https?:)([^)#]+)\)", (TOP / "README.md").read_text())
    assert named
    assert not [name for name in named if not (TOP / name).exists()]


def test_the_rules_sheet_of_the_docs_is_whole() -> None:
    words = (TOP / "docs" / "rules.md").read_text()
    assert "## 21. Plan parameters" in words
    assert words.count("\n## ") >= 21
