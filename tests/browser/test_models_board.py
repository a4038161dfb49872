"""The board of models: by keyboard, on a phone, and live."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_axe import faults

pytestmark = pytest.mark.browser

MODEL = "practice-embed:latest"


def row(page: Page, name: str):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def names(page: Page) -> list[str]:
    return page.locator("tbody th a").all_inner_texts()


def test_finds_and_loads_a_model_by_the_keyboard(visit):
    page = visit("admin", "/models/").page
    before = names(page)
    page.get_by_role("searchbox", name="Find a model").focus()
    page.keyboard.type("embed")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("searchbox", name="Find a model")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    expect(page.locator("tbody tr")).to_have_count(len(before))

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
    assert names(page) == before
    expect(page.get_by_role("checkbox", name=f"Select {MODEL}")).to_be_checked()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_copies_and_deletes_from_the_menu_of_a_row(visit, watch, width):
    watch.allow("422")
    page = visit("admin", "/models/", width=width).page
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


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)])
def test_the_board_and_the_page_of_a_model_have_no_faults(visit, width, dark):
    page = visit("admin", "/models/", width=width, dark=dark).page
    page.get_by_role("checkbox", name=f"Select {MODEL}").check()
    assert faults(page) == []
    page.get_by_role("link", name=MODEL, exact=True).click()
    for summary in page.locator("summary").all():
        summary.click()
    expect(page.get_by_text("# FROM practice-embed:latest")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_of_a_model_shows_that_it_is_unloaded(visit):
    page = visit("admin", f"/models/{MODEL}/").page
    places = page.get_by_role("region", name="Where it is")
    for what, state in (("Load", "% GPU"), ("Unload", "at rest")):
        page.locator("#actions").get_by_role("button", name=what, exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name=what).click()
        expect(places).to_contain_text(state)
