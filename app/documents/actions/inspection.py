"""What a file is, by its content, and whether the repository takes it.

A document must still open in many years and may not act on its reader: so a short list of plain formats, whose content must be what the name's
ending says, and nothing that runs. Binary formats are told by their signatures, text by being UTF-8.
"""

import codecs
import json
import re
from typing import IO
from xml.parsers import expat

import filetype

from app.documents.actions import office, pdfs
from app.documents.actions.names import ending_of
from app.errors import Invalid

PIECE = 1 << 20
LARGEST_PARSED_BYTES = 64 << 20
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".json": "application/json",
    ".xml": "application/xml",
}
PACKED = {".zip", ".7z", ".rar", ".gz", ".tar"}
TEXT = {".csv", ".txt", ".json", ".xml"}
TAKEN = "PDF, PNG, JPEG, XLSX, DOCX, CSV, TXT, JSON or XML"
NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
PAGE_OF_A_BROWSER = re.compile(
    r"\s*(?:<!--(?:(?!-->).)*-->\s*)*(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+(html|svg)|<(html|head|body|script|svg|iframe|style|table|div|title|h1|font|a|b|br|p)[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
RUNS = {"application/x-msdownload", "application/x-executable", "application/wasm", "application/x-shockwave-flash"}
MACHO_STARTS = tuple(bytes.fromhex(word) for word in ("cffaedfe", "cefaedfe", "feedface", "feedfacf"))
RUNNING_STARTS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\x00asm", b"dex\n", *MACHO_STARTS)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ACTIVE_NAMESPACES = {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"}


def refused(words: str, what_to_do: str) -> Invalid:
    """The refusal of a file, at the form's field `file`."""
    return Invalid(words, what_to_do=what_to_do, fields={"file": [f"{words} {what_to_do}"]})


def check_ending(file_name: str) -> None:
    """Raise Invalid for a name whose ending is not on the list."""
    ending = ending_of(file_name)
    if ending in MEDIA_TYPES:
        return
    without = f"The name “{file_name}” has no ending, such as .pdf or .csv, to say what it is."
    words = f"“{file_name}” ends in {ending}, which is not taken." if ending else without
    raise refused(words, "Send the files one by one, not packed together." if ending in PACKED else f"Save it as {TAKEN}, best as PDF, and choose that file.")


def media_type(file: IO[bytes], file_name: str) -> str:
    """The media type by content, which is the one of the name's ending. Raises Invalid."""
    ending = ending_of(file_name)
    found = _found(file, ending)
    if found not in MEDIA_TYPES or MEDIA_TYPES[ending] != MEDIA_TYPES[found]:
        content = "plain text" if found == ".txt" else found[1:].upper()
        instead = f"Name it with the ending {found}" if found in MEDIA_TYPES else f"Save it as {TAKEN}, best as PDF"
        raise refused(f"its name says {ending[1:].upper()}, its content is {content}.", f"{instead}, and choose that file.")
    if found == ".pdf":
        pdfs.check(file)
    return MEDIA_TYPES[ending]


def _found(file: IO[bytes], ending: str) -> str:
    """The ending that the content deserves; for text the one it has, once it is what it says."""
    file.seek(0)
    start = file.read(8192)
    if start.startswith(b"%PDF-") or (ending == ".pdf" and b"%PDF-" in start[:1024]):
        return ".pdf"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return office.ending_of_package(file)
    if start.startswith(OLD_OFFICE):
        raise refused("it is an old Office file or has a password.", "Save it without a password as XLSX or DOCX, or as PDF.")
    if _is_text(file):
        return _text(file, ending)
    return _binary(start, ending)


def _binary(start: bytes, ending: str) -> str:
    guess = filetype.guess(start)
    if start.startswith(RUNNING_STARTS) or (guess is not None and guess.mime in RUNS):
        raise refused("it is a program.", f"Programs are never taken. Save what it shows as {TAKEN}.")
    if guess is not None:
        return f".{guess.extension}"
    if ending in TEXT:
        raise refused("it is not text in UTF-8.", "Save it with the encoding UTF-8; a spreadsheet program offers “CSV UTF-8”.")
    raise refused(f"its content is not {ending[1:].upper()}, nor anything known.", f"Open it, save it as {TAKEN}, best as PDF, and choose that file.")


def _is_text(file: IO[bytes]) -> bool:
    """Whether all of it is UTF-8 without control characters."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(PIECE):
            if NOT_IN_TEXT.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _text(file: IO[bytes], ending: str) -> str:
    file.seek(0)
    start = file.read(8192).decode("utf-8", "ignore").lstrip("\ufeff")
    if ending != ".xml" and PAGE_OF_A_BROWSER.match(start):
        raise _active()
    if start.startswith("#!"):
        raise refused("it is a program.", "Programs are never taken. Send what it shows, as text without the first line, or as PDF.")
    if ending == ".json":
        _check_json(file)
    if ending == ".xml":
        _check_xml(file)
    return ending if ending in TEXT else ".txt"


def _active() -> Invalid:
    return refused("it is a web page or an SVG picture, which can run a program in a browser.", "Print it to PDF, and choose that file.")


def _check_json(file: IO[bytes]) -> None:
    file.seek(0)
    content = file.read(LARGEST_PARSED_BYTES + 1)
    if len(content) > LARGEST_PARSED_BYTES:
        raise refused(f"it is JSON of more than {LARGEST_PARSED_BYTES >> 20} MB, too large to be checked.", "Send the rows as CSV.")
    try:
        json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        where = f" It breaks at line {error.lineno}." if isinstance(error, json.JSONDecodeError) else ""
        raise refused(f"its content is not JSON.{where}", "Correct it, or send it as TXT.") from error


def _check_xml(file: IO[bytes]) -> None:
    """Read piece by piece, so that nothing grows: a document type, with which entities begin, is refused at once."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse_doctype(*_: object) -> None:
        raise refused("it has a document type declaration, which can hide other files in it.", "Save it without <!DOCTYPE …>.")

    def begin(name: str, attributes: object) -> None:
        namespace, _, local = name.rpartition(" ")
        if namespace in ACTIVE_NAMESPACES or local.lower() in {"html", "svg", "script"}:
            raise _active()

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = begin
    file.seek(0)
    try:
        while piece := file.read(PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refused(f"its content is not XML; it breaks at line {error.lineno}.", "Correct it, or send it as TXT.") from error
