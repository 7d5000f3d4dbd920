"""The long proofs carry `@pytest.mark.proof(words, size=n)`; played in full, their results are kept for the table of docs/proof.md."""

import json
from pathlib import Path

import pytest

from tests.sizes import FULL

RESULTS = Path(__file__).resolve().parents[2] / "var" / "proof.json"
_results: list[dict[str, object]] = []


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "proof(words, size): a long proof, as the table of docs/proof.md names it")


def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("proof")
    if mark is not None:
        item.user_properties += [("proof", mark.args[0]), ("size", mark.kwargs["size"])]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    named = dict(report.user_properties)
    if "proof" in named and (report.when == "call" or report.failed):
        _results.append({"proof": named["proof"], "size": named["size"], "result": report.outcome, "seconds": round(report.duration, 1)})


def pytest_sessionfinish() -> None:
    if FULL and _results:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(_results, indent=1))
