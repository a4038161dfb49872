"""Reading while text streams in: the end is followed, and what was read stays where it is."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LINES = [f"Paragraph {number} has one line.\n\n" for number in range(120)]
WAITS = {"kind": "stall", "after_lines": 400, "times": 1, "path": "/api/chat"}
LEFT = """() => {
  const page = document.documentElement
  return page.scrollHeight - page.clientHeight - page.scrollTop
}"""
# Notes each block that has closed and each question: its place in the page at first, and every
# frame in which it stands elsewhere.
WATCH_PLACES = """() => {
  const places = new Map()
  window.moves = []
  const look = () => {
    const closed = ".question, [id^=text-] > :not(.open), .answer:not([aria-busy]) .prose"
    for (const block of document.querySelectorAll(closed)) {
      if (!block.getClientRects().length) continue // hidden
      const { top, left } = block.getBoundingClientRect()
      const place = `${Math.round(left + scrollX)} ${Math.round(top + scrollY)}`
      const was = places.get(block) ?? place
      if (was !== place) window.moves.push(`${block.textContent.slice(0, 30)}: ${was} to ${place}`)
      places.set(block, place)
    }
    window.blocks = places.size
    requestAnimationFrame(look)
  }
  look()
}"""
# Notes what the browser itself counts as moved within the conversation.
WATCH_SHIFTS = """() => {
  window.shifts = []
  const thread = document.getElementById("thread")
  const note = ({ value, sources }) => {
    if (sources.some(({ node }) => thread.contains(node))) window.shifts.push(value)
  }
  const observer = new PerformanceObserver((list) => list.getEntries().forEach(note))
  observer.observe({ type: "layout-shift" })
}"""
# The first block in the upper half of the window, kept as `read`.
READ = """() => {
  window.read = document.elementFromPoint(innerWidth / 2, innerHeight / 3).closest(".prose > *")
  return window.read.getBoundingClientRect().top
}"""
PLACE = "window.read.getBoundingClientRect().top"


@pytest.fixture
def in_middle(visit, practice):
    """Ann's page with half of a long answer."""
    practice.script(answer="".join(LINES), faults=WAITS)
    ann = visit("ann")
    ann.ask("Write at length")
    ann.begins("Paragraph 40 ")
    return ann


def at_end(page) -> None:
    page.page.wait_for_function(f"() => ({LEFT})() < 2")


def go_up(page, by: int) -> int:
    """Turns the wheel and returns where the page then stands."""
    start = page.page.evaluate("scrollY")
    page.page.mouse.move(600, 300)
    page.page.mouse.wheel(0, -by)
    page.page.wait_for_function("(most) => scrollY <= most", arg=start - by)
    return page.page.evaluate("scrollY")


def two_frames(page) -> None:
    page.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def test_the_page_stays_at_the_end_while_text_streams(in_middle, practice):
    at_end(in_middle)
    in_middle.page.evaluate(WATCH_SHIFTS)
    practice.release()
    in_middle.ends()
    at_end(in_middle)
    assert in_middle.page.evaluate("window.shifts") == []
    expect(in_middle.page.get_by_role("button", name="To the end")).to_be_hidden()


def test_who_scrolls_up_stays_there_and_finds_the_way_back(in_middle, practice):
    ann = in_middle
    at_end(ann)
    before = go_up(ann, 500)
    back = ann.page.get_by_role("button", name="To the end")
    expect(back).to_be_visible()
    practice.release()
    ann.ends()
    assert ann.page.evaluate("scrollY") == before
    back.click()
    at_end(ann)
    expect(back).to_be_hidden()


def test_a_little_way_up_is_enough(in_middle, practice):
    at_end(in_middle)
    before = go_up(in_middle, 20)
    practice.release()
    in_middle.ends()
    assert in_middle.page.evaluate("scrollY") == before


def test_what_changes_above_does_not_move_what_is_read(in_middle):
    at_end(in_middle)
    go_up(in_middle, 500)
    before = in_middle.page.evaluate(READ)
    in_middle.page.evaluate(
        "document.querySelector('.question .said').append('More words. '.repeat(900))"
    )
    two_frames(in_middle)
    assert in_middle.page.evaluate(PLACE) == pytest.approx(before, abs=1)


def test_typing_does_not_move_what_is_read(in_middle):
    in_middle.message.fill("A line\n" * 9)
    at_end(in_middle)  # the last words are not covered
    go_up(in_middle, 500)
    before = in_middle.page.evaluate(READ)
    in_middle.message.press("a")
    two_frames(in_middle)
    assert in_middle.page.evaluate(PLACE) == before


def test_what_is_opened_stays_where_it_is(in_middle):
    at_end(in_middle)
    in_middle.page.evaluate(
        """() => {
          const thoughts = document.createElement("details")
          thoughts.innerHTML = "<summary>Thoughts</summary>" + "One after another. ".repeat(900)
          document.getElementById("thread").append(thoughts)
        }"""
    )
    at_end(in_middle)
    summary = in_middle.page.locator("#thread > details summary")
    before = summary.bounding_box()
    summary.click()
    two_frames(in_middle)
    assert summary.bounding_box() == before


def test_who_asks_is_brought_to_the_answer(in_middle, practice):
    ann = in_middle
    practice.release()
    ann.ends()
    ann.page.evaluate("scrollTo(0, 0)")
    expect(ann.page.get_by_role("button", name="To the end")).to_be_visible()
    ann.ask("Once more")
    ann.ends()
    at_end(ann)


def test_who_does_something_else_stays_where_it_is_read(in_middle, practice):
    ann = in_middle
    practice.release()
    ann.ends()
    at_end(ann)
    before = go_up(ann, 500)
    pin = ann.page.locator("form[action$='/pin/'] button")
    pin.evaluate("(button) => button.click()")  # Playwright's click would scroll first
    expect(pin).to_contain_text("Unpin")
    two_frames(ann)
    assert ann.page.evaluate("scrollY") == before


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_that_was_read_moves(visit, practice, width):
    ann = visit("ann", width=width)
    ann.ask("A first question")
    ann.ends()
    ann.page.evaluate(WATCH_PLACES)
    practice.script(speed=400)
    # All but links: one that is defined further down changes the line that names it.
    ann.ask("Show me a heading, a list, a table, code, maths, a quote, emoji, HTML, a long word")
    ann.ends()
    assert ann.page.evaluate("window.blocks") > 30
    assert ann.page.evaluate("window.moves") == []
