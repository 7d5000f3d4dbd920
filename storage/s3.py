"""Objects in an S3 bucket, write-once by a conditional put, retained by object lock in compliance mode.

Compliance mode is what lets a record keeper say that nobody, not even the account's owner, could have removed a document
before its date. The bucket must be made with object lock; a bucket without it refuses `retain` instead of pretending.
"""

import base64
import io
import tempfile
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, cast
from urllib.parse import quote
from uuid import uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storage.access import S3Access
from storage.errors import NotHeld, Retained, StoreRefused, StoreUnavailable, WrongBytes
from storage.objects import (
    KEY,
    Readable,
    Stat,
    Upload,
    check_promise,
    checked_key,
    checked_prefix,
    digest_of,
    retention_instant,
)
from storage.streams import PIECE, check_range, copy_checked, hashed, windowed
from storage.verified import Verified

LARGEST_PUT = 5 * 1024**3  # Bytes that S3 takes in one conditional put.
TRIES = 8


class S3Store:
    """Objects in one bucket."""

    def __init__(self, bucket: str, access: S3Access) -> None:
        self._bucket = bucket
        self._verified = Verified()
        self._probes_stay = False
        self._client = boto3.client(
            "s3",
            endpoint_url=access.endpoint,
            aws_access_key_id=access.access_key,
            aws_secret_access_key=access.secret_key,
            region_name=access.region or "us-east-1",
            config=Config(
                signature_version="s3v4",
                retries={"max_attempts": 4, "mode": "standard"},
                max_pool_connections=32,
                connect_timeout=5,
                read_timeout=60,
                request_checksum_calculation="when_required",
                s3={"addressing_style": "path" if access.endpoint else "auto"},
            ),
        )

    def put_once(self, key: str, stream: Readable, size: int, sha256: str) -> bool:
        check_promise(key, sha256)
        if size > LARGEST_PUT:
            raise StoreRefused(f"{size} bytes are more than the {LARGEST_PUT} that the store takes at once: split the file.")
        with tempfile.SpooledTemporaryFile(PIECE) as checked:
            copy_checked(stream, cast(BinaryIO, checked), sha256, size)
            for _ in range(TRIES):
                checked.seek(0)
                try:
                    self._put_if_absent(key, cast(BinaryIO, checked), size)
                    return True
                except ClientError as refusal:
                    code = refusal.response.get("Error", {}).get("Code")
                    if code in ("PreconditionFailed", "412"):
                        return not self._holds(key) and self._replace(key, cast(BinaryIO, checked), size)
                    if code != "ConditionalRequestConflict":
                        raise StoreUnavailable(f"The store did not take {key}: {refusal}") from refusal
        raise StoreUnavailable(f"Too many writers met at {key}. Try again.")

    def _put_if_absent(self, key: str, body: BinaryIO, size: int) -> None:
        try:
            self._client.put_object(**self._content(key, body, size), IfNoneMatch="*")
        except BotoCoreError as failure:
            raise StoreUnavailable(f"The store does not answer: {failure}") from failure

    def _content(self, key: str, body: BinaryIO, size: int) -> dict[str, Any]:
        said = {"ContentLength": size, "ChecksumSHA256": _base64_digest(key), "ContentType": "application/octet-stream"}
        return {"Bucket": self._bucket, "Key": key, "Body": body, **said}

    def _holds(self, key: str) -> bool:
        """Whether the object that took the address has the bytes that the address promises."""
        try:
            self.open_checked(key).close()
        except (WrongBytes, NotHeld):
            return False
        return True

    def _replace(self, key: str, body: BinaryIO, size: int) -> bool:
        """Put the promised bytes over wrong ones; in a locked bucket as the newest version, kept as long as the wrong one."""
        present = self.stat(key)
        body.seek(0)
        with self._translated(key):
            self._client.put_object(**self._content(key, body, size))
        if present is not None and present.retain_until is not None and present.retain_until > datetime.now(UTC):
            self.retain(key, present.retain_until)
        return True

    def open(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        check_range(start, end)
        if end == start:
            return self._empty(key)
        wanted = f"bytes={start}-{'' if end is None else end - 1}"
        try:
            with self._translated(key):
                found = self._client.get_object(Bucket=self._bucket, Key=checked_key(key), Range=wanted)
        except StoreUnavailable as failure:
            cause = failure.__cause__
            if isinstance(cause, ClientError) and cause.response.get("Error", {}).get("Code") == "InvalidRange":
                return self._empty(key)
            raise
        return windowed(cast(BinaryIO, _Body(found["Body"])))

    def open_checked(self, key: str, start: int = 0, end: int | None = None) -> BinaryIO:
        """What was not read before is fetched whole and hashed on its way into a file without a name."""
        check_range(start, end)
        with self._translated(key):
            if self._verified.knows(key, _mark(self._client.head_object(Bucket=self._bucket, Key=checked_key(key)))):
                return self.open(key, start, end)
        spooled = cast(BinaryIO, tempfile.SpooledTemporaryFile(PIECE))  # noqa: SIM115 - the reader closes it.
        try:
            with self._translated(key):
                found = self._client.get_object(Bucket=self._bucket, Key=key)
                digest = hashed(found["Body"], spooled)
            if digest != digest_of(key):
                raise WrongBytes(f"The bytes stored under {key} hash to {digest}.")
            self._verified.learn(key, _mark(found))
            spooled.seek(start)
        except BaseException:
            spooled.close()
            raise
        return windowed(spooled, None if end is None else end - start)

    def probe(self) -> None:
        """Where the bucket locks all that comes, the first probe stays and no other is written: then it is only asked whether the bucket is there."""
        key = f"probe/{uuid4().hex}"
        with self._translated(key):
            if self._probes_stay:
                self._client.head_bucket(Bucket=self._bucket)
                return
            version = self._client.put_object(Bucket=self._bucket, Key=key, Body=b"probe").get("VersionId")
            try:
                self._client.delete_object(Bucket=self._bucket, Key=key, **({"VersionId": version} if version and version != "null" else {}))
            except ClientError:
                self._probes_stay = True

    def _empty(self, key: str) -> BinaryIO:
        if self.stat(key) is None:
            raise _not_held(key)
        return io.BytesIO()

    def stat(self, key: str) -> Stat | None:
        try:
            with self._translated(key):
                found = self._client.head_object(Bucket=self._bucket, Key=checked_key(key))
        except NotHeld:
            return None
        until = found.get("ObjectLockRetainUntilDate")
        return Stat(found["ContentLength"], found["LastModified"].astimezone(UTC), until.astimezone(UTC) if until else None)

    def list(self, prefix: str = "") -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=checked_prefix(prefix))
        with self._translated(prefix):
            for page in pages:
                yield from (row["Key"] for row in page.get("Contents", []) if KEY.fullmatch(row["Key"]))

    def presign_get(self, key: str, seconds: int, filename: str) -> str:
        wanted = {
            "Bucket": self._bucket,
            "Key": checked_key(key),
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(filename, safe='')}",
        }
        address: str = self._client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)
        return address

    def presign_put(self, key: str, seconds: int, max_size: int) -> Upload:
        """The form binds the digest too, so that its bearer can store the promised content and no other."""
        fields = {"x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-sha256": _base64_digest(key)}
        made = self._client.generate_presigned_post(
            self._bucket,
            checked_key(key),
            Fields=dict(fields),
            ExpiresIn=seconds,
            Conditions=[*({name: value} for name, value in fields.items()), ["content-length-range", 0, max_size]],
        )
        return Upload(made["url"], made["fields"])

    def retain(self, key: str, until: datetime) -> None:
        present = self.stat(key)
        if present is None:
            raise _not_held(key)
        instant = retention_instant(until, present.retain_until)
        try:
            with self._translated(key):
                self._client.put_object_retention(Bucket=self._bucket, Key=key, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": instant})
        except StoreUnavailable as failure:
            cause = failure.__cause__
            code = cause.response.get("Error", {}).get("Code") if isinstance(cause, ClientError) else None
            if code in ("InvalidRequest", "ObjectLockConfigurationNotFoundError"):
                raise StoreRefused(
                    f"The bucket {self._bucket} has no object lock, so nothing in it can be retained. "
                    "Make a bucket with object lock and name it in ERC_STORE_URL."
                ) from failure
            raise

    def delete(self, key: str) -> None:
        """Remove every version: in a locked bucket a plain delete would only hide the object behind a marker."""
        present = self.stat(key)
        if present is None:
            raise _not_held(key)
        if present.retain_until and present.retain_until > datetime.now(UTC):
            raise Retained(f"{key} must be kept until {present.retain_until.isoformat()}. Delete it after that.")
        with self._translated(key):
            found = self._client.list_object_versions(Bucket=self._bucket, Prefix=key)
            versions = [row["VersionId"] for row in found.get("Versions", [])]
            for version in reversed(versions):  # The oldest first: if any is retained, it is that one.
                if version == "null":
                    self._client.delete_object(Bucket=self._bucket, Key=key)
                else:
                    self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)

    def sweep(self, older_than: timedelta) -> int:
        """Nothing is ever left: a put is one request, and the bytes on their way live in a file without a name."""
        return 0

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        """Say what the store's refusal means in this store's own words."""
        try:
            yield
        except ClientError as refusal:
            code = refusal.response.get("Error", {}).get("Code")
            if code in ("NoSuchKey", "404"):
                raise _not_held(key) from refusal
            if code == "AccessDenied" and refusal.operation_name in ("DeleteObject", "PutObjectRetention"):
                raise Retained(f"{key} is locked by the store; its retention can neither be shortened nor passed.") from refusal
            raise StoreUnavailable(f"The store refused {refusal.operation_name} for {key}: {refusal}") from refusal
        except BotoCoreError as failure:
            raise StoreUnavailable(f"The store does not answer: {failure}") from failure


class _Body:
    """The bytes of an answer as they come; one that breaks off is told in this store's own words."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.close = body.close

    def read(self, size: int = -1, /) -> bytes:
        try:
            return cast(bytes, self._body.read(None if size < 0 else size))
        except BotoCoreError as failure:
            raise StoreUnavailable(f"The store broke off: {failure}") from failure


def _mark(found: Mapping[str, Any]) -> Hashable:
    return (found["ETag"], found.get("VersionId"), found["LastModified"], found["ContentLength"])


def _base64_digest(key: str) -> str:
    return base64.b64encode(bytes.fromhex(digest_of(key))).decode()


def _not_held(key: str) -> NotHeld:
    return NotHeld(f"The store holds no object {key}.")
