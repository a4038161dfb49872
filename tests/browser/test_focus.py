"""What one pressed is gone: the focus stays where one goes on, not at the top of the page."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}


def press(button):
    button.focus()
    button.press("Enter")


def test_who_stops_or_gives_up_an_edit_or_pins_by_keyboard_goes_on_there(visit, practice):
    practice.script(answer=WORDS, faults=WAITS)
    ann = visit("ann")
    ann.ask("Count, please")
    ann.begins("word20")
    press(ann.stop)
    ann.ends()
    expect(ann.message).to_be_focused()
    pencil = ann.page.get_by_role("link", name="Edit the question")
    press(pencil)
    press(ann.page.get_by_role("link", name="Cancel"))
    expect(pencil).to_be_focused()
    menu = ann.page.get_by_role("button", name="More about this conversation")
    press(menu)
    press(ann.page.get_by_role("button", name="Pin", exact=True))
    expect(ann.page.get_by_role("button", name="Unpin")).to_have_count(0)
    expect(menu).to_be_focused()
    more = ann.page.get_by_role("button", name="More about this answer")
    press(more)
    press(ann.page.get_by_role("button", name="Good answer"))
    expect(ann.page.get_by_label("A word why")).to_be_focused()
    ann.page.keyboard.press("Escape")
    expect(more).to_be_focused()


# The button is on again between the event and all that waits for a moment after it.
OFF_AND_ON = """(button) => {
  document.addEventListener("focusout", () => { button.disabled = false }, { once: true })
  button.disabled = true
}"""


def test_a_button_that_is_off_for_a_moment_has_the_focus_again(visit):
    ann = visit("ann")
    ann.page.keyboard.press("Tab")
    attach = ann.page.get_by_role("button", name="Attach files")
    attach.focus()
    attach.evaluate(OFF_AND_ON)
    expect(attach).to_be_focused()


def test_enter_on_a_button_of_the_composer_sends_nothing(visit):
    ann = visit("ann")
    ann.message.fill("Both of you")
    several = ann.page.get_by_role("button", name="Ask several models")
    press(several)
    box = ann.page.get_by_role("checkbox", name="practice-think")
    box.press("Space")
    expect(box).to_be_checked()
    box.press("Escape")
    expect(ann.page.get_by_role("button", name="Ask several models, ")).to_be_focused()
    expect(ann.message).to_have_value("Both of you")
    assert ann.path == "/"
