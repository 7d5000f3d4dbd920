"""One thing that does not agree: which check found it, on what, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

AT_ONCE = 5_000


@dataclass(frozen=True)
class Problem:
    check: str
    subject: str
    words: str

    @property
    def facts(self) -> dict[str, str]:
        return asdict(self)


def asked(session: Session, check: str, words: str, query: str, **values: Any) -> Iterator[Problem]:
    """A problem for each row that a query gives: its column `subject`, and the words with the row's other columns filled in."""
    for row in session.execute(text(query).execution_options(yield_per=AT_ONCE), values).mappings():
        yield Problem(check, str(row["subject"]), filled(words, dict(row)))


def filled(words: str, row: Mapping[str, Any]) -> str:
    return words.format(**{name: f"{value:,}" if isinstance(value, int) else value for name, value in row.items()})
