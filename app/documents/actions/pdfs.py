"""A PDF must show itself and do nothing else: no password, no scripts, no started programs, no programs inside.

What the state keeps for years must open without a key, and what the public downloads must not act on it.
"""

import zlib
from typing import IO, Any, BinaryIO, cast

import filetype
import pikepdf

from app.documents.actions.office import RUNNING_ENDINGS
from app.errors import Invalid

DEEPEST = 40
INSPECTED_BYTES = 8192
RUNNING_STARTS = (b"MZ", b"\x7fELF", b"#!", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
PRINT_IT = "Open it, print it to a new PDF, and choose that file."


def check(file: IO[bytes]) -> None:
    """Raise Invalid for a PDF that cannot be read by everybody or that runs something."""
    file.seek(0)
    try:
        with pikepdf.open(cast(BinaryIO, file)) as pdf:
            if pdf.is_encrypted:
                raise Invalid("it is encrypted.", what_to_do="Save it without a password or other protection, and choose that file.")
            if len(pdf.pages) == 0:
                raise Invalid("it has no page.", what_to_do=PRINT_IT)
            for part in (pdf.trailer, *pdf.objects):
                _check_part(part, 0)
    except pikepdf.PasswordError as error:
        raise Invalid("it has a password.", what_to_do="Save it without a password, and choose that file.") from error
    except pikepdf.PdfError as error:
        raise Invalid("its content is a broken PDF that cannot be opened.", what_to_do=PRINT_IT) from error


def _check_part(part: Any, depth: int) -> None:
    """One object and what stands directly in it; what it only points to is an object of its own."""
    if isinstance(part, pikepdf.Array):
        children = list(part)
    elif isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
        _check_entries(part)
        children = [part[key] for key in part.keys()]  # noqa: SIM118 - a PDF dictionary iterates over its values' pairs otherwise
    else:
        return
    if depth >= DEEPEST:
        raise Invalid("it is nested deeper than a document is.", what_to_do=PRINT_IT)
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _check_part(child, depth + 1)


def _check_entries(part: Any) -> None:
    if "/JS" in part or part.get("/S") == pikepdf.Name.JavaScript or "/JavaScript" in part:
        raise Invalid("it holds a script (JavaScript).", what_to_do=PRINT_IT)
    if part.get("/S") == pikepdf.Name.Launch:
        raise Invalid("it would start a program (a Launch action).", what_to_do=PRINT_IT)
    if "/XFA" in part:
        raise Invalid("it is a dynamic form (XFA), which only one program can show.", what_to_do=PRINT_IT)
    if "/EF" in part:
        _check_attachment(part)


def _check_attachment(specification: Any) -> None:
    """Attached data are welcome, attached programs are not."""
    names = [str(specification[key]).lower() for key in ("/F", "/UF") if key in specification]
    held = specification["/EF"]
    files = [held[key] for key in held.keys() if isinstance(held[key], pikepdf.Stream)]  # noqa: SIM118
    if any(name.endswith(RUNNING_ENDINGS) for name in names) or any(_runs(stream) for stream in files):
        raise Invalid("it has a program attached.", what_to_do="Take the attachment out, and choose that file.")


def _runs(stream: pikepdf.Stream) -> bool:
    start = _start_of(stream)
    guess = filetype.guess(start)
    return start.startswith(RUNNING_STARTS) or (guess is not None and guess.mime in {"application/x-msdownload", "application/x-executable"})


def _start_of(stream: pikepdf.Stream) -> bytes:
    """The first bytes of an attachment; only so many are unpacked, since a small one may unpack to a huge one."""
    raw = stream.read_raw_bytes()
    packed = stream.get("/Filter")
    if packed is None:
        return raw[:INSPECTED_BYTES]
    names = [str(name) for name in packed] if isinstance(packed, pikepdf.Array) else [str(packed)]
    if names != ["/FlateDecode"]:
        raise Invalid("its attachment is packed in a way that cannot be looked into.", what_to_do="Take the attachment out, and send it as a file of its own.")
    try:
        return zlib.decompressobj().decompress(raw, INSPECTED_BYTES)
    except zlib.error as error:
        raise Invalid("its attachment is broken.", what_to_do="Take the attachment out, and choose that file.") from error
