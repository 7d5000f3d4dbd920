"""How an S3 server is reached."""

from dataclasses import dataclass


@dataclass(frozen=True)
class S3Access:
    """The address and the key of an S3 server. What is not given comes from boto3's own places; without an endpoint it is Amazon's."""

    endpoint: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    region: str | None = None
