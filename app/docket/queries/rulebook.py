"""docs/rules.md as a list that a page can show: each numbered requirement with what kind of source stands behind it.

Only what was read in the sources given to this project or found in the published regulation may be cited as such; everything else is this
programme's own rule, and says so. The bracketed source marks themselves stay in the document.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).parents[3] / "docs" / "rules.md"
SECTION = re.compile(r"^## (\d+)\. (.+)$")
PART = re.compile(r"^### (.+)$")
RULE = re.compile(r"^(?:- )?\**(\d+\.\d+[a-z]?)\**[ .:]+(.+)$")
MARKS = re.compile(r"\s*\[[^\[\]]*\b(?:seed \d|found\b|analog\b|memory\b|derived\b)[^\[\]]*\]")
CITED = re.compile(r"\[[^\[\]]*\b(?:seed \d{3}|found F\d)")
UNCONFIRMED = re.compile(r"\s*\(?\b(?:60\.5(?:795|805|810|835|860|880)|62\.16\d{3})[\w()./]*\)?")
"""Section numbers that nobody of this project has read: never printed."""


@lru_cache(maxsize=1)
def sections() -> tuple[dict[str, Any], ...]:
    """The sections with their rules, in order."""
    found: list[dict[str, Any]] = []
    for line in RULES.read_text(encoding="utf-8").splitlines():
        if match := SECTION.match(line):
            found.append({"number": match[1], "title": _clean(match[2]), "rules": []})
        elif found and (match := RULE.match(line)) and match[1].split(".")[0] == found[-1]["number"]:
            found[-1]["rules"].append({"number": match[1], "words": _clean(match[2]), "cited": bool(CITED.search(line))})
    return tuple(section for section in found if section["rules"])


def _clean(words: str) -> str:
    plain = UNCONFIRMED.sub("", MARKS.sub("", words))
    return re.sub(r"\s+", " ", plain.replace("**", "").replace("`", "")).strip()
