"""Saved prompts in a browser: "/" in the composer, by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.database import change
from tests.browser.test_axe import faults

pytestmark = pytest.mark.browser

PROMPTS = {"Minutes": "Minutes of {{topic}} for {{who}}", "Kind reply": "Reply kindly."}


@pytest.fixture
def bob(visit, chat):
    """A page of somebody with two prompts, which are gone after the test."""
    for name, text in PROMPTS.items():
        saved = chat.visitor("bob").http.post("/prompts/new/", data={"name": name, "text": text})
        assert saved.is_redirect
    yield visit("bob")
    change(chat.database, "DELETE FROM chat_savedprompt")


def options(page):
    return page.page.get_by_role("listbox", name="Prompts").get_by_role("option")


def test_slash_offers_them_and_they_are_filled_in_by_keyboard(bob):
    bob.goto("/")
    bob.message.press_sequentially("/")
    expect(options(bob)).to_have_count(2)
    assert faults(bob.page) == []
    bob.message.press("Escape")
    expect(bob.page.get_by_role("listbox", name="Prompts")).to_be_hidden()
    bob.message.fill("")
    bob.message.press_sequentially("/mi")
    listbox = bob.page.get_by_role("listbox", name="Prompts")
    chosen = listbox.get_by_role("option", selected=True)
    expect(chosen).to_have_count(1)
    expect(chosen).to_contain_text("Minutes")
    bob.message.press("Enter")
    bob.page.get_by_label("topic").fill("the budget")
    assert faults(bob.page) == []
    bob.page.get_by_label("who").fill("Eve")
    bob.page.get_by_role("button", name="Put into the message").press("Enter")
    expect(bob.message).to_have_value("Minutes of the budget for Eve")
    expect(bob.message).to_be_focused()
    expect(bob.questions).to_have_count(0)


def test_one_without_variables_is_put_in_at_once_also_on_a_phone(bob):
    bob.page.set_viewport_size({"width": NARROW, "height": 844})
    bob.goto("/prompts/")
    assert faults(bob.page) == []
    bob.goto("/")
    bob.message.press_sequentially("/")
    expect(options(bob)).to_have_count(2)
    bob.message.press("ArrowDown")
    bob.message.press("ArrowUp")
    bob.page.get_by_role("option", name="Kind reply").click()
    expect(bob.message).to_have_value("Reply kindly.")
