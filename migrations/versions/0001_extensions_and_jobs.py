"""The trusted extensions, and the job queue's own tables as procrastinate ships them."""

from importlib.resources import files

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    schema = files("procrastinate").joinpath("sql/schema.sql").read_text()
    op.get_bind().connection.cursor().execute(schema)
