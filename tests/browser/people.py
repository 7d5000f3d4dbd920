"""A person at a browser: opens pages, types into the fields that a label names, presses the button of a name, and reads what stands there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FilePayload, Locator, Page, ViewportSize, expect

from app.people import User
from tests.builders import PASSWORD

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 375, "height": 800}
PATIENCE_MS = 30_000
REFUSED_BY_US = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
CHANGED = "() => document.readyState === 'complete' && document.documentElement && !('sent' in document.documentElement.dataset)"
expect.set_options(timeout=PATIENCE_MS)


class Person:
    """Somebody in a browser of their own. What the console says is kept; `complaints` are those lines that are no answer of ours."""

    def __init__(self, context: BrowserContext, address: str, name: str) -> None:
        self.context, self.address, self.name = context, address, name
        self.complaints: list[str] = []
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self._hears)
        context.on("weberror", lambda error: self.complaints.append(f"{name}: {error.error}"))
        self.page: Page = context.new_page()

    def _hears(self, message: ConsoleMessage) -> None:
        refused = REFUSED_BY_US.match(message.text) and "/static/" not in message.location["url"]
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(f"{self.name}: {message.text} ({message.location['url']})")

    def signs_in(self, user: User, password: str = PASSWORD) -> "Person":
        self.opens("/sign-in")
        self.types("E-mail address", user.email)
        self.types("Password", password)
        self.presses("Sign in")
        expect(self.page.locator(".person-name")).to_have_text(user.name)
        return self

    def opens(self, path: str) -> "Person":
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self

    @property
    def path(self) -> str:
        """Where the person is."""
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """Everything that is read on the page."""
        return self.page.locator("main").inner_text()

    def field(self, label: str, within: str = "body") -> Locator:
        """The field with this label, whether or not it is marked as required; the first where a page has several forms."""
        named = re.compile(rf"^\s*{re.escape(label)}(\s+required)?\s*$")
        return self.page.locator(within).get_by_label(named).first

    def types(self, label: str, words: object, within: str = "body") -> "Person":
        self.field(label, within).fill(str(words))
        return self

    def chooses(self, label: str, option: str) -> "Person":
        """In a list, the option that holds these words."""
        field = self.field(label)
        value = field.locator("option", has_text=option).first.get_attribute("value")
        field.select_option(value=value)
        return self

    def ticks(self, label: str, within: str = "body") -> "Person":
        """Tick or select what the label says, by pressing its label as people do."""
        self.page.locator(within).locator("label", has_text=label).first.click()
        return self

    def answers(self, question: str, answer: str) -> "Person":
        """Choose among the answers to a question."""
        asked = self.page.locator("fieldset", has=self.page.locator("> legend", has_text=question)).last
        asked.locator("label", has_text=re.compile(rf"^\s*{re.escape(answer)}")).first.click()
        return self

    def brings(self, label: str, name: str, content: bytes | str, media_type: str = "application/octet-stream") -> "Person":
        """Choose a file."""
        file: FilePayload = {"name": name, "mimeType": media_type, "buffer": content.encode() if isinstance(content, str) else content}
        self.field(label).set_input_files(file)
        return self

    def presses(self, button: str) -> "Person":
        """Press a button that sends a form, say yes if the page asks, and wait for the next page."""
        return self._sends(self.page.get_by_role("button", name=button, exact=True).first)._confirms()

    def only_presses(self, button: str) -> "Person":
        """Press a button and stay at what comes, which may ask to check what will happen."""
        return self._sends(self.page.get_by_role("button", name=button, exact=True).first)

    def sends(self) -> "Person":
        """Press the button of the page's own form, whatever it is called."""
        return self._sends(self.page.locator("main form.form[method=post] button[type=submit]").last)._confirms()

    def _confirms(self) -> "Person":
        """Where the page tells first what will happen, say yes."""
        return self._sends(self.page.get_by_role("button", name="Yes, do it", exact=True)) if self.page.locator("section.check").count() else self

    def _sends(self, button: Locator) -> "Person":
        self._marks_the_page()
        button.click()
        asked = self.page.locator("dialog.sure button").first
        if asked.count():
            asked.click()
        return self._waits_for_another_page()

    def _marks_the_page(self) -> None:
        self.page.evaluate("document.documentElement.dataset.sent = 'yes'")

    def _waits_for_another_page(self) -> "Person":
        self.page.wait_for_function(CHANGED)
        return self

    def follows(self, link: str) -> "Person":
        return self.leaves_by(self.page.locator("main, nav").get_by_role("link", name=link, exact=True).first)

    def leaves_by(self, pressed: Locator) -> "Person":
        """Press something that leads to another page, and wait for it."""
        self._marks_the_page()
        pressed.click()
        return self._waits_for_another_page()

    def arrives(self, path: str) -> "Person":
        """Wait until the path ends so, a pattern: also where one page overtakes another, as after a double click or going back."""
        expect(self.page).to_have_url(re.compile(rf"{path}(\?.*)?(#.*)?$"))
        self.page.wait_for_load_state()
        return self

    def sees(self, *words: str) -> "Person":
        """The page says each of these words, whatever the line breaks."""
        for wanted in words:
            found = " ".join(self.text.split())
            assert " ".join(wanted.split()) in found, f"{self.name} does not read “{wanted}” on {self.page.url}, but:\n{self.text}"
        return self

    def reads_refusal(self, *words: str) -> "Person":
        """The page says in words what is wrong."""
        box = self.page.locator("#refused, .refused").first
        expect(box, f"{self.name} at {self.path} is not refused: {self.text[:300]}").to_be_visible()
        told = " ".join(self.page.locator("main").inner_text().split())
        for wanted in words:
            assert " ".join(wanted.split()) in told, f"“{wanted}” is not told on {self.page.url}, but:\n{box.inner_text()}"
        return self

    def still_reads(self, label: str, words: object) -> "Person":
        """What was typed stands there still."""
        expect(self.field(label)).to_have_value(str(words))
        return self


def violations(page: Page) -> list[str]:
    """What axe finds, one line each, with the element it found it on and how to cure it."""
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")["violations"]
    return [f"{one['id']}: {node['html'][:200]} ({one['help']})" for one in found for node in one["nodes"]]


def axe(page: Page) -> None:
    """Fail with what axe finds, readably."""
    found = violations(page)
    assert not found, "\n".join([f"axe on {page.url}:", *found])


def too_wide(page: Page) -> list[str]:
    """What sticks out to the right of the screen, if the page scrolls sideways."""
    return list(
        page.evaluate(
            """() => {
              const wide = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= wide) return [];
              return [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > wide + 1)
                .slice(0, 5).map(one => one.outerHTML.slice(0, 160));
            }"""
        )
    )


@contextmanager
def at_browser(browser: Browser, address: str, name: str, size: ViewportSize = WIDE) -> Iterator[Person]:
    """A person with a fresh browser of this size; at the end, the console must have said nothing."""
    context = browser.new_context(viewport=size, base_url=address, accept_downloads=True)
    person = Person(context, address, name)
    yield person
    context.close()
    assert person.complaints == []
