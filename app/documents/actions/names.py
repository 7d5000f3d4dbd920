"""What a file and a document may be called: names come from strangers' machines, and are stored, shown and sent back.

A name may hide where a file goes (`../`), what it is (a right-to-left override turns `gpj.exe` around) or where it ends (a NUL). What is left
after cleaning is what a person sees.
"""

import re
import unicodedata

LONGEST_NAME = 150
FORBIDDEN = re.compile(r'[<>:"|?*$`]')
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def shown(text: str) -> str:
    """The text without what has no visible form: control characters, overrides of direction, joiners, surrogates, unassigned ones."""
    normal = unicodedata.normalize("NFC", text)
    seen = "".join(" " if character in "\t\r\n" else character for character in normal)
    return "".join(character for character in seen if not unicodedata.category(character).startswith("C"))


def clean_words(text: str) -> str:
    """A title on one line."""
    return " ".join(shown(text).split())


def clean_file_name(name: str) -> str:
    """The last part of a path, safe on any system, at most 150 characters, its ending kept and in small letters."""
    last = re.split(r"[/\\]", name.replace("\x00", ""))[-1]
    plain = FORBIDDEN.sub("_", clean_words(last)).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    stem = stem.strip(". ") or "document"
    ending = f".{ending.lower()}"[:20] if ending else ""
    if DEVICES.match(stem):
        stem = f"_{stem}"
    return stem[: LONGEST_NAME - len(ending)].rstrip(". ") + ending


def ending_of(file_name: str) -> str:
    """The ending with its dot, in small letters; empty when there is none."""
    stem, dot, ending = file_name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""
