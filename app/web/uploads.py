"""Uploaded files on their way to the repository: stored before any transaction, and kept over a refused form so that nobody uploads twice."""

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.acts import Upload, UploadedFile
from app.errors import Invalid

__all__ = ["KEPT", "KEPT_NAME", "Upload", "UploadedFile", "keep", "kept_token", "uploaded"]

KEPT = "__kept"
KEPT_NAME = "__kept_name"
KEPT_SECONDS = 24 * 3600


def kept_token(file: UploadedFile) -> str:
    """A signed word for the hidden field by which the given-back form names the stored bytes; empty when nothing was stored."""
    return _signer().dumps({"file_name": file.file_name, **file.stored}) if file.stored else ""


def keep(file: UploadedFile) -> None:
    """Store a refused form's file now, so that the form can be given back with it. The repository's `receive` is wired in by main."""
    if not file.stored and file.stream is not None:
        file.stored = current_app.extensions["erc.receive"](file.stream, file.file_name)


def uploaded(name: str) -> UploadedFile | None:
    """The file of this form field, or the one that an earlier attempt kept."""
    found: dict[str, UploadedFile] = request.environ.setdefault("erc.uploads", {})
    if name not in found:
        file = request.files.get(name)
        if file is not None and file.filename:
            found[name] = UploadedFile(file.filename, file.stream)  # type: ignore[arg-type]
        elif request.form.get(f"{name}{KEPT}"):
            found[name] = _kept(request.form[f"{name}{KEPT}"])
    return found.get(name)


def _kept(token: str) -> UploadedFile:
    try:
        stored = _signer().loads(token, max_age=KEPT_SECONDS)
    except BadSignature as error:
        raise Invalid("The file of the earlier attempt is no longer kept.", what_to_do="Choose the file again.") from error
    return UploadedFile(stored.pop("file_name"), None, stored)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept-upload")
