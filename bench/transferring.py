"""A partial transfer through the action against the same statements sent by plain psycopg, with pgbench's TPC-B beside it (rule 11.8)."""

import re
import subprocess
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from app import db
from app.cli.house import client_environment
from app.eligibility.models import Resource
from app.erc_tcs import actions as erc_tcs
from bench.ground import Ground
from bench.measuring import Figure, Statement, in_turn, recording
from tests import builders_matters as matters

STOCK, ROUNDS, WARM = 1_000_000, 200, 20
TPS = re.compile(r"tps = ([0-9.]+)")


def figure(ground: Ground) -> Figure:
    with db.writing() as session:
        source, receiver = matters.account(session, ground.world), matters.account(session, ground.world)
        _, serials = matters.issued_report(session, ground.world, STOCK, 2025, session.get(Resource, ground.resource_id))
        matters.sent(session, ground.world, serials, to=source)
    sender, engine = source.number, ground.recording_engine()
    noted: dict[int, list[Statement]] = {}

    def transfer(session: Session) -> None:
        erc_tcs.transfer(session, ground.world.provider_actor, sender, receiver.number, None, 1, "sold")

    def note(number: int) -> None:
        """What the action sends now, undone again, so that it can be sent a second time."""
        with engine.connect() as connection:
            outer = connection.begin()
            with recording() as statements, Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only") as session, session.begin():
                transfer(session)
            outer.rollback()
        noted[number] = statements

    def by_action(number: int) -> None:
        with db.writing() as session:
            transfer(session)

    with ground.connected() as connection:
        plain, action = in_turn([lambda number: send(connection, noted[number]), by_action], ROUNDS, WARM, before={0: note})
    engine.dispose()
    ground.demand_audit_finds_nothing()
    beside = f"{1 / action:,.0f} against {1 / plain:,.0f} a second, {len(noted[0])} statements; pgbench TPC-B with one client: {tpc_b(ground):,.0f} a second"
    return Figure("a partial transfer by the action, as fast as its bare statements", plain / action, 0.35, False, beside)


def send(connection: "psycopg.Connection[Any]", statements: list[Statement]) -> None:
    """The same statements in one transaction. Only the new block's id is another one, because the database gives it."""
    new_ids: list[int] = []
    with connection.transaction():
        for one in statements:
            values = {**one.values, "ids": new_ids} if "ids" in (one.values or {}) else one.values
            cursor = connection.execute(one.query, values)
            rows = cursor.fetchall() if cursor.description else []
            if one.query.startswith("INSERT INTO erc_block"):
                new_ids = [rows[0][0]]


def tpc_b(ground: Ground) -> float:
    """Transactions a second of pgbench's own mix, one client, on another database of the same server."""
    with ground.connected() as connection:
        connection.autocommit = True
        connection.execute("CREATE DATABASE tpc_b")
    environment = client_environment(ground.url_of("tpc_b"), embedded=True)
    for options in (["-i", "-s", "10", "-q"], ["-c", "1", "-T", "5", "-M", "prepared"]):
        done = subprocess.run(["pgbench", *options], env=environment, capture_output=True, text=True, check=True)
    found = TPS.search(done.stdout)
    assert found is not None, done.stdout
    return float(found[1])
