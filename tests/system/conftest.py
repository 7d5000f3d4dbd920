"""The long proofs carry `@pytest.mark.proof(words, size=n)`; played in full, their results are kept for the table of docs/proof.md."""

import json
from pathlib import Path

import pytest

from tests.sizes import FULL

RESULTS = Path(__file__).resolve().parents[2] / "var" / "proof"
_results: dict[str, list[dict[str, object]]] = {}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "proof(words, size): a long proof, as the table of docs/proof.md names it")


def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("proof")
    if mark is not None:
        item.user_properties += [("proof", mark.args[0]), ("size", mark.kwargs["size"])]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    named = dict(report.user_properties)
    if "proof" in named and (report.when == "call" or report.failed):
        line = {"proof": named["proof"], "size": named["size"], "result": report.outcome, "seconds": round(report.duration, 1)}
        _results.setdefault(Path(report.location[0]).stem, []).append(line)


def pytest_sessionfinish() -> None:
    for name, lines in _results.items() if FULL else ():
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / f"{name}.json").write_text(json.dumps(lines, indent=1))
