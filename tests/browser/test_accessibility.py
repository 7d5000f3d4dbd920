"""Everybody can read and use every page: axe finds nothing on any of them for any role, none scrolls sideways on a phone, keys are enough."""

import re
from collections.abc import Callable
from itertools import product
from types import SimpleNamespace

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app import db
from app.main import BLUEPRINTS
from app.people import Role
from app.web.audience import PUBLIC, audience_of
from tests.browser.people import NARROW, WIDE, Person, axe, too_wide
from tests.browser.stage import values
from tests.sizes import FULL

ROLES = tuple(str(role) for role in Role)
TAG = re.compile(r"<([a-z0-9]+)((?:\s+[^<>]*)?)>")
ATTRIBUTE = re.compile(r"([a-z-]+)(?:=\"([^\"]*)\")?")
TELLING = {"class", "type", "role", "scope", "aria-disabled"}
THOROUGH = (PUBLIC, "reviewer")
"""Who looks at a public page in every condition; the others look at its first three."""

MAIN = ("docket.home", "docket.trace", "docket.application", "docket.mv_report", "docket.queue", "docket.account", "erc_tcs.transfer_form")


def pages() -> list[tuple[Rule, tuple[str, ...]]]:
    """Every address that shows a page, with who may come."""
    app = Flask("routes")
    app.config["PUBLIC_URL"] = "http://127.0.0.1"
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" in (rule.methods or ()) and getattr(getattr(view, "declaration", None), "page", None):
            found.append((rule, audience_of(view)))
    return sorted(found, key=lambda one: one[0].rule)


PAGES = pages()
LOOKED_AT: set[frozenset[str]] = set()
"""The shapes of the pages that were looked at, whichever their address."""


def shows_nothing_new(kinds: frozenset[str], seen_here: set[frozenset[str]]) -> bool:
    """Whether a page need not be opened: in full, when one of its shape was at this address; else when one was, and no kind of its elements is new anywhere."""
    return kinds in seen_here if FULL else bool(seen_here) and kinds <= frozenset().union(*LOOKED_AT)


@pytest.fixture(scope="module")
def parts(stage: SimpleNamespace) -> dict[str, list[object]]:
    """What may stand at each part of an address."""
    with db.reading() as session:
        return values(stage, session)


@pytest.fixture(scope="module")
def people(signed_in: Callable[[str], Person]) -> dict[str, Person]:
    """The public and one person of each role."""
    return {role: signed_in(role) for role in (PUBLIC, *ROLES)}


def addresses(rule: Rule, parts: dict[str, list[object]]) -> list[str]:
    """Every address that this rule gives with what stands on the stage."""
    names = sorted(rule.arguments)
    choices = [parts.get(f"{rule.endpoint}.{name}") or parts[name] for name in names]
    found = []
    for chosen in product(*choices):
        path = rule.rule
        for name, value in zip(names, chosen, strict=True):
            path = re.sub(rf"<(?:[^<>]*:)?{name}>", str(value), path)
        found.append(path)
    return found


def shape(html: str) -> frozenset[str]:
    """The kinds of element on a page, apart from how many and with which words: two pages of one shape need one look."""
    found = set()
    for tag, attributes in TAG.findall(html):
        kept = (f"{name}={value}" for name, value in ATTRIBUTE.findall(attributes) if name in TELLING)
        found.add(f"{tag} {' '.join(sorted(kept))}")
    return frozenset(found)


@pytest.mark.rule("10.10")
@pytest.mark.parametrize(("rule", "roles"), PAGES, ids=[rule.endpoint for rule, _ in PAGES])
def test_axe_finds_nothing_on_a_page_and_it_fits_a_phone(rule: Rule, roles: tuple[str, ...], people: dict[str, Person], parts: dict[str, list[object]]) -> None:
    seen: set[frozenset[str]] = set()
    opened = []
    for role in (PUBLIC, *ROLES) if PUBLIC in roles else roles:
        person = people[role]
        for path in addresses(rule, parts)[: None if role in THOROUGH or PUBLIC not in roles else 3]:
            answer = person.context.request.get(person.address + path, headers={"Accept": "text/html"})
            assert answer.status < 500, f"{path} as {role}: {answer.status}"
            if answer.status == 200:
                opened.append(path)
            kinds = shape(answer.text())
            if shows_nothing_new(kinds, seen):
                continue
            look_at(person, path, axed=FULL and kinds in LOOKED_AT)
            seen.add(kinds)
            LOOKED_AT.add(kinds)
            if rule.endpoint in MAIN and (len(seen) == 1 or path == "/"):
                look_at_phone(person)
    assert opened, f"{rule.rule} opened for nobody: {roles}"


def look_at_phone(person: Person) -> None:
    """Axe on the page that stands open, as a phone shows it."""
    person.page.set_viewport_size(NARROW)
    axe(person.page)
    person.page.set_viewport_size(WIDE)


def look_at(person: Person, path: str, axed: bool) -> None:
    """Axe on the page, unless one of its shape had it, and whether it scrolls sideways on a phone."""
    person.opens(path)
    if not axed:
        axe(person.page)
    assert too_wide(person.page) == [], f"{path} scrolls sideways"
    person.page.set_viewport_size(NARROW)
    assert too_wide(person.page) == [], f"{path} scrolls sideways on a phone"
    person.page.set_viewport_size(WIDE)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/ercs", "/resources", "/glossary"])
def test_the_first_key_skips_to_the_content_and_the_focus_can_be_seen(people: dict[str, Person], path: str) -> None:
    page = people[PUBLIC].opens(path).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(6):
        page.keyboard.press("Tab")
        seen = page.evaluate("getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth")
        assert not re.search("none|[a-z]0px", seen), page.evaluate("document.activeElement.outerHTML")


def test_a_form_is_filled_and_sent_by_keys_alone(people: dict[str, Person], stage: SimpleNamespace) -> None:
    page = people["provider"].opens("/me/tokens").page
    page.locator("#main").focus()
    while page.evaluate("document.activeElement.name") != "label":
        page.keyboard.press("Tab")
    page.keyboard.type("The meter program")
    page.keyboard.press("Enter")
    people["provider"].arrives("/me").sees("The meter program")
