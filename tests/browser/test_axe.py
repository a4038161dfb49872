"""No page in any state has a fault that axe can find."""

import re
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.database import change

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}
CUT = {"kind": "cut", "after_lines": 10, "times": 1, "path": "/api/chat"}
BROKEN = {"kind": "status", "status": 400, "text": "no", "times": 1, "path": "/api/chat"}
# The width decides what is there, the colours only what they are: each is looked at in each state,
# and both of both (EACH_WITH_EACH) where nearly all of them stand together.
DRESSES = [(WIDE, False), (NARROW, True)]
EACH_WITH_EACH = [*DRESSES, (WIDE, True), (NARROW, False)]
LOOK = "axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"


@cache
def axe() -> str:
    return str(Axe().axe_script)


def faults(page: Page) -> list[str]:
    """What axe finds, each with the elements that it is about."""
    page.wait_for_load_state()
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe())
    found = page.evaluate(LOOK)
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]


def dressed(page, width, dark) -> None:
    page.page.emulate_media(color_scheme="dark" if dark else "light")
    page.page.set_viewport_size({"width": width, "height": 800})
    assert faults(page.page) == [], (width, dark)


def has_no_faults(page, dresses=DRESSES) -> None:
    for width, dark in dresses:
        dressed(page, width, dark)


def test_the_sign_in_has_no_faults(visit, watch):
    watch.allow("422")
    page = visit(None)
    has_no_faults(page)
    page.page.get_by_label("Username").fill("nobody")
    page.page.get_by_label("Password", exact=True).fill("wrong")
    page.page.get_by_role("button", name="Sign in").click()
    expect(page.page.get_by_text("do not match")).to_be_visible()
    has_no_faults(page)


@pytest.mark.parametrize("path", ["/set-up/not-a-link/", "/nothing/", "/password/"])
def test_pages_that_stand_alone_have_no_faults(visit, watch, path):
    watch.allow("404|410")
    has_no_faults(visit("ann", path))


def test_a_refusal_has_no_faults(visit, watch):
    watch.allow("403")
    page = visit("ann")
    page.page.evaluate(
        "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((e) => (e.value = 'x'))"
    )
    page.page.evaluate("document.querySelector('form[action$=\"sign-out/\"]').requestSubmit()")
    expect(page.page.get_by_role("heading", level=1)).to_have_text("This page is out of date")
    has_no_faults(page)


def test_an_empty_page_has_no_faults(visit):
    has_no_faults(visit("ann"), EACH_WITH_EACH)


def test_a_conversation_with_everything_has_no_faults(visit):
    page = visit("ann")
    page.model.select_option("practice-think:latest")
    page.ask("Show me markdown, all of it")
    page.ends()
    has_no_faults(page, EACH_WITH_EACH)


def test_what_opens_has_no_faults(visit):
    page = visit("ann", width=NARROW)
    page.ask("A question")
    page.ends()
    page.page.get_by_role("button", name="More about this conversation").click()
    dressed(page, NARROW, False)
    page.page.keyboard.press("Escape")
    page.page.get_by_role("button", name="Conversations").click()
    expect(page.conversations).to_be_visible()
    dressed(page, NARROW, True)


def test_a_running_and_a_stopped_answer_have_no_faults(visit, practice):
    practice.script(answer=WORDS, faults=WAITS)
    page = visit("ann")
    page.ask("Count, please")
    page.begins("word20")
    has_no_faults(page)
    page.stop.click()
    page.ends()
    has_no_faults(page)


def test_answers_that_fail_have_no_faults(visit, practice):
    page = visit("ann")
    for fault, words in ((BROKEN, "Failed|No answer"), (CUT, "Interrupted")):
        practice.script(answer=WORDS, faults=fault)
        page.ask("Count, please")
        expect(page.answer.locator(".status b")).to_have_text(re.compile(words))
        has_no_faults(page)


@pytest.fixture
def changed(chat):
    """A function: changes the server of the instance; it is as it was after the test."""
    yield lambda how: change(chat.database, f"UPDATE inference_server SET {how}")  # noqa: S608
    change(chat.database, "UPDATE inference_server SET practice = false, enabled = true")


def test_notices_have_no_faults(visit, changed):
    changed("practice = true")
    page = visit("ann")
    expect(page.page.get_by_text("Practice server.")).to_be_visible()
    page.page.evaluate(
        "document.querySelectorAll('connection-notice, connection-notice *')"
        ".forEach((part) => (part.hidden = false))"
    )
    has_no_faults(page)


def test_a_page_without_models_has_no_faults(visit, changed):
    changed("enabled = false")
    for person in ("ann", "admin"):
        page = visit(person, None).goto()
        expect(page.page.get_by_text("No model is there yet")).to_be_visible()
        has_no_faults(page)
