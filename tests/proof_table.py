"""Rewrites the table of docs/proof.md from what `make prove` just played: `python -m tests.proof_table`.

The results come from tests/system/conftest.py, which writes them only when the proofs were played in full.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "var" / "proof"
PAGE = ROOT / "docs" / "proof.md"
BEGIN, END = "<!-- table: written by make prove -->", "<!-- end of the table -->"
PREFACE = """# What was proved, and at which size

`make test` plays the long proofs small; `make prove` plays them in full and writes this table. Each line is a test in tests/system that carries the
same words. axe looks in `make test` at every address and again wherever a new kind of element stands; in `make prove` at every
shape that a page takes in any condition for any role.
"""


def table(results: Iterable[Mapping[str, object]]) -> str:
    lines = ["| Proof | Size | Result | Seconds |", "|---|---:|---|---:|"]
    lines += [f"| {one['proof']} | {one['size']:,} | {one['result']} | {one['seconds']} |" for one in results]
    return "\n".join(lines)


def rewritten(page: str, results: Iterable[Mapping[str, object]]) -> str:
    """The page with the new table in place of the old one, or at its end when it has none."""
    before, found, rest = page.partition(BEGIN)
    after = rest.partition(END)[2] if found else "\n"
    return f"{before.rstrip()}\n\n{BEGIN}\n{table(results)}\n{END}{after}"


def main() -> int:
    results = [line for path in sorted(RESULTS.glob("*.json")) for line in json.loads(path.read_text())]
    if not results:
        print("No results: run `make prove` first.", file=sys.stderr)
        return 1
    page = PAGE.read_text() if PAGE.exists() else PREFACE
    PAGE.write_text(rewritten(page, results))
    print(f"{PAGE.relative_to(ROOT)} is rewritten.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
