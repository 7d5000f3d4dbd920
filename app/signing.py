"""The key that signs the public log's heads: Ed25519 (RFC 8032), made on first use, readable by its owner only.

A head that this key signed cannot be taken back: whoever keeps it can show that the log once said so (rule 10.13).
"""

import hashlib
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

KEY_FILE = "log-signing-key.pem"
SECRET_FILE = "cookie-secret"  # noqa: S105


class KeyRefused(Exception):
    """The signing key cannot be used; the message says why and what to do."""


def load_or_create_key(home: Path) -> Ed25519PrivateKey:
    """The private key of this home's log; of processes that first ask at once, all get the same key."""
    path = home / KEY_FILE
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _create(path, pem)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise KeyRefused(f"Others may read the signing key {path}: chmod 600 it, and consider the key known.")
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"{path} holds no Ed25519 key: put the log's own key back.")
    return key


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of the public key, as published."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def log_id(public_key: bytes) -> str:
    """The name of a log: the SHA-256 of its public key, in hexadecimal, after RFC 6962 section 3.2."""
    return hashlib.sha256(public_key).hexdigest()


def sign(key: Ed25519PrivateKey, message: bytes) -> bytes:
    return key.sign(message)


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the owner of this public key signed this message; False also for a key or signature of a wrong shape."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def secret_key(home: Path) -> str:
    """The secret that signs cookies and kept uploads, made at first use."""
    path = home / SECRET_FILE
    if not path.exists():
        _create(path, secrets.token_hex(32).encode())
    return path.read_text()


def _create(path: Path, content: bytes) -> None:
    """Write a new secret beside its place and link it there: the place never holds half a key, and the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink(missing_ok=True)
