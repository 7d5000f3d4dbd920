"""The trace answer against a bare Flask view that sends the same SELECTs by psycopg, and among a million blocks against ten thousand (rule 10.3)."""

import os
import random

from flask import Flask

from app import db
from app.erc_tcs import queries as erc_tcs
from bench import rows
from bench.ground import Ground, engine_of, stand_on
from bench.measuring import Act, Figure, Statement, in_turn, recording

FEW, MANY = 10_000, int(os.environ.get("BENCH_BLOCKS", "1_000_000"))
SERIALS, ROUNDS, WARM = 20, 200, 20
MOST_SELECTS = 10


def figures(ground: Ground) -> list[Figure]:
    """The small database is copied, and the copy grown, so that the two stand beside each other and are asked in turn."""
    few = serials_in(rows.spread(ground, FEW, 2023))
    small, large = ground.url, ground.copied("large")
    engines = {url: engine_of(url) for url in (small, large)}
    stand_on(engines[large])
    many = serials_in(rows.spread(ground, MANY - FEW, 2024))
    for engine in engines.values():
        stand_on(engine)
        ground.demand_audit_finds_nothing()

    stand_on(ground.recording_engine())
    statements = [sent_for(ground, serial) for serial in few]
    db.dispose()
    stand_on(engines[small])
    client = ground.app.test_client()

    def traced(url: str, serials: list[str], number: int) -> None:
        stand_on(engines[url])
        assert client.get(f"/ercs/{serials[number % SERIALS]}", headers={"Accept": "application/json"}).status_code == 200

    with ground.connected() as connection:
        bare = bare_view(connection, statements).test_client()
        acts: list[Act] = [
            lambda number: traced(small, few, number),
            lambda number: bare.get(f"/{number % SERIALS}"),
            lambda number: traced(large, many, number),
        ]
        seconds = in_turn(acts, ROUNDS, WARM)
    among_few, by_bare, among_many = seconds
    selects = max(map(len, statements))
    told = [f"{one * 1000:.1f} ms" for one in seconds]
    return [
        Figure("the trace answer, as fast as a bare view with the same SELECTs", by_bare / among_few, 0.5, False, f"{told[0]} against {told[1]}"),
        Figure("SELECTs of one trace", selects, MOST_SELECTS, True),
        Figure(f"the trace among {MANY:,} blocks, times as long as among {FEW:,}", among_many / among_few, 1.2, True, f"{told[2]} against {told[0]}"),
    ]


def serials_in(sequences: range) -> list[str]:
    """Printed serials of a few ERCs picked by chance."""
    chance = random.Random(7)
    found = []
    with db.reading() as session:
        for sequence in chance.sample(sequences, SERIALS):
            block = erc_tcs.block_of_sequence(session, sequence)
            assert block is not None
            found.append(str(erc_tcs.serial_of(block).between(sequence, sequence)))
    return found


def sent_for(ground: Ground, serial: str) -> list[Statement]:
    """What the app sends for one trace."""
    client = ground.app.test_client()
    client.get(f"/ercs/{serial}", headers={"Accept": "application/json"})
    with recording() as statements:
        client.get(f"/ercs/{serial}", headers={"Accept": "application/json"})
    return [one for one in statements if str(one.query).lstrip().upper().startswith(("SELECT", "WITH"))]


def bare_view(connection: object, statements: list[list[Statement]]) -> Flask:
    """A view with nothing in it but the SELECTs."""
    bare = Flask("bare")

    @bare.get("/<int:number>")
    def view(number: int) -> str:
        with connection.transaction():  # type: ignore[attr-defined]
            found = [connection.execute(one.query, one.values).fetchall() for one in statements[number]]  # type: ignore[attr-defined]
        return str(len(found))

    return bare
