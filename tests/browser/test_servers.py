"""Servers and what they do: by keyboard, on a phone, and live."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW
from tests.browser.test_axe import faults, has_no_faults
from tests.practice import Practice

pytestmark = pytest.mark.browser

STALLS = {"kind": "stall", "after_lines": 3, "times": 1, "path": "/api/chat"}


@pytest.fixture
def second():
    """Another Ollama."""
    ollama = Practice()
    ollama.start()
    yield ollama
    ollama.stop()


def press(page: Page, role: str, name: str) -> None:
    """As somebody does who has no mouse."""
    page.get_by_role(role, name=name, exact=True).focus()
    page.keyboard.press("Enter")


def follow(opened, link: str, path: str) -> None:
    press(opened.page, "link", link)
    opened.loads(path)


def test_adds_drains_and_deletes_a_server_by_the_keyboard(visit, watch, second):
    watch.allow("422")
    opened = visit("admin", "/models/", width=NARROW)
    page = opened.page
    follow(opened, "Servers", "/models/servers/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Servers")
    follow(opened, "Add a server", "/models/servers/*/")
    page.get_by_label("Address").focus()
    page.keyboard.type(f"{second.url}/api")
    page.get_by_label("Name").fill("second")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Leave out “/api”")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("second")
    page.get_by_text("A proxy before it").click()
    has_no_faults(opened)
    page.get_by_label("Address").fill(second.url)
    page.get_by_label("Address").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("second")
    has_no_faults(opened)
    press(page, "button", "Drain second")
    row = page.get_by_role("row").filter(has_text="second")
    expect(row.get_by_role("button", name="Use second again")).to_be_visible()
    has_no_faults(opened)
    follow(opened, "second", "/models/servers/*/")
    press(page, "link", "Delete")
    dialog = page.get_by_role("dialog", name="Delete second?")
    expect(dialog).to_contain_text("stay on its disk")
    has_no_faults(opened)
    dialog.get_by_role("button", name="Delete").press("Enter")
    opened.loads("/models/servers/")
    expect(page.get_by_role("row").filter(has_text="second")).to_have_count(0)


def test_what_the_environment_names_says_why_it_stays(visit):
    page = visit("admin", "/models/servers/").page
    page.locator("tbody th a").first.click()
    expect(page.get_by_text("comes from WEBCHAT_OLLAMA_URL")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_shows_a_run_live_to_each_as_they_may_see_it(visit, practice):
    practice.script(faults=STALLS, answer=("One ", "two ", "three ", "four"))
    watched = visit("admin", "/models/activity/")
    pages = {who: visit(who, "/models/activity/").page for who in ("eve", "ann")}
    pages["admin"] = watched.page
    for page in pages.values():
        expect(page.get_by_text("Nothing runs.")).to_be_visible()
    ann = visit("ann")
    ann.ask("What is it that I ask?")
    for who, name in (("admin", "Ann Arbor"), ("eve", "somebody"), ("ann", "you")):
        expect(pages[who].locator("#uses b")).to_have_text(name)
        expect(pages[who].get_by_text("What is it that I ask")).to_have_count(0)
    assert faults(watched.page) == []
    pages["admin"].get_by_role("button", name=re.compile("^Stop .* for Ann Arbor$")).press("Enter")
    expect(pages["admin"].get_by_text("Nothing runs.")).to_be_visible()
    ann.ends()
    practice.release()


def test_measures_a_model_in_the_background(visit, practice):
    page = visit("admin", "/models/activity/", width=NARROW).page
    page.get_by_role("combobox", name="Model to measure").select_option("practice:latest")
    page.get_by_role("button", name="Measure").click()
    practice.wait_for_end("/api/chat", 5)
    table = page.get_by_role("table", name="Measured")
    expect(table.get_by_role("row").filter(has_text="practice:latest")).to_be_visible()
    assert faults(page) == []
