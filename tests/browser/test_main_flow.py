"""The main job in every dress: wide and narrow, light and dark, on localhost and the intranet."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAN, NARROW, WIDE
from tests.instance_people import PASSWORD

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}


# Each with each of the others once.
@pytest.mark.parametrize(
    ("width", "dark", "host"),
    [
        (WIDE, False, "127.0.0.1"),
        (WIDE, True, LAN),
        (NARROW, False, LAN),
        (NARROW, True, "127.0.0.1"),
    ],
)
def test_from_the_sign_in_to_a_deletion(visit, practice, watch, width, dark, host):
    watch.allow("404")  # a page may hear that it was deleted before it is left
    practice.script(answer=WORDS, faults=WAITS)
    page = visit(None, width=width, dark=dark, host=host)
    page.page.get_by_label("Username").fill("eve")
    page.page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.page.get_by_role("button", name="Sign in").click()
    page.loads("/")
    page.model.select_option("practice:latest")
    page.ask("Count, please")
    page.begins("word20")
    page.stop.click()
    page.ends()
    page.continue_.click()
    expect(page.text).to_have_text("".join(WORDS).strip())
    page.ends()
    page.regenerate.click()
    expect(page.answer).to_contain_text("2 / 2")
    page.ends()
    expect(page.answers).to_have_count(1)
    page.answer.get_by_role("button", name="Copy", exact=True).click()
    page.page.get_by_role("button", name="More about this conversation").click()
    page.page.get_by_role("button", name="Delete").click()
    expect(page.toasts).to_contain_text("Conversation deleted")
