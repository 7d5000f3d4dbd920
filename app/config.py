"""Settings, read from the environment once, frozen, and refused at the start when they contradict one another."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

MAIL_SETTINGS = ("ERC_MAIL_HOST", "ERC_MAIL_PORT", "ERC_MAIL_FROM", "ERC_MAIL_USER", "ERC_MAIL_PASSWORD", "ERC_MAIL_STARTTLS")
S3_SETTINGS = ("ERC_STORE_ENDPOINT", "ERC_STORE_ACCESS_KEY", "ERC_STORE_SECRET_KEY", "ERC_STORE_REGION")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
BUCKET = re.compile(r"s3://[^/?#]+/?")
SENDER = re.compile(r"[^@\s<>]+@[^@\s<>]+")


class SettingsContradict(Exception):
    """The program does not start: the words name the settings and what to change."""


@dataclass(frozen=True)
class Mail:
    """An SMTP server; without one, mails are written as files under `home/mail`."""

    host: str
    port: int
    sender: str
    user: str | None
    password: str | None
    starttls: bool


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations. `database_url` None means the embedded PostgreSQL under `home`.

    `proxies` is how many proxies stand in front: so many of the last places in X-Forwarded-For are believed, and without one none.
    """

    home: Path
    database_url: str | None
    store_url: str
    store_endpoint: str | None
    store_access_key: str | None
    store_secret_key: str | None
    store_region: str | None
    port: int
    public_url: str
    secure_cookies: bool
    mail: Mail | None
    upload_limit_bytes: int
    proxies: int


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment. Raises SettingsContradict."""
    env = os.environ if environment is None else environment
    home = Path(env.get("ERC_HOME") or "var").absolute()
    port = _whole(env, "PORT", 8000, 1, 65535)
    public_url = _site("ERC_PUBLIC_URL", env.get("ERC_PUBLIC_URL") or f"http://127.0.0.1:{port}")
    endpoint = env.get("ERC_STORE_ENDPOINT")
    settings = Settings(
        home=home,
        database_url=_database_url(env.get("ERC_DATABASE_URL")),
        store_url=store_url(env.get("ERC_STORE_URL")),
        store_endpoint=_site("ERC_STORE_ENDPOINT", endpoint) if endpoint else None,
        store_access_key=env.get("ERC_STORE_ACCESS_KEY") or None,
        store_secret_key=env.get("ERC_STORE_SECRET_KEY") or None,
        store_region=env.get("ERC_STORE_REGION") or None,
        port=port,
        public_url=public_url,
        secure_cookies=public_url.startswith("https://"),
        mail=_mail(env),
        upload_limit_bytes=_whole(env, "ERC_UPLOAD_LIMIT_MB", 512, 1, 10_000) * 1024 * 1024,
        proxies=_whole(env, "ERC_PROXIES", 0, 0, 10),
    )
    _refuse_contradictions(settings, env)
    return settings


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsContradict(f"{name}={text!r} is not a whole number from {least} to {most}.")
    return int(text)


def _database_url(url: str | None) -> str | None:
    if not url:
        return None
    scheme, found, rest = url.partition("://")
    if not found or scheme.split("+")[0] not in {"postgresql", "postgres"}:
        raise SettingsContradict("ERC_DATABASE_URL must begin postgresql:// (PostgreSQL 15 or later); leave it unset for the embedded database.")
    if _parts(url) is None:
        raise SettingsContradict("ERC_DATABASE_URL names a port that is none: write postgresql://user:password@host:5432/name.")
    return f"postgresql+psycopg://{rest}"


def _parts(url: str) -> tuple[str, str, str] | None:
    """Scheme, host and what follows them; None where the address or its port cannot be read."""
    try:
        found = urlsplit(url)
        return found.scheme, f"{found.hostname or ''}{'' if found.port is None else f':{found.port}'}", f"{found.path}{found.query}{found.fragment}"
    except ValueError:
        return None


def _site(name: str, url: str) -> str:
    """The address of a server: http or https, a host, perhaps a port, and nothing behind them."""
    found = _parts(url)
    if found is None or found[0] not in {"http", "https"} or not found[1] or found[2] not in {"", "/"}:
        raise SettingsContradict(f"{name}={url!r} must begin http:// or https:// and name a host, without a path.")
    return url.rstrip("/")


def store_url(url: str | None, name: str = "ERC_STORE_URL") -> str:
    """The address of the store that is named so: `folder` is the one under home; a path is that folder; s3://bucket is a bucket."""
    if not url or url == "folder":
        return "folder"
    if url.startswith("s3://") and not BUCKET.fullmatch(url):
        raise SettingsContradict(f"{name}={url!r} does not name one bucket: write s3://bucket, without a path.")
    if not SCHEME.match(url):
        return Path(url).absolute().as_uri()
    if not url.startswith(("file:///", "s3://")):
        raise SettingsContradict(f"{name}={url!r} must be a folder's path, s3://bucket, or folder for the one under ERC_HOME.")
    return url


def _mail(env: Mapping[str, str]) -> Mail | None:
    host = env.get("ERC_MAIL_HOST")
    if not host:
        return None
    if "/" in host or host.count(":") == 1:
        raise SettingsContradict(f"ERC_MAIL_HOST={host!r} must be the server's name or address alone; its port goes to ERC_MAIL_PORT.")
    sender = env.get("ERC_MAIL_FROM")
    if not sender or not sender.isprintable() or not SENDER.fullmatch(parseaddr(sender)[1]):
        raise SettingsContradict("ERC_MAIL_HOST is set, so ERC_MAIL_FROM must be the e-mail address that mails come from.")
    user, password = env.get("ERC_MAIL_USER"), env.get("ERC_MAIL_PASSWORD")
    if bool(user) != bool(password):
        raise SettingsContradict("ERC_MAIL_USER and ERC_MAIL_PASSWORD go together: set both or neither.")
    starttls = env.get("ERC_MAIL_STARTTLS") or "0"
    if starttls not in {"0", "1"}:
        raise SettingsContradict(f"ERC_MAIL_STARTTLS={starttls!r} is neither 1 (encrypted) nor 0 (as it comes).")
    return Mail(host, _whole(env, "ERC_MAIL_PORT", 25, 1, 65535), sender, user, password, starttls == "1")


def _refuse_contradictions(settings: Settings, env: Mapping[str, str]) -> None:
    in_bucket = settings.store_url.startswith("s3://")
    given = [name for name in S3_SETTINGS if env.get(name)]
    if given and not in_bucket:
        raise SettingsContradict(f"{', '.join(given)} set, but ERC_STORE_URL is a folder. Set ERC_STORE_URL=s3://bucket or unset them.")
    if in_bucket and bool(settings.store_access_key) != bool(settings.store_secret_key):
        raise SettingsContradict("ERC_STORE_ACCESS_KEY and ERC_STORE_SECRET_KEY go together: set both or neither.")
    lonely = [name for name in MAIL_SETTINGS if name != "ERC_MAIL_HOST" and env.get(name)]
    if lonely and settings.mail is None:
        raise SettingsContradict(f"{', '.join(lonely)} set without ERC_MAIL_HOST. Set the host, or unset them to write mails as files.")
