"""What the repository takes and refuses, by content, and how it stores it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest

from app.documents import actions as documents
from app.documents import queries
from app.documents.actions.names import clean_file_name
from app.errors import Invalid
from storage import FolderStore, key_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" + b"\x00" * 30
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 40
PE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 200
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 200
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, **saving: object) -> bytes:
    """A one-page PDF, with something done to it."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(200, 200))
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out, **saving)
    return out.getvalue()


def package(*names: str) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "<x/>")
    return out.getvalue()


XLSX = ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
DOCX = ("[Content_Types].xml", "word/document.xml")


def runs_script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def names_script(made: pikepdf.Pdf) -> None:
    made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([])))


def launches(made: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action))])


def attaches(name: str, content: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(made: pikepdf.Pdf) -> None:
        made.attachments[name] = pikepdf.AttachedFileSpec(made, content, filename=name)

    return change


TAKEN = {
    "plan.pdf": (pdf(), "application/pdf"),
    "data.pdf": (pdf(attaches("meter.csv", b"month,mwh\n1,2\n")), "application/pdf"),
    "PHOTO.PNG": (PNG, "image/png"),
    "site.jpg": (JPEG, "image/jpeg"),
    "site.jpeg": (JPEG, "image/jpeg"),
    "meter.xlsx": (package(*XLSX), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "letter.docx": (package(*DOCX), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "readings.csv": ("month,mwh\n2022-01,1.5\nSão Paulo,2\n".encode(), "text/csv"),
    "bitmap.csv": (b"BM,MZ,PK\n1,2,3\n", "text/csv"),
    "packed.csv": (b"PK,2022\n", "text/csv"),
    "comments.txt": (b"<!---->" * 1000 + b"x", "text/plain"),
    "bom.csv": (b"\xef\xbb\xbfmonth,mwh\r\n1,2\r\n", "text/csv"),
    "notes.txt": (b"We speak of <html> and of %PDF-1.7 here.\n", "text/plain"),
    "facts.json": (json.dumps({"mwh": "1"}).encode(), "application/json"),
    "facts.xml": (b"<?xml version='1.0'?><facts><mwh>1</mwh></facts>", "application/xml"),
}

REFUSED = {
    "empty": ("empty.pdf", b"", "is empty"),
    "a program by its name": ("setup.exe", PE, "not taken"),
    "a program named as a document": ("plan.pdf", PE, "is a program"),
    "a Linux program named as data": ("readings.csv", ELF, "is a program"),
    "a script named as text": ("notes.txt", b"#!/bin/sh\nrm -rf /\n", "is a program"),
    "a web page": ("page.html", b"<html></html>", "not taken"),
    "a web page named as text": ("notes.txt", b"  <!-- hello --> <!DOCTYPE html><html><script>alert(1)</script>", "web page"),
    "an SVG": ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not taken"),
    "an SVG named as XML": ("drawing.xml", b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "an SVG hidden in XML": ("drawing.xml", b"<a><b><s:svg xmlns:s='http://www.w3.org/2000/svg'/></b></a>", "SVG"),
    "XML with entities": ("facts.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "document type"),
    "XML that breaks": ("facts.xml", b"<a><b></a>", "not XML"),
    "JSON that breaks": ("facts.json", b"{'a': 1}", "not JSON"),
    "JSON nested without end": ("facts.json", b"[" * 200_000, "not JSON"),
    "a zip": ("files.zip", package("a.txt"), "not taken"),
    "a zip named as a spreadsheet": ("files.xlsx", package("a.txt"), "its content is ZIP"),
    "a text document named as a spreadsheet": ("files.xlsx", package(*DOCX), "its content is DOCX"),
    "macros": ("meter.xlsx", package(*XLSX, "xl/vbaProject.bin"), "macros"),
    "an embedded object": ("letter.docx", package(*DOCX, "word/embeddings/oleObject1.bin"), "embedded"),
    "a broken package": ("meter.xlsx", b"PK\x03\x04" + b"\x00" * 50, "cannot be opened"),
    "old or locked Office": ("meter.xlsx", OLD_OFFICE, "password"),
    "a picture named as another": ("photo.png", JPEG, "its content is JPG"),
    "text named as PDF": ("plan.pdf", b"month,mwh\n1,2\n", "plain text"),
    "a PDF named as text": ("plan.txt", pdf(), "its content is PDF"),
    "no ending": ("plan", pdf(), "no ending"),
    "Latin-1": ("readings.csv", "Mühle\n".encode("latin-1"), "not text in UTF-8"),
    "UTF-16": ("readings.csv", "month,mwh\n".encode("utf-16"), "not text in UTF-8"),
    "noise": ("plan.pdf", bytes(range(128, 256)) * 4, "nor anything known"),
    "a PDF with a password": ("plan.pdf", pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "password"),
    "a PDF locked against copying": ("plan.pdf", pdf(encryption=pikepdf.Encryption(owner="a", user="")), "encrypted"),
    "a PDF with a script": ("plan.pdf", pdf(runs_script), "script"),
    "a PDF with named scripts": ("plan.pdf", pdf(names_script), "script"),
    "a PDF with a script in an object stream": ("plan.pdf", pdf(runs_script, object_stream_mode=pikepdf.ObjectStreamMode.generate), "script"),
    "a PDF that starts a program": ("plan.pdf", pdf(launches), "start a program"),
    "a PDF with a program attached": ("plan.pdf", pdf(attaches("tool.exe", PE)), "program attached"),
    "a PDF with a program attached as data": ("plan.pdf", pdf(attaches("data.csv", PE)), "program attached"),
    "a broken PDF": ("plan.pdf", b"%PDF-1.7\nnothing", "broken PDF"),
}


@pytest.fixture
def object_store(tmp_path: Path) -> Iterator[FolderStore]:
    """A store of its own, so that a test sees what was stored in it and what was not."""
    before = dict(queries._stores)
    fresh = FolderStore(tmp_path / "objects", b"a key of sixteen")
    documents.use_store(fresh)
    yield fresh
    queries._stores.clear()
    queries._stores.update(before)


@pytest.mark.parametrize("name", TAKEN)
def test_a_plain_document_is_taken_with_the_type_of_its_content(object_store: FolderStore, name: str) -> None:
    content, media_type = TAKEN[name]
    received = documents.receive(io.BytesIO(content), name)
    assert received.media_type == media_type
    assert received.sha256 == hashlib.sha256(content).hexdigest()
    assert received.size_bytes == len(content)
    with object_store.open(key_of(received.sha256)) as stored:
        assert stored.read() == content


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_a_plain_document_is_refused_in_words_and_not_stored(object_store: FolderStore, case: str) -> None:
    name, content, words = REFUSED[case]
    with pytest.raises(Invalid) as refused:
        documents.receive(io.BytesIO(content), name)
    assert words in refused.value.words
    assert refused.value.what_to_do
    assert list(refused.value.fields) == ["file"]
    assert list(object_store.list()) == []


@pytest.mark.rule("3.16")
def test_the_same_bytes_are_stored_once_under_their_digest(object_store: FolderStore) -> None:
    first = documents.receive_bytes(b"the same\n", "one.txt")
    second = documents.receive_bytes(b"the same\n", "two.csv")
    assert first.sha256 == second.sha256
    assert (first.media_type, second.media_type) == ("text/plain", "text/csv")


@pytest.mark.parametrize(
    ("hostile", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("plan\x00.exe.pdf", "plan.exe.pdf"),
        ("plan\u202efdp.exe", "planfdp.exe"),
        ("a\r\nSet-Cookie: b.txt", "a Set-Cookie_ b.txt"),
        ("  .hidden.txt ", "hidden.txt"),
        (".pdf", "pdf"),
        ("...", "document"),
        ("con.txt", "_con.txt"),
        ('a"b<c>.CSV', "a_b_c_.csv"),
        ("Übergabe – 2022.pdf", "Übergabe – 2022.pdf"),
        ("\ud800bad.txt", "bad.txt"),
    ],
)
def test_a_hostile_file_name_becomes_a_plain_one(hostile: str, clean: str) -> None:
    assert clean_file_name(hostile) == clean


def test_a_name_of_300_letters_is_cut_and_keeps_its_ending() -> None:
    name = clean_file_name("a" * 300 + ".pdf")
    assert len(name) == 150
    assert name.endswith("a.pdf")


def test_a_file_that_a_refused_form_kept_needs_no_second_upload(object_store: FolderStore) -> None:
    class Form:
        file_name = "../x.txt"
        stream = io.BytesIO(b"kept\n")
        stored: dict[str, object] = {}

    form = Form()
    first = documents.received(form)
    form.stream = None  # type: ignore[assignment]
    assert documents.received(form) == first
    assert first.file_name == "x.txt"
