"""What the menu of an answer offers: rating it, and hearing it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# Voices of this machine, which a headless browser has none of; what is said is noted.
VOICE = """
  window.said = []
  const voice = (lang) => ({ lang, localService: true, default: lang === "en-GB" })
  const voices = [voice("en-GB"), voice("de_DE")]
  Object.defineProperty(window, "SpeechSynthesisUtterance", { value: class {
    constructor(text) { this.text = text }
  } })
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices,
    addEventListener() {}, removeEventListener() {},
    speak: ({ lang, text }) => window.said.push(lang ? `${lang}: ${text}` : "(end)"),
    cancel: () => window.said.push("(silence)"),
  } })
"""


@pytest.fixture
def ann(visit, chat, practice):
    practice.script(answer="Der Himmel ist blau. Wegen *Rayleigh*.\n\n```py\nx = 1\n```")
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


def test_closing_the_dialog_of_a_rating_leaves_it(ann):
    opened(ann).get_by_role("button", name="Good answer").click()
    dialog = ann.page.get_by_role("dialog", name="Rated as a good answer")
    dialog.get_by_label("A word why").fill("Not to be kept")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    ann.page.wait_for_load_state("networkidle")  # what was sent, had anything been
    expect(ann.reload().answer.locator(".rated")).to_have_text("Good answer")


def test_an_answer_is_read_aloud_in_its_language_till_the_second_press(ann):
    opened(ann).get_by_role("button", name="Read aloud").click()
    assert ann.page.evaluate("said") == [
        "(silence)",
        "de_DE: Der Himmel ist blau.",
        "de_DE:  Wegen Rayleigh.\n\n\n",
        "(end)",
    ]
    opened(ann).get_by_role("button", name="Read aloud", pressed=True).click()
    assert ann.page.evaluate("said.at(-1)") == "(silence)"
    expect(ann.answer.get_by_role("button", name="Read aloud", pressed=False)).to_be_visible()


def test_only_a_menu_that_is_open_looks_for_another_place(ann):
    """A closed one that has places to try hangs the page in WebKit 2.50."""
    tries = "(menu) => getComputedStyle(menu).positionTryFallbacks"
    closed = ann.page.locator("[popover]").evaluate_all(f"(menus) => menus.map({tries})")
    assert len(closed) > 3
    assert set(closed) == {"none"}
    assert opened(ann).evaluate(tries) != "none"
