"""What happens to everybody: two tabs, a double click, the back button, a sign-in that has ended, a huge file, a file with a hostile name."""

import dataclasses
import resource
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app import config, db
from app.erc_tcs.models import ErcTransaction
from app.issuance.models import Issuance
from app.main import create_app
from app.people import User
from tests import builders
from tests import builders_matters as matters
from tests.browser.people import Person, at_browser
from tests.builders import PASSWORD

MEGABYTE = 1 << 20
HOSTILE = "\u202egnp.<img src=x onerror=alert(1)>\"'..&amp;$(reboot)`x`é🗲.txt"


@pytest.fixture(scope="module")
def farm(world: SimpleNamespace) -> SimpleNamespace:
    """A wind farm of its own, with ERCs, a report that waits for a decision, and drafts."""
    with db.writing() as session:
        found = matters.approved_application(session, world, name="Mishap Wind").resource
        _, serials = matters.issued_report(session, world, "500", 2022, found)
        recommended = [matters.recommended_report(session, world, found, matters.months_of(year, 30)) for year in (2023, 2024)]
        late = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)}
        under_review = matters.report_under_review(session, world, found, matters.months_of(2025, 30), **late)
        draft = matters.draft_application(session, world, name="Mishap Draft")
        decided = [matters.recommended_application(session, world, name=f"Mishap {word}") for word in ("One", "Two")]
    return SimpleNamespace(resource=found, serials=serials, recommended=recommended, under_review=under_review, draft=draft, decided=decided)


def piece(farm: SimpleNamespace, first: int, last: int) -> str:
    """Serials of the farm by their ordinals, 1 to 500."""
    stem, _, sequences = farm.serials.rpartition("-")
    start = int(sequences.split("..")[0])
    return f"{stem}-{start + first - 1:09d}..{start + last - 1:09d}"


def transfers() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(ErcTransaction).where(ErcTransaction.transaction_kind == "transfer")) or 0


def second_tab(person: Person, path: str) -> Page:
    page = person.context.new_page()
    page.goto(person.address + path)
    return page


def fill_transfer(person: Person, world: SimpleNamespace, serials: str) -> None:
    person.opens(f"{world.general_account.path}/transfer").types("Receiving account", world.compliance_account.number)
    person.types("Serials", serials).ticks("I sign this statement.")


def test_the_second_tab_is_told_that_it_was_decided_already(browser_of: Callable[..., Person], world: SimpleNamespace, farm: SimpleNamespace) -> None:
    sam = browser_of(world.second_reviewer)
    path = f"{farm.decided[0].path}/approval"
    sam.opens(path)
    other, sam.page = sam.page, second_tab(sam, path)
    sam.types("Reasons", "We agree.").presses("Approve").sees("Approved")
    sam.page = other
    sam.types("Reasons", "We agree, from the other tab.").presses("Approve").reads_refusal("approved")
    sam.still_reads("Reasons", "We agree, from the other tab.")


def test_two_people_decide_at_once_and_the_later_one_is_told(browser_of: Callable[..., Person], world: SimpleNamespace, farm: SimpleNamespace) -> None:
    rita, sam = browser_of(world.reviewer), browser_of(world.second_reviewer)
    rita.opens(f"{farm.decided[1].path}/return").types("Reasons", "The map is missing.")
    sam.opens(f"{farm.decided[1].path}/approval").types("Reasons", "We agree.").presses("Approve").sees("Approved")
    rita.presses("Return for more information").reads_refusal("approved").still_reads("Reasons", "The map is missing.")


@pytest.mark.rule("11.8")
def test_the_second_tab_cannot_send_the_same_ercs_again(browser_of: Callable[..., Person], world: SimpleNamespace, farm: SimpleNamespace) -> None:
    pat = browser_of(world.provider)
    fill_transfer(pat, world, piece(farm, 1, 10))
    first, pat.page = pat.page, pat.context.new_page()
    fill_transfer(pat, world, piece(farm, 1, 10))
    pat.presses("Sign and transfer").sees("Recorded")
    pat.page = first
    pat.presses("Sign and transfer").reads_refusal("they are not in account", "Nothing was moved.").still_reads("Serials", piece(farm, 1, 10))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_double_click_transfers_once(browser: Browser, site: str, world: SimpleNamespace, farm: SimpleNamespace, scripts: bool) -> None:
    before = transfers()
    context = browser.new_context(java_script_enabled=scripts)
    pat = Person(context, site, "a hasty provider")
    pat.page.goto(f"{site}/sign-in")
    sign_in_without_scripts(pat, world.provider)
    fill_transfer(pat, world, piece(farm, 11, 20) if scripts else piece(farm, 21, 30))
    pat.page.get_by_role("button", name="Sign and transfer").dblclick()
    pat.page.get_by_role("button", name="Yes, do it").dblclick()
    pat.arrives("/transactions/[^/]+")
    assert transfers() == before + 1
    context.close()


def sign_in_without_scripts(person: Person, user: User) -> None:
    person.types("E-mail address", user.email).types("Password", PASSWORD)
    person.page.get_by_role("button", name="Sign in").click()
    expect(person.page.locator(".person-name")).to_have_text(user.name)


@pytest.mark.rule("9.2")
@pytest.mark.parametrize("index", [0, 1], ids=["with scripts", "without scripts"])
def test_a_double_click_issues_once(browser: Browser, site: str, world: SimpleNamespace, farm: SimpleNamespace, index: int) -> None:
    report = farm.recommended[index]
    context = browser.new_context(java_script_enabled=index == 0)
    sam = Person(context, site, "a hasty reviewer")
    sam.page.goto(f"{site}/sign-in")
    sign_in_without_scripts(sam, world.second_reviewer)
    sam.opens(f"{report.path}/issuance").types("Reasons", "As recommended.")
    sam.page.get_by_role("button", name="Decide and issue the ERCs").dblclick()
    sam.page.get_by_role("button", name="Yes, do it").dblclick()
    sam.arrives(report.path)
    expect(sam.page.locator("main")).to_contain_text("Issued")
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Issuance).where(Issuance.mv_report_id == report.id)) == 1
    context.close()


def test_going_back_and_sending_again_moves_nothing_twice(browser_of: Callable[..., Person], world: SimpleNamespace, farm: SimpleNamespace) -> None:
    pat = browser_of(world.provider)
    fill_transfer(pat, world, piece(farm, 31, 40))
    pat.presses("Sign and transfer").sees("Recorded")
    before = transfers()
    pat.page.reload()
    assert transfers() == before
    pat.page.evaluate("history.go(-2)")
    pat.arrives("/transfer")
    pat.types("Receiving account", world.compliance_account.number).types("Serials", piece(farm, 31, 40))
    if not pat.page.locator("input[name=certified]").is_checked():
        pat.ticks("I sign this statement.")
    pat.presses("Sign and transfer")
    assert transfers() == before
    assert "they are not in account" in pat.text or "already recorded" in pat.text


@pytest.mark.rule("11.1")
def test_going_back_and_sending_a_quantity_again_is_asked_about_and_a_second_one_is_done_only_when_it_is_meant(
    browser_of: Callable[..., Person], world: SimpleNamespace, farm: SimpleNamespace
) -> None:
    pat = browser_of(world.provider)
    pat.opens(f"{world.general_account.path}/transfer").types("Receiving account", world.compliance_account.number)
    pat.types("How many", "2").types("Reason or reference", "Contract 7").ticks("I sign this statement.")
    pat.presses("Sign and transfer").sees("Recorded")
    before = transfers()
    pat.page.evaluate("history.go(-2)")
    pat.arrives("/transfer")
    pat.types("Receiving account", world.compliance_account.number).types("How many", "2").types("Reason or reference", "Contract 7")
    if not pat.page.locator("input[name=certified]").is_checked():
        pat.ticks("I sign this statement.")
    pat.presses("Sign and transfer").reads_refusal("You sent exactly this at", "Transfer of 2 ERCs (transaction", "only if you mean a second one")
    assert transfers() == before
    pat.still_reads("How many", "2").ticks("Yes, I mean a second one: send it once more").presses("Sign and transfer").sees("Recorded")
    assert transfers() == before + 1


def test_reloading_a_refused_form_asks_again_and_keeps_what_was_typed(browser_of: Callable[..., Person], world: SimpleNamespace) -> None:
    ada = browser_of(world.administrator).opens("/people/new")
    ada.types("Name", "Ina Invited").types("E-mail address", "ina at example").presses("Send the invitation").reads_refusal()
    ada.page.reload()
    ada.reads_refusal().still_reads("Name", "Ina Invited")


@pytest.mark.rule("1.19")
def test_a_sign_in_that_ended_elsewhere_does_not_lose_what_was_typed(browser_of: Callable[..., Person], world: SimpleNamespace, farm: SimpleNamespace) -> None:
    with db.writing() as session:
        ria = builders.person(session, world.administrator_actor, "Ria Reviewer", "reviewer", world.agency)
    here, elsewhere = browser_of(ria), browser_of(ria)
    words = "The single-line diagram does not show\nthe meter <b>behind</b> the transformer."
    here.opens(f"{farm.under_review.path}/notes").types("Note", words)
    elsewhere.opens("/me").page.get_by_role("row").filter(has_not_text="(this one)").get_by_role("button", name="End").click()
    expect(elsewhere.page.locator("main").get_by_role("button", name="End")).to_have_count(1)
    here.presses("Write a private note").sees("Sign in", "What you typed is still here", "the meter <b>behind</b> the transformer.")
    with here.context.expect_page() as opened:
        here.page.get_by_role("link", name="Sign in in a new tab").click()
    letter, here.page = here.page, opened.value
    here.types("E-mail address", ria.email).types("Password", PASSWORD).presses("Sign in")
    here.page = letter
    here.presses("Send it again").sees("Kept for the reviewers.", "The single-line diagram does not show")


@pytest.mark.rule("14.5")
def test_a_file_of_300_megabytes_is_answered_in_words_and_fills_no_memory(
    browser_of: Callable[..., Person], world: SimpleNamespace, farm: SimpleNamespace, tmp_path: Path
) -> None:
    large = tmp_path / "video.txt"
    with large.open("wb") as file:
        file.truncate(300 * MEGABYTE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pat = browser_of(world.provider).opens(f"{farm.draft.path}/documents").chooses("Kind", "Other evidence").types("Title", "Everything")
    pat.field("File").set_input_files(large)
    pat.page.set_default_timeout(120_000)
    pat.presses("Attach").reads_refusal("“video.txt”").still_reads("Title", "Everything")
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 100


@pytest.fixture(scope="module")
def small_site(settings: config.Settings, site: str) -> Iterator[str]:
    """The same system, which takes one megabyte at most."""
    server = make_server("127.0.0.1", 0, create_app(dataclasses.replace(settings, upload_limit_bytes=MEGABYTE)), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(browser: Browser, small_site: str, world: SimpleNamespace, farm: SimpleNamespace) -> None:
    with at_browser(browser, small_site, "the provider") as pat:
        pat.signs_in(world.provider).opens(f"{farm.draft.path}/documents").chooses("Kind", "Other evidence").types("Title", "Too much")
        pat.brings("File", "much.txt", b"word " * 300_000, "text/plain")
        pat.sees("larger than the 1 MB allowed")
        pat.page.get_by_role("button", name="Attach").click()
        pat.sees("larger than the 1 MB allowed").still_reads("Title", "Too much")
        assert pat.path == f"{farm.draft.path}/documents"


def test_a_file_with_a_hostile_name_is_shown_and_given_back_harmlessly(
    browser_of: Callable[..., Person], world: SimpleNamespace, farm: SimpleNamespace
) -> None:
    pat = browser_of(world.provider).opens(f"{farm.draft.path}/documents")
    asked: list[str] = []
    pat.page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    title = "<script>alert(1)</script> & \u202e“quoted”"
    pat.brings("File", HOSTILE, "harmless words\n", "text/plain").chooses("Kind", "Other evidence").types("Title", title)
    pat.presses("Attach").sees("Attached.", "<script>alert(1)</script> & “quoted”")
    pat.leaves_by(pat.page.get_by_role("link", name="<script>alert(1)</script>").first).arrives("/documents/[^/]+")
    shown = pat.page.locator("dt", has_text="File").locator("xpath=following-sibling::dd").first.inner_text()
    assert shown.endswith("é🗲.txt")
    assert not set(shown) & set('<>"$`\u202e')
    assert pat.page.locator("main img").count() == 0
    link = pat.page.get_by_role("link", name="Download").get_attribute("href")
    answer = pat.context.request.get(pat.address + str(link))
    assert answer.text() == "harmless words\n"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert asked == []
