"""The documents' bytes from one store into another: a folder to a bucket, or back."""

import argparse
import json
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tqdm import tqdm

from app.config import Settings, SettingsContradict, store_url
from storage import ObjectStore, S3Access, open_store
from storage.copying import copied


def copy(settings: Settings, asked: argparse.Namespace) -> int:
    """Exit 1 when anything is not in the second store, whole. Neither the database nor the home is touched."""
    source, target = store_url(asked.source, "FROM"), store_url(asked.target, "TO")
    if source == target:
        raise SettingsContradict("Both names mean the same store: name the one that is copied, then the one that is filled.")
    _demand_there(settings, source)
    into, objects, fresh, problems = _opened(settings, target), 0, 0, []
    into.probe()
    for one in tqdm(copied(_opened(settings, source), into), unit="object", desc="Documents", dynamic_ncols=True):
        objects, fresh = objects + 1, fresh + one.fresh
        if one.problem:
            problems.append({"object": one.key, "words": one.problem})
    facts = {"from": asked.source, "to": asked.target, "objects": objects, "copied": fresh, "problems": problems}
    _told(facts, in_json=asked.json)
    return 1 if problems else 0


def _demand_there(settings: Settings, url: str) -> None:
    """A folder would be made by opening it, and a folder that was misspelt would then be copied as an empty one."""
    root = settings.home / "objects" if url == "folder" else Path(unquote(urlsplit(url).path))
    if not url.startswith("s3://") and not (root / "sha256").is_dir():
        raise SettingsContradict(f"{root} holds no documents: there is no folder sha256 in it.")


def _opened(settings: Settings, url: str) -> ObjectStore:
    """The store of this address. It signs no addresses here, so any key will do."""
    access = S3Access(settings.store_endpoint, settings.store_access_key, settings.store_secret_key, settings.store_region)
    return open_store(url, settings.home, secrets.token_bytes(32), access if url.startswith("s3://") else None)


def _told(facts: dict[str, Any], *, in_json: bool) -> None:
    if in_json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for one in facts["problems"]:
        print(f"{one['object']}: {one['words']}")
    whole = facts["objects"] - len(facts["problems"])
    print(f"Of {facts['objects']:,} objects {whole:,} are in {facts['to']} with the right digest, {facts['copied']:,} of them new.")
