"""A far too long answer: what is above the end comes as one reads up, and moves nothing."""

import pytest
from playwright.sync_api import expect

from tests.browser.database import change

pytestmark = pytest.mark.browser

LINES = 900
TEXT = "\n\n".join(
    ["The first line, with a note.[^1]"]
    + [f"Line {number} of an answer.{' And so on.' * 33}" for number in range(LINES)]
    + ["[^1]: What there is to note."]
)
# Scrolls up by 60 px a frame until a part has come, and ten frames more; returns by how much what
# was read moved each time.
GO_UP = """async () => {
  const frame = () => new Promise(requestAnimationFrame)
  const missing = document.querySelector("earlier-parts")
  const moved = new Set()
  scrollTo({ top: missing.offsetTop + 3000, behavior: "instant" })
  await frame()
  const { last } = missing.dataset
  for (let after = 0; after < 10; after += missing.dataset.last !== last) {
    const read = document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest(".part > *")
    const before = read?.getBoundingClientRect().top
    scrollBy({ top: -60, behavior: "instant" })
    await frame()
    if (read) moved.add(Math.round(read.getBoundingClientRect().top - before))
  }
  return [...moved]
}"""


@pytest.fixture
def ann(visit, chat, practice):
    """Ann's page, opened at such an answer."""
    practice.script(answer="Too short.")
    page, path = visit("ann", None), chat.visitor("ann").talk("Write at length")
    longer = "UPDATE chat_message SET text = %s, html_version = 0 WHERE text = %s"
    change(chat.database, longer, TEXT, "Too short.")
    page.goto(path)
    page.is_live()
    return page


def line(page, number):
    return page.text.get_by_text(f"Line {number} of", exact=False)


def test_reading_up_moves_nothing_and_a_note_leads_to_its_place(ann):
    first = ann.text.get_by_text("The first line")
    expect(line(ann, LINES - 1)).to_be_visible()
    expect(first).to_have_count(0)
    assert ann.page.evaluate(GO_UP) == [60]
    expect(ann.page.locator("earlier-parts")).to_have_count(1)
    expect(first).to_have_count(0)
    ann.text.locator("[role=doc-backlink]").click()
    expect(first).to_be_in_viewport()
    expect(ann.page.locator("earlier-parts")).to_have_count(0)
    assert ann.text.locator("p").count() == LINES + 2


def test_home_leads_to_the_beginning_and_what_did_not_come_is_tried_again(ann, watch):
    ann.page.locator("main").press("Home")
    expect(ann.text.get_by_text("The first line")).to_be_in_viewport()
    watch.allow("ERR_FAILED")
    whole = ann.text.get_by_role("link", name="Show the whole text")
    ann.page.route("**/parts/*", lambda route: route.abort())
    whole.scroll_into_view_if_needed()
    expect(ann.text.get_by_text("This part could not be loaded.")).to_be_visible()
    ann.page.unroute("**/parts/*")
    whole.press("Enter")
    expect(ann.text.locator(".part").nth(1)).to_be_focused()
    with ann.page.expect_response(lambda answer: "/messages/?" in answer.url):
        ann.page.evaluate("document.dispatchEvent(new Event('webchat:resync'))")
    expect(ann.text.get_by_text("The first line")).to_have_count(1)
    assert ann.text.locator("p").count() == LINES + 2
