"""Alembic's entry: every table of every domain, and the connection that the caller hands over."""

from alembic import context

import app.compliance.models
import app.documents.models
import app.eligibility.models
import app.erc_tcs.models
import app.issuance.models
import app.mv_reports.models
import app.people
import app.programme.models
import app.proposal
import app.public_log
import app.state_plan
import app.verifiers.models  # noqa: F401
from app.db import Base


def of_the_programme(name: str | None, kind: str, parents: object) -> bool:
    """Leave the job queue's own tables to procrastinate."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=of_the_programme,
    compare_server_default=False,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
