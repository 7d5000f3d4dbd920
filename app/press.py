"""Letters and certificates as PDF that stays readable: PDF/A-3a for the archive, PDF/UA-1 for readers of every kind.

Decisions are explained in writing and stay public for years (rules 8.4, 12.20, 14.6). The same letter made again gives the
same bytes, so a letter need not be stored before it is asked for and its digest can be checked by anyone.
"""

import atexit
import hashlib
import io
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.amounts import day_in_words

LETTERS = Path(__file__).parent / "templates" / "letters"
FONTS = Path(__file__).resolve().parent / "static" / "uswds" / "fonts"
PLACE = "https://letter.invalid/"  # Where the style sheet seems to lie; nothing outside it is ever fetched.
FONT_TIME = "1445558400"  # Any fixed second: font files carry the time of their making, and would differ at each run.
PANGO = "apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
ONE_AT_A_TIME = threading.Lock()  # The shared fonts are Pango's, which two threads may not use at once.

# PDF/UA-1 is declared in the metadata, and PDF/A wants every word of metadata that it does not know itself described.
UNIVERSAL_ACCESS = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


class PressRefused(Exception):
    """The letter cannot be printed; the message says why and what to do."""


@dataclass(frozen=True)
class Reason:
    """One ground of a decision: the fact found, the rule it fails, and what would cure it."""

    code: str
    rule: str
    fact: str
    cure: str


@dataclass(frozen=True)
class Block:
    """A part of a letter's body: paragraphs, then facts as label and value, under a heading if it has one."""

    paragraphs: tuple[str, ...] = ()
    heading: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Letter:
    """What a letter or certificate says. The signer is an office, with the deciding person's name, never an e-mail."""

    agency: str
    plan: str
    dated_on: date
    reference: str
    addressee: tuple[str, ...]
    subject: str
    blocks: tuple[Block, ...]
    signed_by: str
    office: str
    public_address: str
    reasons: tuple[Reason, ...] = ()
    salutation: str = "To the designated representative:"
    second_signer: str = ""


def letter_html(letter: Letter) -> str:
    """The letter in the state's layout, as a whole HTML page; every word of it is escaped."""
    return _layouts().get_template("letter.html").render(letter=letter, day=day_in_words(letter.dated_on))


def letter_pdf(letter: Letter, made_at: datetime) -> bytes:
    return to_pdf(letter_html(letter), title=letter.subject, made_at=made_at, identifier=letter.public_address)


def to_pdf(html: str, *, title: str, made_at: datetime, identifier: str) -> bytes:
    """A page of HTML as tagged PDF/A-3a and PDF/UA-1; the same arguments give the same bytes.

    The letters' style sheet applies. `made_at` is an instant with a zone, `identifier` names this document among all.
    Raises PressRefused when the machine lacks Pango, or when the page asks for anything outside the letters' own files.
    """
    if made_at.tzinfo is None:
        raise PressRefused("A letter is dated by an instant with a time zone; this one names none.")
    os.environ["SOURCE_DATE_EPOCH"] = FONT_TIME
    weasyprint = _weasyprint()
    instant = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = hashlib.sha256(identifier.encode()).digest()[:16]
    page = weasyprint.HTML(string=html, base_url=PLACE, url_fetcher=_fetcher())
    try:
        with ONE_AT_A_TIME:
            style, fonts = _style()
            document = page.render(stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a")
            document.metadata.title, document.metadata.generator = title, "ERC Docket"
            document.metadata.created = document.metadata.modified = instant
            printed = document.write_pdf(pdf_variant="pdf/a-3a", pdf_identifier=name, pdf_tags=True)
    except weasyprint.urls.FatalURLFetchingError as refusal:
        raise PressRefused(str(refusal.__cause__ or refusal)) from refusal
    return _declare_universal_access(printed)


def _declare_universal_access(printed: bytes) -> bytes:
    """Say in the metadata, kept uncompressed for the archive's readers, that the file is PDF/UA-1 too."""
    import pikepdf

    with pikepdf.open(io.BytesIO(printed)) as pdf:
        metadata = pdf.Root.Metadata
        metadata.write(metadata.read_bytes().replace(b"</rdf:RDF>", UNIVERSAL_ACCESS, 1))
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


@lru_cache(maxsize=1)
def _layouts() -> Environment:
    return Environment(loader=FileSystemLoader(LETTERS), autoescape=True, undefined=StrictUndefined)


@lru_cache(maxsize=1)
def _style() -> tuple[Any, Any]:
    """The letters' style sheet and fonts, read once in a process."""
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    atexit.register(_style.cache_clear)  # The fonts' temporary files go before the interpreter that could remove them.
    words = (LETTERS / "letter.css").read_text()
    return weasyprint.CSS(string=words, base_url=PLACE, url_fetcher=_fetcher(), font_config=fonts), fonts


def _weasyprint() -> Any:
    """WeasyPrint, imported when first needed: it takes a second and wants Pango from the system."""
    try:
        import weasyprint
    except OSError as missing:
        raise PressRefused(f"Letters need the system library Pango ({missing}). Run: {PANGO}") from missing
    return weasyprint


@lru_cache(maxsize=1)
def _fetcher() -> Any:
    """Gives the letters' fonts and refuses all else, aloud: a swallowed refusal would print a page with a hole."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fonts(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            path = (FONTS / url.removeprefix(f"{PLACE}fonts/")).resolve()
            if not url.startswith(f"{PLACE}fonts/") or path.suffix != ".woff2" or not path.is_relative_to(FONTS):
                raise PressRefused(f"A letter may not fetch {url}: put its words into the letter.")
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/woff2"})

    return Fonts(fail_on_errors=True)
