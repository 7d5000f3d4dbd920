"""The parts that every page is made of, in a real browser: axe finds nothing and the strict policy holds."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, Response, flash, render_template, request
from playwright.sync_api import Browser, Dialog, Page, ViewportSize
from werkzeug.serving import make_server

from app.web.filters import FILTERS
from app.web.glossary import GLOSSARY
from tests.browser.people import NARROW, WIDE, violations

APP = Path(__file__).parents[2] / "app"
CONTENT_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"
REFUSAL = {
    "title": "The report cannot be submitted yet",
    "words": "Two things are missing or wrong.",
    "rule": "5.2",
    "what_to_do": "Correct the two fields and send the form again. What you typed is still here.",
}
ERRORS = {
    "_": ["The period overlaps the report 2021 Q4."],
    "generation_mwh": ["41,236.75 is not the sum of the readings, 41,200.00."],
    "reported_by": ["Say who reads the meter."],
}
PATHS = [
    "/styleguide", "/styleguide?refused=1", "/styleguide?anonymous=1&sort=-mwh", "/problem", "/fault", "/problems",
    "/glossary",
]  # fmt: skip


def context() -> dict[str, Any]:
    refused = request.args.get("refused") == "1"
    anonymous = request.args.get("anonymous") == "1"
    person = SimpleNamespace(name="Ada Reviewer", role="reviewer", organisation_name="Minnesota Pollution Control")
    return {
        "actor": None if anonymous else person,
        "plan_name": "Minnesota State Plan, version 3",
        "plan_time_zone": "America/Chicago",
        "rules_url": "/rules",
        "navigation": [
            {"label": "Queue", "url": "/queue", "current": True},
            {"label": "Resources", "url": "/resources", "current": False},
            {"label": "Accounts", "url": "/accounts", "current": False},
        ],
        "unread_count": 4,
        "request_path": request.path,
        "idempotency_key": "key-1",
        "typed": {"generation_mwh": "41,236.75", "remarks": "<b>kept as typed</b>"} if refused else {},
        "errors": ERRORS if refused else {},
        "refusal": REFUSAL if refused else None,
    }


def create_sample_app() -> Flask:
    sample = Flask(__name__, template_folder=str(APP / "templates"), static_folder=str(APP / "static"))
    sample.secret_key = "only for the flash messages of this test"
    sample.jinja_env.filters.update(FILTERS)
    sample.context_processor(context)

    @sample.after_request
    def forbid_inline(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
        return response

    @sample.get("/styleguide")
    def styleguide() -> str:
        flash("The draft was saved.", "success")
        return render_template("styleguide.html")

    @sample.post("/styleguide")
    def receive() -> tuple[str, int]:
        received = ", ".join(sorted({*request.form, *request.files}))
        return render_template("problem.html", refusal={"title": "Received", "words": received}), 422

    @sample.post("/mv-reports/1/deny")
    def deny() -> tuple[str, int]:
        errors = {"reason": ["Name the fact that failed."]}
        typed = request.form.to_dict()
        return render_template("styleguide.html", errors=errors, typed=typed, refusal=REFUSAL), 422

    @sample.post("/mv-reports/1/withdraw")
    def withdraw() -> str:
        return render_template("problem.html", refusal={"title": "Withdrawn", "words": "It is withdrawn."})

    @sample.get("/problem")
    def problem() -> str:
        known = {"request_id": "0193-4c2f", "problem_url": "/problems#conflict"}
        return render_template("problem.html", refusal=REFUSAL, errors=ERRORS, **known)

    @sample.get("/fault")
    def fault() -> str:
        return render_template("problem.html", refusal=None, request_id="0193-4c2f")

    @sample.get("/problems")
    def problems() -> str:
        conflict = {"slug": "conflict", "title": "Not now", "status": 409, "words": "Somebody was faster."}
        return render_template("problems.html", problems=[conflict | {"what_to_do": "Look at it again."}])

    @sample.get("/glossary")
    def glossary() -> str:
        return render_template("glossary.html", terms=GLOSSARY)

    return sample


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_sample_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport=WIDE)
    yield opened
    opened.close()


@pytest.mark.rule("10.10")
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_and_the_console_stays_silent(browser: Browser, address: str, path: str, size: ViewportSize) -> None:
    page = browser.new_page(viewport=size)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address + path, wait_until="networkidle")
    assert violations(page) == []
    assert said == []
    page.close()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_wider_than_a_narrow_screen(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page(viewport=NARROW)
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.close()


def test_axe_would_have_found_a_missing_label(page: Page, address: str) -> None:
    page.goto(address + "/styleguide")
    page.evaluate("document.querySelector('label[for=field-remarks]').remove()")
    assert any(line.startswith("label:") for line in violations(page))


def test_the_policy_would_have_stopped_an_inline_style(page: Page, address: str) -> None:
    page.goto(address + "/problem")
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")


def test_the_first_tab_stop_skips_to_the_content(page: Page, address: str) -> None:
    page.goto(address + "/glossary")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_a_refused_form_keeps_what_was_typed_and_links_each_message_to_its_field(page: Page, address: str) -> None:
    page.goto(address + "/styleguide?refused=1")
    assert page.input_value("#field-remarks") == "<b>kept as typed</b>"
    assert page.evaluate("document.activeElement.id") == "refused"
    page.click("#refused >> text=Net generation: 41,236.75 is not the sum")
    assert page.evaluate("document.activeElement.id") == "field-generation_mwh"
    described = page.get_attribute("#field-generation_mwh", "aria-describedby") or ""
    assert "not the sum" in page.inner_text("#" + described.split()[-1])


def test_only_the_form_that_was_sent_shows_what_was_refused(page: Page, address: str) -> None:
    page.goto(address + "/styleguide")
    page.fill("#field-deny-reason", "It is not ours.")
    page.click("text=Deny >> nth=-1")
    assert page.input_value("#field-reason") == "It is not ours."
    assert page.input_value("#field-return-reason") == ""
    assert page.locator("#field-reason-error").count() == 1


def test_an_act_that_cannot_be_undone_is_asked_about_first(page: Page, address: str) -> None:
    page.goto(address + "/styleguide")
    page.click("button:has-text('Withdraw')")
    page.click("dialog >> text=Go back")
    assert page.url.endswith("/styleguide")
    page.click("button:has-text('Withdraw')")
    page.click("dialog >> text=Withdraw >> nth=-1")
    page.wait_for_selector("h1:has-text('Withdrawn')")


def test_typing_that_was_not_sent_is_not_lost_without_a_question(page: Page, address: str) -> None:
    asked: list[str] = []

    def leave_all_the_same(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave_all_the_same)
    page.goto(address + "/styleguide")
    page.goto(address + "/styleguide?again=1")
    assert asked == []
    page.click("#field-remarks")
    page.keyboard.type("half a sentence")
    page.goto(address + "/glossary")
    assert asked == ["beforeunload"]


def test_a_second_press_while_sending_sends_nothing(page: Page, address: str) -> None:
    page.goto(address + "/styleguide")
    page.evaluate("document.querySelector('form.form').dataset.sending = 'yes'")
    page.click("text=Submit to the state")
    assert page.url.endswith("/styleguide")
    assert page.inner_text("h1").startswith("2022 Q1")


def test_a_button_that_cannot_be_used_says_why(page: Page, address: str) -> None:
    page.goto(address + "/styleguide")
    button = page.locator("button:has-text('Issue 41,237 ERCs')")
    why = button.get_attribute("aria-describedby")
    assert button.get_attribute("aria-disabled") == "true"
    assert "second person" in page.inner_text(f"#{why}")


def test_rows_are_added_and_removed_with_names_of_their_own(page: Page, address: str) -> None:
    page.goto(address + "/styleguide")
    page.click("text=Add another meter")
    page.fill("[name=meters-2-serial]", "K-77")
    page.locator("text=Remove this meter").first.click()
    assert page.locator("[data-repeat-row]").count() == 2
    page.click("text=Add another meter")
    assert page.locator("[name=meters-3-serial]").count() == 1
    assert page.input_value("[name=meters-2-serial]") == "K-77"


def test_a_file_is_listed_before_it_is_sent_and_the_answer_is_shown(page: Page, address: str) -> None:
    page.goto(address + "/styleguide")
    page.set_input_files("#field-readings", {"name": "q1.csv", "mimeType": "text/csv", "buffer": b"month,mwh\n" * 500})
    assert page.inner_text("[data-drop-files] li") == "q1.csv, 5.0 kB"
    page.click("text=Submit to the state")
    page.wait_for_selector("h1:has-text('Received')")
    assert "readings" in page.inner_text(".large")
    assert "idempotency_key" in page.inner_text(".large")
    page.fill("#search", "still works")


def test_the_page_works_without_scripts(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(address + "/styleguide")
    assert page.locator(".copy:visible, [data-repeat-add]:visible, [data-drop-words]:visible").count() == 0
    page.fill("#field-remarks", "typed without scripts")
    page.click("text=Submit to the state")
    assert page.inner_text("h1") == "Received"
    page.close()


def test_a_serial_is_copied_whole(browser: Browser, address: str) -> None:
    opened = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = opened.new_page()
    page.goto(address + "/styleguide")
    page.locator(".sentence [data-copy]").click()
    page.wait_for_selector(".said")
    assert page.evaluate("navigator.clipboard.readText()") == "MN-2022-4821-0007-000123456"
    opened.close()


def test_every_address_in_the_vendored_style_sheet_exists() -> None:
    folder = APP / "static" / "uswds" / "css"
    sheet = (folder / "uswds.min.css").read_text(encoding="utf-8")
    named = {part.split(")")[0].strip("\"'") for part in sheet.split("url(")[1:]}
    assert [name for name in named if name.startswith("../") and not (folder / name).is_file()] == []
