"""One search box for everything public: serials, codes, plants, owners, accounts; misspelling is forgiven, of names by trigrams (rule 10.18)."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import containing
from app.eligibility.criteria.resource_types import RESOURCE_TYPES
from app.erc_tcs import queries as erc_tcs
from app.erc_tcs.serials import SerialMalformed, parse_serial
from app.errors import Refused

MOST_EACH = 15
ALIKE = 0.35
"""How alike words must be to be shown: lower finds more that was not meant."""

WRITTEN_FOR_DIGITS = str.maketrans("OIL", "011")
"""Letters that people read and write in place of digits."""
PIECE = re.compile(r"(?<![0-9A-Z])(?P<letter>[ARM]?)(?P<digits>[0-9OIL]{0,9}[0-9][0-9OIL]{0,8})(?![0-9A-Z])")

CODE = re.compile(r"^\s*(?P<letter>[ARMU])[\s-]*0*(?P<number>\d{1,9})\s*$", re.IGNORECASE)

SUBMITTED = "submitted_at IS NOT NULL AND state NOT IN ('draft', 'in_verification', 'verified')"


@dataclass(frozen=True)
class Kind:
    """One kind of thing that is searched: how its hits are titled, and by what they are alike."""

    name: str
    statement: str


KINDS = (
    Kind(
        "Resource",
        """
        SELECT r.name || ' (R' || lpad(r.number::text, 6, '0') || ')' AS title,
            r.type_code || ', ' || r.host_state || ', ' || o.name || ', ' || r.status AS about,
            '/resources/' || r.id AS path, greatest(word_similarity(:q, r.name), CASE WHEN r.oris_plant_code = :code THEN 1 ELSE 0 END) AS alike
        FROM resource r JOIN organisation o ON o.id = r.provider_organisation_id
        WHERE (:q <% r.name OR r.oris_plant_code = :code OR r.name ILIKE :q_pattern)
            AND EXISTS (SELECT FROM application m WHERE m.resource_id = r.id AND m.submitted_at IS NOT NULL)
        """,
    ),
    Kind(
        "Resources of a provider",
        """
        SELECT o.name AS title, count(*) || CASE count(*) WHEN 1 THEN ' resource' ELSE ' resources' END AS about,
            '/resources?provider=' || o.id AS path, max(word_similarity(:q, o.name)) AS alike
        FROM organisation o JOIN resource r ON r.provider_organisation_id = o.id
        WHERE (:q <% o.name OR o.name ILIKE :q_pattern) AND EXISTS (SELECT FROM application m WHERE m.resource_id = r.id AND m.submitted_at IS NOT NULL)
        GROUP BY o.id, o.name
        """,
    ),
    Kind(
        "Affected EGU",
        """
        SELECT u.plant_name || ' unit ' || u.unit_id AS title, u.unit_class || ', ' || u.state || ', ' || o.name AS about, '/affected-egus/' || u.id AS path,
            greatest(word_similarity(:q, u.plant_name), word_similarity(:q, o.name), CASE WHEN u.oris_plant_code = :code THEN 1 ELSE 0 END) AS alike
        FROM affected_egu u JOIN organisation o ON o.id = u.organisation_id
        WHERE :q <% u.plant_name OR :q <% o.name OR u.oris_plant_code = :code OR u.plant_name ILIKE :q_pattern
        """,
    ),
    Kind(
        "Account",
        """
        SELECT a.number AS title, a.account_kind || ' account, ' || o.name AS about, '/accounts/' || a.number AS path,
            greatest(word_similarity(:q, o.name), CASE WHEN upper(a.number) = upper(:code) THEN 1 ELSE 0 END) AS alike
        FROM account a JOIN organisation o ON o.id = a.organisation_id
        WHERE :q <% o.name OR upper(a.number) = upper(:code) OR (length(:code) >= 4 AND a.number ILIKE :code_pattern)
        """,
    ),
    Kind(
        "Verifier",
        """
        SELECT o.name AS title, 'verification body, ' || o.state AS about, '/verifiers/' || o.id AS path, word_similarity(:q, o.name) AS alike
        FROM organisation o WHERE o.organisation_kind = 'verifier' AND (:q <% o.name OR o.name ILIKE :q_pattern)
        """,
    ),
)

BY_CODE = {
    "R": """SELECT r.name || ' (R' || lpad(r.number::text, 6, '0') || ')' AS title, '/resources/' || r.id AS path FROM resource r
        WHERE r.number = :number AND EXISTS (SELECT FROM application m WHERE m.resource_id = r.id AND m.submitted_at IS NOT NULL)""",
    "A": f"SELECT 'Application A' || lpad(number::text, 6, '0') || ' version ' || version AS title, '/applications/' || id AS path FROM application"  # noqa: S608
    f" WHERE number = :number AND {SUBMITTED} ORDER BY version DESC",
    "M": f"SELECT 'M&V report M' || lpad(number::text, 6, '0') || ' version ' || version AS title, '/mv-reports/' || id AS path FROM mv_report"  # noqa: S608
    f" WHERE number = :number AND {SUBMITTED} ORDER BY version DESC",
}


def search_page(session: Session, q: str) -> dict[str, Any]:
    """What is found. `straight_to` is the one page that was surely meant: a serial's trace, or the thing of a code."""
    words = " ".join(q.split())
    if not words:
        return {"title": "Search", "q": "", "straight_to": None, "results": []}
    straight = _serial(words) or _code(session, words)
    results = [] if straight else _once([*_account(session, words), *_alike(session, words), *_pieces(session, words)])
    return {"title": "Search", "q": words, "straight_to": straight, "results": results}


def _serial(words: str) -> str | None:
    try:
        return f"/ercs/{parse_serial(words)}"
    except SerialMalformed:
        return None


def _code(session: Session, words: str) -> str | None:
    match = CODE.match(words)
    if match is None or match["letter"].upper() not in BY_CODE:
        return None
    row = session.execute(text(BY_CODE[match["letter"].upper()]), {"number": int(match["number"])}).mappings().first()
    return row["path"] if row else None


def _pieces(session: Session, words: str) -> list[dict[str, Any]]:
    """What the pieces of a misspelt serial name, its sequence, report and resource; or the ERC of a sequence that stands alone."""
    found = [(one["letter"], int(one["digits"].translate(WRITTEN_FOR_DIGITS)), one.group()) for one in PIECE.finditer(words.upper())]
    rows = [(session.execute(text(BY_CODE[letter]), {"number": number}).mappings().first(), piece) for letter, number, piece in found if letter]
    hits = [{"kind": "Named in what you typed", "title": row["title"], "about": piece, "path": row["path"]} for row, piece in rows if row]
    ends_in_sequence = found and not found[-1][0] and (hits or found[-1][2] == words)
    return [*_sequence(session, found[-1][1]), *hits] if ends_in_sequence else hits


def _sequence(session: Session, sequence: int) -> list[dict[str, Any]]:
    """The ERC of a sequence, which alone identifies it (rule 9.6), if it was ever issued."""
    block = erc_tcs.block_of_sequence(session, sequence)
    if block is None:
        return []
    serial = erc_tcs.serial_of(block).between(sequence, sequence)
    return [{"kind": "ERC", "title": str(serial), "about": f"sequence {sequence:,}, {block.status}", "path": f"/ercs/{serial}"}]


def _once(hits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each page once, the first hit of it."""
    return list({hit["path"]: hit for hit in reversed(hits)}.values())[::-1]


def _account(session: Session, words: str) -> list[dict[str, Any]]:
    """An account by its whole number as typed, with or without hyphens."""
    try:
        found = erc_tcs.account_by_number(session, words)
    except Refused:
        return []
    return [{"kind": "Account", "title": found.number, "about": f"{found.account_kind} account, {found.organisation.name}", "path": found.path}]


def _alike(session: Session, words: str) -> list[dict[str, Any]]:
    """Hits of every kind, the most alike first; each once."""
    session.execute(text("SELECT set_config('pg_trgm.word_similarity_threshold', :least, true)"), {"least": str(ALIKE)})
    code = words.replace(" ", "")
    asked = {"q": words, "q_pattern": containing(words), "code": code, "code_pattern": containing(code), "most": MOST_EACH}
    found: dict[str, tuple[float, dict[str, Any]]] = {}
    for kind in KINDS:
        statement = text(f"SELECT * FROM ({kind.statement}) hits ORDER BY alike DESC, title LIMIT :most")  # noqa: S608
        for row in session.execute(statement, asked).mappings():
            hit = {"kind": kind.name, "title": row["title"], "about": _about(kind, row["about"]), "path": row["path"]}
            found.setdefault(row["path"], (row["alike"], hit))
    return [hit for _, hit in sorted(found.values(), key=lambda pair: -pair[0])]


def _about(kind: Kind, about: str) -> str:
    """A resource says its type by name, not by the code that its row keeps."""
    first, comma, rest = about.partition(", ")
    return f"{RESOURCE_TYPES[first].title}{comma}{rest}" if kind.name == "Resource" and first in RESOURCE_TYPES else about
