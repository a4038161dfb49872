"""Headless Chromium in front of whole instances of Webchat.

`visit` opens pages as a person on `chat`, an instance that the tests of this folder share; a test
that restarts or configures one takes `new_instance`, and names it: visit("ann", at=instance).
"""

import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.chat_page import ChatPage
from tests.browser.watching import Watch
from tests.instance import CSRF, MODEL, Database, Instance, until

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-smooth-scrolling",
    "--host-resolver-rules=MAP chat.lan 127.0.0.1",
]
DEADLINE_MS = 20_000  # a busy machine may take its time
WIDE, NARROW = 1280, 390  # px
HEIGHTS = {WIDE: 800, NARROW: 844}
LAN = "chat.lan"  # a name over plain http, where browsers withhold half of their interfaces

Visit = Callable[..., ChatPage]


# Not for the whole session: Playwright's loop would stand in the way of other tests' loops.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, (
        "The browser tests need Chromium (Debian: apt-get install chromium-headless-shell)."
    )
    expect.set_options(timeout=DEADLINE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def _shared(
    _made: tuple[Database, dict[str, Any]],
    _practice_server: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Instance]:
    made, people = _made
    database = made.copy_to(tmp_path_factory.mktemp("shared") / "data", f"{made.name}_shared")
    instance = Instance(
        database, people, WEBCHAT_OLLAMA_URL=_practice_server.url, WEBCHAT_OLLAMA_SLOTS="4"
    )
    yield instance.start()
    instance.stop()
    database.drop()


@pytest.fixture
def chat(_shared: Instance, practice: Any) -> Iterator[Instance]:
    """An instance with four slots; what a test leaves running is stopped after it."""
    yield _shared
    stop_runs(_shared)


def stop_runs(instance: Instance) -> None:
    """Stops every answer, so that the next test finds free slots."""
    rows = instance.database.rows(
        "SELECT run.id, person.username FROM inference_run run"
        " JOIN accounts_person person ON run.person_id = person.id"
        " WHERE run.status IN ('queued', 'running')"
    )
    for run, username in rows:
        instance.visitor(username).http.post(f"/runs/{UUID(str(run))}/cancellation/")
    until(instance.is_idle, "what ran has stopped")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test if a page did what no page may do."""
    watch = Watch()
    yield watch
    watch.check()


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, browser: Browser, watch: Watch, new_instance: Any
) -> Iterator[Visit]:
    """visit("ann", "/path/", at=instance, width=390, dark=True, host="chat.lan", …): an open page.

    Pages of one person share cookies if the first is given as `beside`. `person` None is a
    stranger; a `path` None opens nothing yet; a fresh chat is with the model that does not think.
    Other names go to Browser.new_context.
    """
    del new_instance  # named so that instances end after the pages that are open on them
    contexts: list[BrowserContext] = []

    def open_page(
        person: str | None = "ann",
        path: str | None = "/",
        *,
        at: Instance | None = None,
        width: int = WIDE,
        dark: bool = False,
        host: str = "127.0.0.1",
        beside: ChatPage | None = None,
        **options: Any,
    ) -> ChatPage:
        instance = at or request.getfixturevalue("chat")
        address = f"http://{host}:{urlsplit(instance.url).port}"
        if beside is None:
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHTS[width]},
                color_scheme="dark" if dark else "light",
                has_touch=width == NARROW,
                **{"reduced_motion": "reduce", "locale": "en-GB", **options},
            )
            context.set_default_timeout(DEADLINE_MS)
            contexts.append(context)
            watch.over(context, urlsplit(address).netloc)
            if person:
                sign_in(context, instance, person, address)
        else:
            context = beside.page.context
        opened = ChatPage(context.new_page(), address)
        if path is not None:
            opened.goto(path)
        if person and path == "/":
            opened.model.select_option(MODEL)
        return opened

    yield open_page
    for context in contexts:
        context.close()


def sign_in(context: BrowserContext, instance: Instance, person: str, address: str) -> None:
    people = instance.people
    cookies = {people["session_cookie"]: people["sessions"][person], people["csrf_cookie"]: CSRF}
    context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )
