"""Letters as PDF: the same bytes each time, readable in an archive and by every reader, and fetching nothing."""

import hashlib
import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import page
import pypdf
import pytest

from app import press

CHECKOUT = Path(__file__).parents[2]
MADE_AT = datetime(2023, 3, 14, 15, 9, 26, tzinfo=UTC)
ADDRESS = "https://docket.example/documents/sha256/3b/1f/3b1f"

DENIAL = press.Letter(
    agency="State Clean Power Office",
    plan="Rate-based state plan, version 3",
    dated_on=date(2023, 3, 4),
    reference="Eligibility application 2022-0147",
    addressee=("Prairie Wind Holdings LLC", "412 County Road 9", "Lake Benton, MN 56149"),
    subject="Denial of an eligibility application: Buffalo Ridge Wind, unit 3",
    blocks=(
        press.Block(("The application of February 1, 2023 is denied.",), facts=(("Year on line", "1998"), ("Nameplate", "22.5 MW"))),
        press.Block(("A new version may be submitted at any time.",), heading="What you can do"),
    ),
    reasons=(
        press.Reason("ON_LINE_DATE", "Programme rule 2.1", "The unit went on line in 1998.", "An uprate after 2012 can be applied for."),
        press.Reason("METER", "Programme rule 5.4", "The meter was last tested in 2016, at 1 % ± 0.5 %.", "A test within 0.5 %."),
    ),
    signed_by="Decided by M. Okafor",
    office="Director, State Clean Power Office",
    second_signer="J. Lind, Review Section",
    public_address=ADDRESS,
)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.fixture(scope="module")
def printed() -> bytes:
    return press.letter_pdf(DENIAL, MADE_AT)


def test_the_same_letter_printed_again_has_the_same_bytes_even_after_another_letter(printed: bytes) -> None:
    other = press.letter_pdf(replace(DENIAL, subject="An approval, quite another letter: ÄÖÜ ≤ ₂"), MADE_AT)
    assert other != printed
    assert press.letter_pdf(DENIAL, MADE_AT) == printed


def test_the_same_letter_printed_by_other_processes_at_other_times_has_the_same_bytes(printed: bytes) -> None:
    program = (
        "import hashlib; from tests.rules.test_press import DENIAL, MADE_AT; from app.press import letter_pdf;"
        "print(hashlib.sha256(letter_pdf(DENIAL, MADE_AT)).hexdigest())"
    )
    for seed in ("1", "2"):
        environment = {"PATH": "", "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": seed * 9, "TZ": f"UTC-{seed}", "HOME": "/tmp"}
        done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, env=environment, text=True, capture_output=True, check=True)
        assert done.stdout.strip() == hashlib.sha256(printed).hexdigest()


def test_a_letter_made_at_the_same_instant_in_another_zone_is_the_same(printed: bytes) -> None:
    assert press.letter_pdf(DENIAL, MADE_AT.astimezone(timezone(timedelta(hours=-6)))) == printed
    with pytest.raises(press.PressRefused, match="time zone"):
        press.letter_pdf(DENIAL, MADE_AT.replace(tzinfo=None))


@pytest.mark.parametrize("profile", [page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1])
def test_a_letter_conforms_to_the_archive_and_accessibility_standards(printed: bytes, profile: page.ValidationProfile) -> None:
    report = page.validate_pdf_bytes(printed, profile=profile)
    assert report.is_compliant, [failure.rule_id for failure in report.failures]


def test_the_check_of_conformance_can_fail() -> None:
    plain = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(plain)
    assert not page.validate_pdf_bytes(plain.getvalue(), profile=page.ValidationProfile.PDF_UA_1).is_compliant


def test_letters_printed_by_many_threads_at_once_are_the_same(printed: bytes) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda _: press.letter_pdf(DENIAL, MADE_AT), range(12))) == {printed}


@pytest.mark.rule("8.4")
def test_a_denial_letter_alone_tells_which_fact_failed_which_rule_and_what_would_cure_it(printed: bytes) -> None:
    words = text_of(printed)
    for reason in DENIAL.reasons:
        for part in (reason.code, reason.rule, reason.fact, reason.cure):
            assert part in words
    for part in (*DENIAL.addressee, "March 4, 2023", "Eligibility application 2022-0147", "Year on line 1998", "What you can do"):
        assert part in words
    assert "Decided by M. Okafor Director, State Clean Power Office Recommended by J. Lind, Review Section" in words
    assert ADDRESS in words
    assert "SHA-256" in words
    assert "Page 1 of" in words
    assert words.index(DENIAL.reasons[0].fact) < words.index("What you can do"), "the reasons come first"


def test_a_letter_names_itself_its_author_and_its_time(printed: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (DENIAL.subject, DENIAL.agency)
    assert reader.metadata.creation_date == MADE_AT
    assert str(reader.root_object["/Lang"]) == "en"
    assert repr(reader.root_object["/MarkInfo"]) == "{'/Marked': True}"


def test_what_people_wrote_cannot_become_part_of_the_layout() -> None:
    hostile = replace(DENIAL, addressee=("<img src='http://127.0.0.1:9/x'>& Sons",), reasons=())
    words = text_of(press.letter_pdf(hostile, MADE_AT))
    assert "<img src='http://127.0.0.1:9/x'>& Sons" in words
    assert "Reasons" not in words


@pytest.mark.parametrize(
    "asks",
    [
        '<img alt="a" src="http://127.0.0.1:9/seal.png">',
        '<img alt="a" src="file:///etc/hostname">',
        '<img alt="a" src="fonts/../../docket.css">',
        '<img alt="a" src="fonts/%2e%2e/%2e%2e/%2e%2e/press.py">',
        '<img alt="a" src="data:image/png;base64,AAAA">',
        '<link rel="stylesheet" href="letter.css">',
        '<style>@import url("http://127.0.0.1:9/a.css");</style>',
    ],
)
def test_a_page_that_fetches_anything_is_refused(asks: str) -> None:
    html = f"<!DOCTYPE html><html lang='en'><head><title>t</title></head><body><p>Words</p>{asks}</body></html>"
    with pytest.raises(press.PressRefused, match="may not fetch"):
        press.to_pdf(html, title="t", made_at=MADE_AT, identifier="t")


def test_without_pango_the_refusal_names_the_command_that_installs_it() -> None:
    program = (
        "import cffi\n"
        "def missing(*_): raise OSError('cannot load library libpango-1.0-0')\n"
        "cffi.FFI.dlopen = missing\n"
        "from tests.rules.test_press import DENIAL, MADE_AT\n"
        "from app import press\n"
        "try: press.letter_pdf(DENIAL, MADE_AT)\n"
        "except press.PressRefused as refusal: print(refusal)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, text=True, capture_output=True, check=True)
    assert "apt-get install --no-install-recommends libpango-1.0-0" in done.stdout


def test_the_press_is_loaded_only_when_a_letter_is_printed() -> None:
    program = "import sys, app.press; print('weasyprint' in sys.modules, 'pikepdf' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, text=True, capture_output=True, check=True)
    assert done.stdout.strip() == "False False"
