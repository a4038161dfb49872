"""Pages without faults, and none that goes sideways: at 320 px, or with what is far too long."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.test_axe import faults

pytestmark = pytest.mark.browser

# WCAG 1.4.10: what is 1280 px wide at 400 %.
SMALLEST = {"width": 320, "height": 640}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def test_no_page_has_a_fault_or_goes_sideways(visit):
    ann = visit("ann")
    ann.ask("Show me a list, a table, code")
    ann.ends()
    conversation = ann.path
    answer = ann.answer.get_attribute("id").removeprefix("message-")
    looked_at = [
        f"{conversation}export.print",
        f"/messages/{answer}/rating/",
        "/data/",
        "/offline/",
    ]
    for number, path in enumerate(looked_at):
        ann.page.emulate_media(color_scheme="dark" if number % 2 else "light")
        ann.goto(path)
        assert faults(ann.page) == [], path
    # Of these other tests look for faults.
    others = [conversation, f"{conversation}settings/", "/prompts/new/", "/conversations/deleted/"]
    ann.page.set_viewport_size(SMALLEST)
    for path in looked_at + others:
        ann.goto(path)
        assert ann.page.evaluate(FITS), path


def test_a_table_of_500_columns_and_5000_lines_of_code_stay_in_their_boxes(visit, practice):
    row = "|" + " cell |" * 500 + "\n"
    code = "```\n" + "line of code\n" * 5000 + "```\n"
    practice.script(answer=[row, "|" + "-|" * 500 + "\n", row, "\n", code])
    ann = visit("ann", width=NARROW)
    ann.ask("Far too much")
    ann.ends()
    assert ann.page.evaluate(FITS)
    table = ann.answer.get_by_role("group", name="Table")
    table.focus()
    ann.page.keyboard.press("End")
    ann.page.keyboard.press("ArrowRight")
    expect(table).to_be_focused()
    ann.page.wait_for_function("() => document.activeElement.scrollLeft > 0")
    ann.message.fill("Still")
    expect(ann.message).to_be_in_viewport()
