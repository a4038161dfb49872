"""Search by keys and by hand, and the other keys of the page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import dressed, has_no_faults

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}


def test_the_dialog_finds_while_one_types_and_opens_what_is_marked(visit, practice, watch):
    watch.allow("ERR_FAILED|Failed to fetch")  # where the server is away
    practice.script(answer="The zeppelin was filled with hydrogen.")
    ann = visit("ann")
    ann.ask("How did montgolfiers fly?")
    ann.ends()
    there = ann.path
    ann.goto("/")
    ann.page.keyboard.press("Control+k")
    words = ann.page.get_by_role("combobox", name="Words to look for")
    expect(words).to_be_focused()
    ann.page.keyboard.type("zepp", delay=20)
    options = ann.page.get_by_role("listbox", name="Found").get_by_role("option")
    expect(options).to_have_count(1)
    expect(options.locator("mark")).to_have_text("zeppelin")
    expect(words).to_have_attribute("aria-activedescendant", re.compile("hit-"))
    ann.page.keyboard.type("x")
    expect(ann.page.get_by_text("Nothing was found.")).to_be_visible()
    ann.page.route("**/search/?*", lambda route: route.abort())
    ann.page.keyboard.type("y")
    expect(ann.page.get_by_text("The server cannot be reached.")).to_be_visible()
    ann.page.unroute("**/search/?*")
    words.fill("montgolfiers")  # the title and the question
    expect(options).to_have_count(2)
    ann.page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    ann.page.keyboard.press("ArrowDown")
    ann.page.keyboard.press("ArrowUp")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    has_no_faults(ann)
    ann.page.keyboard.press("Escape")
    expect(words).to_be_hidden()
    expect(ann.message).to_be_focused()
    ann.page.keyboard.press("Control+k")
    words.fill("hydrogen")
    expect(options).to_have_count(1)
    expect(options.locator("mark")).to_have_text("hydrogen")
    ann.page.keyboard.press("Enter")
    ann.page.wait_for_url(f"**{there}?at=*#message-*")
    expect(ann.answer).to_be_in_viewport()


def test_the_page_of_the_search_works_on_a_phone_without_javascript(visit, watch, practice):
    watch.allow("422")
    practice.script(answer="A dirigible is an airship that can be steered.")
    ann = visit("ann")
    ann.ask("What is that?")
    ann.ends()
    plain = visit("ann", "/search/", width=390, java_script_enabled=False).page
    plain.get_by_role("searchbox", name="Words to look for").first.fill("dirig")
    plain.get_by_role("button", name="Search", exact=True).click()
    plain.get_by_role("list", name="Messages").get_by_role("link").first.click()
    expect(plain.get_by_text("A dirigible is an airship")).to_be_visible()
    seen = visit("ann", "/search/?q=dirig&since=2026-03-02&until=2026-03-01", width=390)
    expect(seen.page.get_by_text("This is before the first day.")).to_be_visible()
    has_no_faults(seen)


def test_another_version_is_shown_without_choosing_it(visit, practice):
    practice.script(answer="Balloons are lighter than air.")
    ann = visit("ann")
    ann.ask("Why do they rise?")
    ann.ends()
    practice.script(answer="They rise by themselves.")
    ann.regenerate.click()
    expect(ann.text).to_have_text("They rise by themselves.")
    ann.ends()
    there = ann.path
    ann.goto("/search/?q=balloons")
    ann.page.get_by_role("list", name="Messages").get_by_role("link").first.click()
    expect(ann.page.get_by_text("another version of the conversation")).to_be_visible()
    expect(ann.page.get_by_text("Balloons are lighter than air.")).to_be_visible()
    dressed(ann, 390, True)
    dressed(ann, 1280, False)
    ann.goto(there)
    expect(ann.text).to_have_text("They rise by themselves.")
    ann.page.go_back()
    ann.page.get_by_role("button", name="Choose this version").click()
    expect(ann.text).to_have_text("Balloons are lighter than air.")


def test_keys_stop_list_and_begin_anew(visit, practice):
    practice.script(answer=WORDS, faults=WAITS)
    ann = visit("ann")
    ann.ask("Count, please")
    ann.begins("word20")
    expect(ann.message).to_be_focused()
    ann.page.keyboard.press("?")  # in the composer it is what it is
    expect(ann.message).to_have_value("?")
    ann.page.keyboard.press("Escape")
    expect(ann.answer.locator(".status b")).to_have_text("Stopped.")
    ann.answer.click()
    ann.page.keyboard.press("?")
    keys = ann.page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    dressed(ann, 1280, False)
    ann.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    ann.page.get_by_role("button", name="Keys").click()
    expect(keys.get_by_role("button", name="Close")).to_be_focused()
    dressed(ann, 390, True)
    ann.page.keyboard.press("Escape")
    ann.page.keyboard.press("Control+Shift+O")
    ann.page.wait_for_url(f"{ann.address}/")
