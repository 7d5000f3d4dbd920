"""The `erc` command: serve, work, migrate, copy documents, play the demonstration, audit, trace, verify.

Exit codes: 0 fine, 1 problems found or refused, 2 wrong usage. With `--json` exactly one object goes to standard output; everything else, progress
too, goes to standard error.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from app import config
from app.cli.postgres_account import DatabaseRefused
from app.config import SettingsContradict
from app.db import now
from app.demo import Broken
from app.demo.generators import FileRefused
from app.errors import Refused
from app.signing import KeyRefused
from storage import StoreError

FINE, PROBLEMS, USAGE = 0, 1, 2
FIRST_VINTAGE = 2022
KEY_BYTES = 32


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal of any kind is told in words and never as a traceback."""
    asked = parser().parse_args(arguments)
    try:
        return command(asked.command)(config.read(), asked)
    except (SettingsContradict, DatabaseRefused, KeyRefused, FileRefused, Broken, StoreError) as refusal:
        return refused(asked, str(refusal))
    except Refused as refusal:
        return refused(asked, " ".join(filter(None, (refusal.words, refusal.what_to_do))))
    except OperationalError as error:
        return refused(
            asked, f"The database cannot be reached: {str(error.orig).strip()} Look at ERC_DATABASE_URL, or leave it unset for the embedded database."
        )
    except OSError as error:
        return refused(asked, f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))
    except KeyboardInterrupt:
        return PROBLEMS


def command(name: str) -> Callable[[config.Settings, argparse.Namespace], int]:
    """The function behind a command, such as serving.serve; its module is read only now, so that wrong usage is told at once."""
    module, _, function = name.partition(".")
    found: Callable[[config.Settings, argparse.Namespace], int] = getattr(importlib.import_module(f"app.cli.{module}"), function)
    return found


def refused(asked: argparse.Namespace, words: str) -> int:
    """Say why nothing was done: in words, and as the one object where JSON was asked for."""
    print(f"erc: {words}", file=sys.stderr)
    if getattr(asked, "json", False):
        show({"refused": words})
    return PROBLEMS


def show(facts: Any) -> None:
    """The one object on standard output."""
    print(json.dumps(facts, ensure_ascii=False, indent=2))


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="erc", description="Documents, decisions and serialized emission rate credits of a rate-based state plan.")
    verbs = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add(verbs, "serve", "serving.serve", "serve the pages and the API, with the worker beside the server")
    _add(verbs, "worker", "serving.worker", "keep what events promise: notices, mails, letters, the public log").add_argument(
        "--until-empty", action="store_true", help="end when nothing waits"
    )
    _add(verbs, "migrate", "serving.migrate", "bring the database to the newest schema")
    _add(verbs, "health", "checking.health", "whether database, store and schema are there", json_too=True)
    _add(verbs, "database", "serving.database", "run psql, pg_dump or pg_restore with the database's address in its environment").add_argument(
        "program", nargs=argparse.REMAINDER, metavar="PROGRAM …", help="such as: pg_dump -Fc -f erc.dump"
    )
    documents = verbs.add_parser("documents", help="the documents' bytes and where they lie").add_subparsers(title="acts", metavar="ACT", required=True)
    copy = _add(documents, "copy", "documents.copy", "copy the documents of one store into another, and check every digest there", json_too=True)
    copy.add_argument("source", metavar="FROM", help="a folder such as var/objects, or s3://bucket, which ERC_STORE_ENDPOINT and its keys lead to")
    copy.add_argument("target", metavar="TO", help="the same; what is there already is read and checked too")
    _add(verbs, "reset", "serving.reset", "throw away the database and the documents of this home").add_argument(
        "--yes", action="store_true", help="really throw them away"
    )
    _demo(verbs)
    _add(verbs, "audit", "checking.audit", "replay the past and compare it with the present", json_too=True)
    _add(verbs, "trace", "checking.trace", "where ERCs came from, and where they are", json_too=True).add_argument("serial", metavar="SERIAL")
    verify = _add(verbs, "verify", "verifying.verify", "check a downloaded trace, or that the public log only grew, without the server", json_too=True)
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--head", type=Path, metavar="KEPT", help="a head, a list of heads or a trace that you kept: FILE is then /log/growth/SIZE of it")
    verify.add_argument("--public-key", type=_key, metavar="HEX", help="the log's public key, as you know it from elsewhere")
    return top


def _demo(verbs: Any) -> None:
    demo = verbs.add_parser("demo", help="play the programme on real generators").add_subparsers(title="demonstrations", metavar="WHAT", required=True)
    _add(demo, "all", "playing.everything", "the life of a credit and its stories, as `make demo` plays them", json_too=True)
    _add(demo, "showcase", "playing.showcase", "the stories: transfers, a surrender, a cancellation, a refusal, a return", json_too=True)
    run = _add(demo, "run", "playing.run", "a state's generators of a file, from application to ERCs", json_too=True)
    run.add_argument("file", type=Path, metavar="FILE", help="a generator file in the form of data/egrid2016_generators.csv")
    run.add_argument("--state", type=_state, required=True, metavar="XX", help="the state's two letters")
    run.add_argument("--vintage-year", type=_vintage, required=True, metavar="YEAR", help="the year to which 2016 is shifted, from 2022, and over")
    run.add_argument("--limit", type=_count, metavar="N", help="only the first N of the state's rows")


def _add(verbs: Any, name: str, command: str, words: str, json_too: bool = False) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = verbs.add_parser(name, help=words, description=words[:1].upper() + words[1:] + ".")
    made.set_defaults(command=command)
    if json_too:
        made.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return made


def _state(text: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise argparse.ArgumentTypeError(f"{text!r} is not a state's two letters, such as MN")
    return text.upper()


def _vintage(text: str) -> int:
    over = now().year - 1
    if not text.isdecimal() or not FIRST_VINTAGE <= int(text) <= over:
        raise argparse.ArgumentTypeError(f"{text!r} is not a vintage year from {FIRST_VINTAGE} to {over}: MWh are credited when their year is over")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rows from 1")
    return int(text)


def _key(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != KEY_BYTES:
        raise argparse.ArgumentTypeError(f"{text!r} is not a public key of {KEY_BYTES} bytes in hexadecimal")
    return found
