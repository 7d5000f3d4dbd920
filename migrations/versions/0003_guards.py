"""The database as the last judge: what is history stays history, and one counter hands out the serials."""

from alembic import op

revision = "0003"
down_revision = "0002"

APPEND_ONLY = ("event", "ledger_line", "erc_transaction", "issuance", "verification_report", "log_entry", "log_node", "log_head", "reply", "state_plan")
REFERRED_TO = ("event", "erc_transaction", "issuance", "verification_report")
"""A foreign key locks the row that it refers to, for which PostgreSQL asks the right to update one column; the trigger refuses it all the same."""


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: write a correction instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER")
    for table in REFERRED_TO:
        op.execute(f"GRANT UPDATE (id) ON {table} TO CURRENT_USER")
    op.execute(
        """
        CREATE FUNCTION keep_sealed_document() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.sealed_at IS NULL THEN
                RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
            END IF;
            IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'readers' - 'retain_until') <> (to_jsonb(OLD) - 'readers' - 'retain_until') THEN
                RAISE EXCEPTION 'document % was submitted: it is never changed or removed', OLD.id USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute("CREATE TRIGGER document_is_kept BEFORE UPDATE OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION keep_sealed_document()")
    op.execute("CREATE TRIGGER document_is_not_emptied BEFORE TRUNCATE ON document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    op.execute(
        """
        CREATE FUNCTION keep_grant() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - 'ended_at' - 'ended_reason' <> to_jsonb(OLD) - 'ended_at' - 'ended_reason' THEN
                RAISE EXCEPTION 'the grant % is never changed or removed, only ended once', OLD.id USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute("CREATE TRIGGER agent_grant_is_kept BEFORE UPDATE OR DELETE ON agent_grant FOR EACH ROW EXECUTE FUNCTION keep_grant()")
    op.execute("CREATE TRIGGER agent_grant_is_not_emptied BEFORE TRUNCATE ON agent_grant FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    op.execute(
        """
        CREATE FUNCTION enter_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO unsealed_event (event_id) VALUES (NEW.id);
            RETURN NULL;
        END $$
        """
    )
    op.execute("CREATE TRIGGER event_waits_for_its_seal AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION enter_unsealed()")
    op.execute("CREATE SEQUENCE application_number")
    op.execute("CREATE SEQUENCE mv_report_number")
    op.execute("INSERT INTO serial_counter (id, next_sequence) VALUES (1, 1)")
