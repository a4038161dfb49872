"""The board of models: by keyboard, on a phone, and live."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_axe import DRESSES, dressed, faults, has_no_faults
from tests.browser.test_layout import is_not_sideways

pytestmark = pytest.mark.browser

MODEL = "practice-embed:latest"


def row(page: Page, name: str):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def test_finds_and_loads_a_model_by_the_keyboard(visit, practice):
    page = visit("admin", "/models/").page
    theirs = set(practice.names())  # others may be there yet that another test has made

    def names() -> list[str]:
        return [name for name in page.locator("tbody th a").all_inner_texts() if name in theirs]

    before = names()
    page.get_by_role("searchbox", name="Find a model").focus()
    page.keyboard.type("embed")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("searchbox", name="Find a model")).to_be_focused()
    with page.expect_response(lambda answer: "q=embed" in answer.url):
        page.evaluate("document.dispatchEvent(new Event('webchat:models'))")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    for name in before:
        expect(row(page, name)).to_be_visible()

    page.get_by_role("checkbox", name=f"Select {MODEL}").focus()
    page.keyboard.press("Space")
    page.locator("#chosen").get_by_role("button", name="Load", exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=f"Load {MODEL}")
    dialog.get_by_role("button", name="Load").focus()
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 job has begun.")).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(page.locator("#chosen").get_by_role("button", name="Load", exact=True)).to_be_focused()

    # Live: the state changes, the rest stays where it is, and as it is.
    expect(row(page, MODEL)).to_contain_text("% GPU")
    assert names() == before
    expect(page.get_by_role("checkbox", name=f"Select {MODEL}")).to_be_checked()


def test_copies_and_deletes_from_the_menu_of_a_row(visit, watch):
    watch.allow("422")
    page = visit("admin", "/models/", width=NARROW).page
    page.set_viewport_size({"width": 640, "height": 400})  # zoomed in: the menu has to scroll
    for what, fill, gone in (("Copy", True, False), ("Delete", False, True)):
        name = "kept-copy:latest" if gone else MODEL
        page.get_by_role("button", name=f"Actions for {name}").click()
        page.locator("#row-menu").get_by_role("button", name=what, exact=True).click()
        dialog = page.get_by_role("dialog", name=f"{what} {name}")
        if fill:
            dialog.get_by_label("New name").fill("two words")
            dialog.get_by_role("button", name=what).click()
            expect(dialog.get_by_label("New name")).to_have_attribute("aria-invalid", "true")
            assert faults(page) == []
            dialog.get_by_label("New name").fill("kept-copy")
        dialog.get_by_role("button", name=what).click()
        expect(row(page, "kept-copy:latest")).to_have_count(0 if gone else 1)
        page.set_viewport_size({"width": WIDE, "height": 800})


def test_the_board_and_the_page_of_a_model_have_no_faults(visit):
    opened = visit("admin", "/models/")
    page = opened.page
    page.get_by_role("checkbox", name=f"Select {MODEL}").check()
    has_no_faults(opened)
    page.get_by_role("link", name=MODEL, exact=True).click()
    opened.loads(f"/models/{MODEL}/")
    for summary in page.locator("summary").all():
        summary.click()
    expect(page.get_by_text("# FROM practice-embed:latest")).to_be_visible()
    for width, dark in DRESSES:
        dressed(opened, width, dark)
        is_not_sideways(opened)


def test_the_page_of_a_model_shows_that_it_is_unloaded(visit):
    page = visit("admin", f"/models/{MODEL}/").page
    places = page.get_by_role("region", name="Where it is")
    for what, state in (("Load", "% GPU"), ("Unload", "at rest")):
        page.locator("#actions").get_by_role("button", name=what, exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name=what).click()
        expect(places).to_contain_text(state)
