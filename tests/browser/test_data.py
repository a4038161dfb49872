"""Taking conversations along, and bringing them in."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).parents[1] / "chat" / "imports"


@pytest.mark.parametrize(("person", "width"), [("bob", WIDE), ("eve", NARROW)])
def test_an_export_of_chatgpt_is_looked_into_and_imported(visit, person, width):
    page = visit(person, "/data/", width=width).page
    page.get_by_label("File").set_input_files(SAMPLES / "chatgpt.json")
    page.get_by_role("button", name="Look into it").click()
    expect(page.get_by_text("Nothing is imported yet.")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The import is done.")).to_be_visible()
    # On a phone the list is folded away.
    expect(page.locator("#conversations").get_by_text("Fibonacci")).to_have_count(1)


def test_a_file_that_is_too_large_is_refused_at_its_field_and_stays_chosen(visit):
    page = visit("bob", "/data/").page
    page.locator("largest-file").evaluate("each => { each.dataset.most = 10 }")
    field = page.get_by_label("File")
    field.set_input_files({"name": "x.json", "mimeType": "text/plain", "buffer": b"x" * 11})
    expect(field).to_have_accessible_description(
        "This file is larger than 50 MB. Split the export."
    )
    page.get_by_role("button", name="Look into it").click()
    expect(field).to_be_focused()
    assert field.evaluate("each => each.files.length") == 1
    field.set_input_files({"name": "y.json", "mimeType": "text/plain", "buffer": b"x"})
    expect(page.get_by_text("This file is larger")).to_be_hidden()


def test_everything_is_downloaded_as_an_archive(visit, chat):
    chat.visitor("bob").talk("Say hello")
    page = visit("bob", "/data/").page
    page.get_by_role("button", name="Make an archive").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download").first.click()
    assert downloading.value.suggested_filename.endswith(".zip")


def test_paper_is_light_whatever_the_screen_is(visit):
    page = visit("bob", "/data/").page
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    assert page.evaluate(scheme) == "dark"
    page.emulate_media(media="print")
    assert page.evaluate(scheme) == "light"
