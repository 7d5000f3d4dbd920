"""The package of an ERC: its trace and every public document in one zip, named so that a person finds their way, with a plain manifest. Pure.

Whoever keeps the package can check it without this system: `sha256sum -c SHA256SUMS` for the bytes, the proof in trace.json for the history
(rules 10.2, 10.18, 14.8).
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

CHUNK_BYTES = 256 * 1024
FOLDERS = {"application": "1-application", "mv_report": "2-mv-report", "emissions_record": "1-emissions-record", "issuance": "3-issuance"}
KINDS_APART = {"emv_plan": "1-application/emv-plan", "eligibility_verification": "1-application/verification", "mv_verification": "2-mv-report/verification"}
EARLIEST = (1980, 1, 1, 0, 0, 0)  # The zip format knows no earlier day; one fixed day makes the same package the same bytes.

Document = Mapping[str, Any]
Entry = tuple[str, Callable[[], Iterable[bytes]]]


def package_name(serial: str) -> str:
    """The file name of a serial's package: nothing in it that a file system minds."""
    return f"ERC-{re.sub(r'[^A-Za-z0-9.]+', '-', serial)}.zip"


def file_names(documents: Sequence[Document]) -> list[str]:
    """A readable, unique path for each document, in the order given: folder, ordinal, title, and the file's own ending."""
    taken: set[str] = set()
    names = []
    for ordinal, document in enumerate(documents, 1):
        folder = KINDS_APART.get(document["kind"]) or FOLDERS.get(document["of"], "4-other")
        name = f"{folder}/{ordinal:02d}-{plain_words(document['title'])}{ending(document['file_name'])}"
        while name.lower() in taken:
            name = f"{folder}/{ordinal:02d}-{plain_words(document['title'])}-{document['sha256'][:8]}{ending(document['file_name'])}"
        taken.add(name.lower())
        names.append(name)
    return names


def plain_words(title: str, longest: int = 80) -> str:
    """A title as part of a file name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-")[:longest].strip("-") or "document"


def ending(file_name: str) -> str:
    """The last part of a file name with its dot, if it is one that people use; nothing otherwise."""
    found = re.search(r"\.[A-Za-z0-9]{1,8}$", file_name)
    return found.group().lower() if found else ""


def checksums(trace_json: bytes, readme: bytes, documents: Sequence[Document]) -> str:
    """The manifest in the form that `sha256sum -c` reads."""
    rows = [(hashlib.sha256(readme).hexdigest(), "README.txt"), (hashlib.sha256(trace_json).hexdigest(), "trace.json")]
    rows += [(document["sha256"], name) for document, name in zip(documents, file_names(documents), strict=True)]
    return "".join(f"{digest}  {name}\n" for digest, name in rows)


def readme(serial: str, words: str, address: str, documents: Sequence[Document]) -> str:
    """What the package is and how to check it, in plain words."""
    listed = "".join(
        f"  {name}\n      {document['title']} ({document['kind'].replace('_', ' ')}, {document['size']:,} bytes)\n"
        for document, name in zip(documents, file_names(documents), strict=True)
    )
    return (
        f"{serial}\n\n{words}\n\nFrom {address}\n\n"
        "What is here\n  trace.json    everything the public record says, with the proof from the public log\n"
        "  SHA256SUMS    the checksum of every file\n"
        f"{listed}\n"
        "How to check it\n"
        "  sha256sum -c SHA256SUMS     the files are the ones that were submitted\n"
        "  erc verify trace.json       the history stands in the signed public log, word for word\n"
    )


def data_readme(address: str, files: Sequence[Mapping[str, Any]], head: Mapping[str, Any] | None, waiting: int) -> str:
    """What the files of the data set are, and what stands in their columns, in plain words."""
    of_log = f"As of the first {head['size']:,} events of the public log, whose head was signed {head['signed_at']}" if head else "Before the first signed head"
    since = f", and of {waiting:,} that wait for their seal" if waiting else ""
    told = "".join(
        f"\n{file['name']}: {file['title']}, {file['rows']:,} rows\n  {file['about']}\n"
        + "".join(f"    {column['name']:<24} {column['kind']}\n" for column in file["columns"])
        for file in files
    )
    return (
        f"Every public list of {address}\n\n{of_log}{since}.\n"
        "All files were read at one moment, so they agree with each other. The same lists are pages at the address, with the words explained there.\n\n"
        "How to read them\n"
        "  The files are CSV as RFC 4180 has it, in UTF-8, with the names of the columns in the first line; an empty cell says that nothing is known.\n"
        "  An instant is in UTC, a day is a day of the state. MWh and pounds are exact decimals; one ERC is one MWh.\n"
        "  `path` is the page of the row's thing under the address above, and `x_path` that of what stands under `x`.\n"
        "  A text that a spreadsheet would run as a formula has an apostrophe before it.\n"
        "  manifest.json says the same as this text for programs; `sha256sum -c SHA256SUMS` shows whether the files are whole.\n"
        f"{told}"
    )


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """A zip as a stream: nothing is held but one piece of one file."""
    buffer = _Drain()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, pieces in entries:
            facts = zipfile.ZipInfo(name, EARLIEST)
            facts.compress_type = zipfile.ZIP_DEFLATED
            facts.external_attr = 0o644 << 16
            with archive.open(facts, "w", force_zip64=True) as file:
                for piece in pieces():
                    file.write(piece)
                    yield from buffer.drained()
            yield from buffer.drained()
    yield from buffer.drained()


def pieces_of(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of an open file in pieces; closes it."""
    with stream:
        while piece := stream.read(CHUNK_BYTES):
            yield piece


class _Drain(io.RawIOBase):
    """A place to write that cannot be rewound: what was written is handed on at once."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: Any) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def drained(self) -> Iterator[bytes]:
        waiting, self._waiting = self._waiting, []
        yield from waiting
