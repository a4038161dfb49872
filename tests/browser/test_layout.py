"""Narrow windows, long words, wide tables, other directions and other colours."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.database import change

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}
LONG_WORD = "Donaudampfschifffahrtsgesellschaft" * 12
WIDE_TABLE = "|" + " a column |" * 20 + "\n|" + "---|" * 20 + "\n|" + " a value |" * 20 + "\n"
LONG_CODE = "```python\n" + "value = " + "another_value + " * 40 + "1\n```\n"
# A phone of 390 px at 200 %, and a window of 1280 px at 400 % and at 200 %.
ENLARGED = [(195, 422), (320, 568), (640, 400)]
LONG_NAME = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrente"
BROKEN = {"kind": "status", "status": 400, "text": "no", "times": 1, "path": "/api/chat"}
# What is wider than the window, and what floats over it and cannot be seen or scrolled whole.
SPILLS = """() => {
  const root = document.documentElement
  const over = [...document.querySelectorAll("dialog[open], :popover-open")].filter((each) => {
    const { left, right, top, bottom } = each.getBoundingClientRect()
    const fits = left >= 0 && top >= 0 && right <= root.clientWidth && bottom <= root.clientHeight
    return !fits || each.scrollWidth > each.clientWidth
  })
  const wide = root.scrollWidth > root.clientWidth ? ["the page"] : []
  return [...wide, ...over.map((each) => each.id || each.className)]
}"""
# Whether the words of a row begin where those of other rows do, at the left.
BESIDE_ITS_ICON = """(name) => {
  const words = document.createRange()
  words.selectNodeContents(name)
  return words.getBoundingClientRect().left - name.getBoundingClientRect().left < 2
}"""
LONG_MATHS = "$$\n" + " + ".join(f"x_{{{n}}}^2" for n in range(60)) + "\n$$\n"


def is_not_sideways(page) -> None:
    width = page.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width[0] <= width[1]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_makes_the_page_wider_than_the_window(visit, practice, width):
    answer = "\n\n".join([LONG_WORD, f"`{LONG_WORD}`", WIDE_TABLE, LONG_CODE, LONG_MATHS])
    practice.script(answer=answer)
    ann = visit("ann", width=width)
    ann.ask(LONG_WORD)
    ann.ends()
    is_not_sideways(ann)
    for scrolls in (".scroll", ".code pre", "math[display=block]"):
        element = ann.text.locator(scrolls)
        inside, outside = element.evaluate("(e) => [e.scrollWidth, e.clientWidth]")
        assert inside > outside, scrolls
        assert element.bounding_box()["x"] >= 0
    ann.reload()
    is_not_sideways(ann)


def test_controls_are_large_enough_for_fingers(visit):
    ann = visit("ann", width=NARROW)
    ann.ask("A question")
    ann.ends()
    for control in (ann.send, ann.regenerate, ann.model):
        assert control.bounding_box()["height"] >= 44


def test_the_conversations_are_in_a_drawer_of_a_narrow_window(visit):
    ann = visit("ann", width=NARROW)
    expect(ann.conversations).to_be_hidden()
    ann.page.get_by_role("button", name="Conversations").click()
    expect(ann.conversations).to_be_visible()
    ann.page.get_by_role("button", name="Close the list").click()
    expect(ann.conversations).to_be_hidden()


def test_words_from_right_to_left_begin_at_the_right(visit, practice):
    table = "| القراءة | Mean |\n|---|---|\n| الأولى | 12 |"
    practice.script(
        answer=f"رتّب القراءات حسب الوقت.\n\n- القراءة الأولى\n\n{table}\n\nAnd in English.\n"
    )
    ann = visit("ann")
    ann.ask("كيف أجد كل فجوة؟")
    ann.ends()
    direction = "(element) => getComputedStyle(element).direction"
    assert ann.questions.locator(".said").evaluate(direction) == "rtl"
    first, last = ann.text.locator("p").first, ann.text.locator("p").last
    assert first.evaluate(direction) == "rtl"
    assert last.evaluate(direction) == "ltr"
    item, listed = ann.text.locator("li"), ann.text.locator("ul").bounding_box()
    assert item.evaluate(direction) == "rtl"
    assert item.bounding_box()["x"] == listed["x"]
    room = listed["x"] + listed["width"] - item.bounding_box()["x"] - item.bounding_box()["width"]
    assert room >= 20  # for the mark
    for cell in ann.text.locator("th, td").all():
        expect(cell).to_have_css("padding-right", "0px")
    listed = ann.conversations.get_by_role("link", name="كيف أجد كل فجوة؟").first.locator("span")
    assert listed.first.evaluate(direction) == "rtl"
    assert listed.first.evaluate(BESIDE_ITS_ICON)


def test_forced_colours_leave_fields_and_buttons_their_edges(visit):
    ann = visit("ann", forced_colors="active")
    ann.ask("A question")
    ann.ends()
    for control in (ann.send, ann.page.locator("#compose")):
        expect(control).to_have_css("border-top-style", "solid")
        assert control.evaluate("(e) => parseFloat(getComputedStyle(e).borderTopWidth)") >= 1
    expect(ann.page.locator("#gauge .gauge").first).to_be_visible()


MOVING = "document.getAnimations().filter((each) => each.playState === 'running').length"


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_who_wants_it_still(visit, practice, wish, moves):
    practice.script(answer=WORDS, faults=WAITS)
    ann = visit("ann", reduced_motion=wish)
    ann.ask("Count, please")
    ann.begins("word20")
    assert bool(ann.page.evaluate(MOVING)) == moves


@pytest.fixture
def bob(visit, chat, practice):
    """Bob on an answer that failed; a folder and a prompt of his have long names while it runs."""
    http = chat.visitor("bob").http
    http.post("/folders/", data={"name": LONG_NAME}).raise_for_status()
    http.post("/prompts/new/", data={"name": LONG_NAME, "text": "many words " * 40})
    practice.script(faults=BROKEN)
    yield visit("bob", chat.visitor("bob").talk(LONG_NAME), width=NARROW)
    for table in ("savedprompt", "folder"):
        change(chat.database, f"DELETE FROM chat_{table}")  # noqa: S608


def fits(page) -> None:
    for width, height in ENLARGED:
        page.page.set_viewport_size({"width": width, "height": height})
        assert page.page.evaluate(SPILLS) == [], (width, height, page.path)


def test_enlarged_pages_stay_in_the_window(bob):
    conversation = bob.path
    for path in (
        conversation,
        f"{conversation}folder/",
        f"{conversation}export.print",
        "/",
        "/?temporary=1",
        "/prompts/",
        "/conversations/listed/",
    ):
        fits(bob.goto(path))
    bob.page.get_by_role("checkbox", name="Choose").first.check()
    fits(bob)  # with what can be done to those that are chosen


def test_what_opens_over_an_enlarged_page_can_be_reached_whole(bob):
    more = "More about this conversation"
    for button in (more, "Regenerate with another model", "Ask several models", "Attach files"):
        bob.page.get_by_role("button", name=button).click()
        fits(bob)
        bob.page.keyboard.press("Escape")
    for link in ("Settings of this chat", "Move to…"):
        bob.page.get_by_role("button", name=more).click()
        bob.page.get_by_role("link", name=link).click()
        expect(bob.page.get_by_role("dialog", name=link)).to_be_visible()
        fits(bob)
        bob.page.keyboard.press("Escape")
    bob.page.locator("body").press("?")
    expect(bob.page.get_by_role("dialog", name="Keys")).to_be_visible()
    fits(bob)
