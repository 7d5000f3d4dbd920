"""What anybody checks in downloaded files, without the record: a trace, and that the public log only grew (rules 10.2, 10.13)."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.config import Settings
from app.errors import Invalid
from app.proof import verify_growth, verify_trace_file
from app.signing import KEY_FILE, load_or_create_key, public_bytes
from app.testimony import waiting_in


def verify(settings: Settings, asked: argparse.Namespace) -> int:
    """Check a trace, or with --head the growth since a kept head; with this home's own log key, or the one given, also whose log it is."""
    key = asked.public_key or _own_key(settings)
    named = "given" if asked.public_key else "of this home" if key else "of the file"
    found = _read(asked.file)
    facts, holds = _growth(found, _read(asked.head), key) if asked.head else _trace(found, key)
    if asked.json:
        print(json.dumps({"file": str(asked.file), "key": named, **facts}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(facts["problems"]) or f"The proof holds ({named} key): {holds}")
    return 1 if facts["problems"] else 0


def _trace(found: Any, key: bytes | None) -> tuple[dict[str, Any], str]:
    parts = _parts(found)
    problems = [problem for part in parts for problem in verify_trace_file(part, key)]
    waiting = max(waiting_in(part) for part in parts)
    waits = f" {waiting:,} of its events wait for their seal, and what they tell is not proved: download it again in a minute." if waiting else ""
    return {"parts": len(parts), "waiting": waiting, "problems": problems}, f"the events stand in the signed log, word for word.{waits}"


def _growth(found: Any, kept: Any, key: bytes | None) -> tuple[dict[str, Any], str]:
    if not isinstance(found, dict) or "from_size" not in found:
        raise Invalid("The file is no proof of growth.", what_to_do="Download /log/growth/SIZE, SIZE being that of the head that you kept.")
    problems = verify_growth(_kept_head(kept, found["from_size"]), found, key)
    return {"from_size": found["from_size"], "problems": problems}, "the log only grew since the head that was kept; nothing in it was changed or dropped."


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except RecursionError as error:
        raise Invalid(f"{path} is no file of this log: it is nested deeper than any is.", what_to_do="Download it again.") from error
    except ValueError as error:
        raise Invalid(f"{path} is no JSON file: {error}.", what_to_do="Download it again.") from error


def _parts(found: Any) -> list[dict[str, Any]]:
    """The traces of a file: of one range, or of several with one proof. Raises Invalid for what is none."""
    parts = found.get("parts", [found]) if isinstance(found, dict) else None
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        raise Invalid("The file is JSON, but no trace of an ERC.", what_to_do="Download the trace again.")
    return [part if "proof" in part else {**part, "proof": found.get("proof")} for part in parts]


def _kept_head(found: Any, size: object) -> dict[str, Any]:
    """The head in a kept file: itself, the one of this size among several, or that of a proof or a trace. Raises Invalid when there is none."""
    for head in _heads(found):
        if isinstance(head, dict) and head.get("size") == size:
            return head
    raise Invalid(
        f"The kept file has no head of {size} events.",
        what_to_do="Keep the JSON of /log/heads or of a trace, and download /log/growth/SIZE with its head's size.",
    )


def _heads(found: Any) -> Sequence[Any]:
    if not isinstance(found, dict):
        return []
    proof = found.get("proof")
    several = found.get("heads")
    return [found, found.get("head"), *(several if isinstance(several, list) else []), *([proof.get("head")] if isinstance(proof, dict) else [])]


def _own_key(settings: Settings) -> bytes | None:
    if not (settings.home / KEY_FILE).exists():
        return None
    return public_bytes(load_or_create_key(settings.home))
