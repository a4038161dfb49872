"""What the menu of an answer offers: rating it, and hearing it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# A voice of this machine, which a headless browser has none of; what is said is noted.
VOICE = """
  window.said = []
  const voice = { lang: "en-GB", localService: true, default: true }
  Object.defineProperty(window, "SpeechSynthesisUtterance", { value: class {
    constructor(text) { this.text = text }
  } })
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => [voice],
    addEventListener() {}, removeEventListener() {},
    speak: (utterance) => window.said.push(utterance.text),
    cancel: () => window.said.push("(silence)"),
  } })
"""


@pytest.fixture
def ann(visit, chat, practice):
    practice.script(answer="The sky is blue. Because of *Rayleigh*.")
    page = visit("ann", path=None)
    page.page.add_init_script(VOICE)
    return page.goto(chat.visitor("ann").talk("Why?"))


def opened(ann):
    ann.answer.get_by_role("button", name="More about this answer").click()
    return ann.answer.locator("[popover]:popover-open")


def test_an_answer_is_rated_with_a_word_why(ann):
    opened(ann).get_by_role("button", name="Bad answer").click()
    dialog = ann.page.get_by_role("dialog", name="Rated as a bad answer")
    dialog.get_by_label("A word why").fill("Too short")
    dialog.get_by_label("A word why").press("Enter")
    expect(dialog).to_have_count(0)
    expect(ann.answer.get_by_role("link", name="Too short")).to_be_visible()
    ann.reload()
    ann.answer.get_by_role("link", name="Too short").click()
    dialog.get_by_role("button", name="Take the rating back").click()
    expect(ann.answer.get_by_role("link", name="Too short")).to_have_count(0)


def test_an_answer_is_read_aloud_and_falls_silent_at_the_second_press(ann):
    opened(ann).get_by_role("button", name="Read aloud").click()
    assert ann.page.evaluate("said") == [
        "(silence)",
        "The sky is blue.",
        " Because of Rayleigh.",
        "",
    ]
    opened(ann).get_by_role("button", name="Read aloud").click()
    assert ann.page.evaluate("said.at(-1)") == "(silence)"
