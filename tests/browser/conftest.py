"""The whole system served to a real Chromium: one server over the test's database and store, one browser, a fresh context for each person."""

import dataclasses
import logging
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from playwright.sync_api import Browser, ViewportSize, sync_playwright
from sqlalchemy import Engine
from werkzeug.serving import make_server

from app import config, db
from app.main import create_app
from app.people import User
from app.web.audience import PUBLIC
from tests.browser.people import WIDE, Person, at_browser
from tests.browser.stage import set_stage

BROWSER_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        installed = shutil.which("chromium")
        assert installed, "Chromium is missing: apt-get install chromium"
        chromium = playwright.chromium.launch(executable_path=installed, args=BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site(settings: config.Settings, database: Engine, world: SimpleNamespace) -> Iterator[str]:
    """The address of the running system."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(dataclasses.replace(settings, port=port, public_url=f"http://127.0.0.1:{port}"))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # Faults are told, each request is not.
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()


Visits = Callable[..., Person]


@pytest.fixture(scope="session")
def stage(world: SimpleNamespace, story: SimpleNamespace) -> SimpleNamespace:
    """The told story, and beside it something in every state; see stage.py."""
    with db.writing() as session:
        return set_stage(session, world, story)


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: str, world: SimpleNamespace) -> Iterator[Callable[[str], Person]]:
    """The person of a role of the world, or the public, at a browser that stays open for all tests; at the end every console must have stayed silent."""
    with ExitStack() as leaving:
        found: dict[str, Person] = {}

        def person(role: str) -> Person:
            if role not in found:
                found[role] = leaving.enter_context(at_browser(browser, site, role))
                if role != PUBLIC:
                    found[role].signs_in(getattr(world, role))
            return found[role]

        yield person


@pytest.fixture
def visits(browser: Browser, site: str) -> Iterator[Visits]:
    """Somebody at a browser of their own: `visits("the public")`. At the end of the test every console must have stayed silent."""
    with ExitStack() as leaving:

        def visit(name: str, size: ViewportSize = WIDE) -> Person:
            return leaving.enter_context(at_browser(browser, site, name, size))

        yield visit


@pytest.fixture
def browser_of(visits: Visits) -> Callable[..., Person]:
    """A person who has signed in through the form."""

    def signed_in(user: User, size: ViewportSize = WIDE) -> Person:
        return visits(user.name, size).signs_in(user)

    return signed_in
