"""Where the bytes of documents live: written once, under the digest of their content, in a folder or in S3."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from storage.access import S3Access
from storage.errors import (
    NotHeld,
    Retained,
    SignatureRefused,
    StoreError,
    StoreRefused,
    StoreUnavailable,
    UnsafeKey,
    WrongBytes,
    WrongDigest,
    WrongSize,
)
from storage.folder import FolderStore, Grant
from storage.objects import ObjectStore, Readable, Stat, Upload, digest_of, key_of

__all__ = [
    "FolderStore",
    "Grant",
    "NotHeld",
    "ObjectStore",
    "Readable",
    "Retained",
    "S3Access",
    "SignatureRefused",
    "Stat",
    "StoreError",
    "StoreRefused",
    "StoreUnavailable",
    "UnsafeKey",
    "Upload",
    "WrongBytes",
    "WrongDigest",
    "WrongSize",
    "digest_of",
    "key_of",
    "open_store",
]


def open_store(url: str, home: Path, signing_key: bytes, access: S3Access | None = None) -> ObjectStore:
    """The store that a setting names: `folder` (in the home), `file:///a/folder`, or `s3://bucket`.

    Raises StoreRefused on a setting that contradicts itself. Nothing is asked of an S3 server yet.
    """
    parts, access = urlsplit(url), access or S3Access()
    if parts.scheme == "s3":
        return _open_bucket(url, access)
    if access.endpoint or access.access_key or access.secret_key:
        raise StoreRefused(f"An S3 endpoint or key is set, but the store is {url!r}: name a bucket as s3://bucket, or unset them.")
    if len(signing_key) < 16:
        raise StoreRefused("The folder store signs its addresses; its signing key must have at least 16 bytes.")
    if url == "folder":
        return FolderStore(home / "objects", signing_key)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return FolderStore(Path(unquote(parts.path)), signing_key)
    raise StoreRefused(f"{url!r} names no store: use folder, file:///a/folder or s3://bucket.")


def _open_bucket(url: str, access: S3Access) -> ObjectStore:
    parts = urlsplit(url)
    if not parts.netloc or parts.path not in ("", "/") or parts.query:
        raise StoreRefused(f"{url!r} does not name one bucket: use s3://bucket, without a path.")
    if bool(access.access_key) != bool(access.secret_key):
        raise StoreRefused("An S3 access key and its secret go together: set both, or neither.")
    from storage.s3 import S3Store  # boto3 takes half a second to import, and most homes keep a folder.

    return S3Store(parts.netloc, access)
