"""Papers that go on from one version of a matter to the next: the same bytes, a row of their own, linked to the row before (rules 3.16, 8.11)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from app.documents import queries
from app.documents.actions.deposits import Label, Owner, deposit
from app.documents.actions.receiving import Received
from app.documents.models import Document
from app.people import Actor


def carry_over(session: Session, actor: Actor, papers: Iterable[Document], owner: Owner) -> None:
    """The newest of these papers stand in the owner's matter too, each as the later version of the one it was. Writes no event.

    A paper has one successor: where an earlier version was begun and withdrawn, the new row follows the row of that one.
    """
    given = list(papers)
    replaced = queries.superseded_ids(given)
    carried: dict[UUID | None, UUID] = {}
    for paper in sorted((one for one in given if one.id not in replaced), key=lambda one: one.redacted_copy_of_id is not None):
        carried[paper.id] = deposit(
            session,
            actor,
            owner,
            Received(paper.file_name, paper.media_type, paper.sha256, paper.size_bytes),
            Label(
                paper.document_kind,
                paper.heading,
                paper.confidential,
                supersedes_id=queries.versions(session, paper)[-1].id,
                redacted_copy_of_id=carried.get(paper.redacted_copy_of_id),
            ),
        ).id
