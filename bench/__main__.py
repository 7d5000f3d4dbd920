"""`python -m bench`: measures, prints the table, writes nothing else. Exit 1 when a goal is missed."""

import os
import sys
import time

import structlog

from bench import loading, minting, tracing, transferring
from bench.ground import ground
from bench.measuring import Figure, table


def main() -> int:
    began = time.monotonic()
    figures: list[Figure] = []
    with ground() as stands, open(os.devnull, "w") as nowhere:
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(nowhere))
        say("minting")
        figures.append(minting.figure(stands))
        say("transferring")
        figures.append(transferring.figure(stands))
        say("many at once")
        figures += loading.figures(stands)
        say("writing blocks, then tracing")
        figures += tracing.figures(stands)
    print(table(figures))
    print(f"The audit found nothing. {time.monotonic() - began:,.0f} seconds in all.")
    return 0 if all(one.met for one in figures) else 1


def say(words: str) -> None:
    print(f"… {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
