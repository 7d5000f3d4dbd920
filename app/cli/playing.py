"""The demonstrations: a state's generators from a file, the stories, and both together as `make demo` plays them."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.cli.house import opened
from app.config import Settings
from app.db import reading
from app.demo import run as running
from app.demo import showcase as stories
from app.demo.cast import PASSWORD, logins
from app.main import bind
from app.promises import use_site
from app.signing import load_or_create_key
from app.worker import Sealer

FILE = Path(__file__).parents[2] / "data" / "egrid2016_generators.csv"
STATE, YEAR, ROWS = "NC", 2022, 100


@contextmanager
def stage(settings: Settings) -> Iterator[Settings]:
    """The home, opened, with the public log sealed while the play goes on."""
    with opened(settings) as found:
        use_site(found.public_url)
        sealer = Sealer(load_or_create_key(found.home))
        sealer.start()
        try:
            yield found
        finally:
            sealer.stop()


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """The generators of one state; the counts come from the database, so that they are the same however often it ran."""
    wanted = running.order(asked.file, asked.state, asked.vintage_year, asked.limit)
    with stage(settings) as found:
        came = running.run(found, bind, wanted)
    if asked.json:
        _show(came.facts)
    else:
        _tell(came.facts)
    return 0


def showcase(settings: Settings, asked: argparse.Namespace) -> int:
    with stage(settings) as found:
        seen = stories.play()
    if asked.json:
        _show(seen)
    else:
        _tell_stories(found, seen)
    return 0


def everything(settings: Settings, asked: argparse.Namespace) -> int:
    """North Carolina's first generators, Colorado's stories, and who may sign in."""
    began = time.monotonic()
    with stage(settings) as found:
        came = running.run(found, bind, running.order(FILE, STATE, YEAR, ROWS))
        seen = stories.play()
        with reading() as session:
            people = logins(session, (STATE, stories.STATE))
    seconds = round(time.monotonic() - began, 1)
    first = f"{found.public_url}{seen['circulation']['surrendered']}"
    if asked.json:
        _show({"run": came.facts, "showcase": seen, "logins": people, "password": PASSWORD, "trace": first, "seconds": seconds})
        return 0
    _tell(came.facts)
    _tell_stories(found, seen)
    print(f"\nSign in at {found.public_url}/sign-in, everybody with the password: {PASSWORD}")
    for one in people:
        print(f"  {one['role']:<15} {one['email']:<58} {one['organisation']}")
    print(f"\nPlayed in {seconds:,} seconds. Open this traced ERC first: {first}")
    return 0


def _tell(facts: dict[str, Any]) -> None:
    denied = ", ".join(f"{code} {count:,}" for code, count in facts["denied"].items()) or "none"
    print(f"Applications {facts['applications']:,}: approved {facts['approved']:,}; denied {denied}.")
    print(f"M&V reports {facts['mv_reports']:,}, of which under review with a flag {facts['flagged']:,}; ERCs issued {facts['ercs_issued']:,}.")


def _tell_stories(settings: Settings, seen: dict[str, Any]) -> None:
    titles = {
        "circulation": "Partial transfers, a voluntary retirement, a surrender",
        "found_wrong": "An M&V report found wrong: every piece cancelled, the case opened again",
        "returned": "Returned for more information, approved in a new version",
        "refused": "Refused",
        "own_ercs": "An affected EGU's own ERCs",
        "in_hand": "Waiting for a second person, for any reviewer, for the verifier",
    }
    for name, places in seen.items():
        print(f"\n{titles[name]}")
        for what, place in places.items():
            shown = f"{settings.public_url}{place}" if str(place).startswith("/") else f"{place:,}" if isinstance(place, int) else place
            print(f"  {what.replace('_', ' ')}: {shown}")


def _show(facts: Any) -> None:
    json.dump(facts, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
