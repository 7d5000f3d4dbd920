"""Spreadsheets and texts of office programs: zip packages told apart by their parts, and taken only when nothing in them runs."""

import zipfile
from typing import IO

from app.errors import Invalid

MOST_PARTS = 20_000
PARTS = {".xlsx": "xl/workbook.xml", ".docx": "word/document.xml"}
SCRIPTS = (".bat", ".cmd", ".sh", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".ps1", ".hta", ".lnk", ".reg")
RUNNING_ENDINGS = (".exe", ".dll", ".com", ".scr", ".msi", ".jar", ".app", *SCRIPTS)


def ending_of_package(file: IO[bytes]) -> str:
    """`.xlsx` or `.docx`; `.zip` for any other package. Raises Invalid for macros, embedded programs, passwords and broken ones."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _refused("its content is a package that cannot be opened.", "Open it in its own program, save it again, and choose that file.") from error
    names = {entry.filename for entry in entries}
    found = next((ending for ending, part in PARTS.items() if part in names and "[Content_Types].xml" in names), ".zip")
    if found == ".zip":
        return found
    if len(entries) > MOST_PARTS or any(entry.flag_bits & 1 for entry in entries):
        raise _refused("it has a password, or more parts than a document has.", "Save it without a password, or as PDF.")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refused("it holds macros, which are programs.", f"Save it as {found[1:].upper()} without macros, or as PDF.")
    if any(name.lower().endswith(RUNNING_ENDINGS) or "/embeddings/ole" in name.lower() for name in names):
        raise _refused("it holds an embedded program or object.", "Take the embedded object out, or print it to PDF.")
    return found


def _refused(words: str, what_to_do: str) -> Invalid:
    return Invalid(words, what_to_do=what_to_do)
