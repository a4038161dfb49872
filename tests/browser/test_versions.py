"""Editing, other answers, walking among versions, forks, titles, a closer look: in a browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import DRESSES, dressed
from tests.browser.test_layout import is_not_sideways

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}
OTHER = "practice-think:latest"


@pytest.fixture
def ann(visit, chat, practice):
    """A page with one question and its answer."""
    practice.script(answer="Because of Rayleigh.")
    return visit("ann", chat.visitor("ann").talk("Why is the sky blue?"))


def pencil(page):
    return page.questions.last.get_by_role("link", name="Edit the question")


def field(page):
    return page.page.get_by_role("textbox", name="Your question")


def edit(page, practice, text, answer):
    practice.script(answer=answer)
    pencil(page).click()
    field(page).fill(text)
    page.page.get_by_role("button", name="Ask again").click()
    expect(page.questions.last).to_contain_text(text)
    expect(page.text).to_have_text(answer)
    page.ends()


def step(page, which):
    page.page.get_by_role("button", name=f"Version {which}").last.click()


def menu(page, item):
    page.answer.get_by_role("button", name="More about this answer").click()
    page.answer.get_by_text(item).click()


def test_an_edited_question_and_the_one_before_both_stay(ann, practice):
    edit(ann, practice, "Why is the sky red?", "Because of dust.")
    expect(ann.questions).to_have_count(1)
    expect(ann.questions.last).to_contain_text("2 / 2")
    step(ann, "before")
    expect(ann.questions.last).to_contain_text("Why is the sky blue?")
    expect(ann.text).to_have_text("Because of Rayleigh.")
    expect(ann.page.get_by_role("button", name="Version before")).to_be_focused()
    step(ann, "after")
    expect(ann.text).to_have_text("Because of dust.")


def test_all_tabs_follow_the_chosen_version(ann, visit, practice):
    edit(ann, practice, "Why is the sky red?", "Because of dust.")
    other = visit("ann", ann.path, beside=ann)
    other.is_live()
    step(ann, "before")
    expect(other.text).to_have_text("Because of Rayleigh.")
    other.reload().is_live()
    expect(other.text).to_have_text("Because of Rayleigh.")


def test_an_edit_is_given_up_with_escape(ann):
    pencil(ann).focus()
    ann.page.keyboard.press("Enter")
    expect(field(ann)).to_be_focused()
    field(ann).fill("Something else")
    composing = {"key": "Escape", "isComposing": True, "bubbles": True}
    field(ann).dispatch_event("keydown", composing)  # which takes back only what is composed
    ann.page.keyboard.type("!")
    expect(field(ann)).to_have_value("Something else!")
    ann.page.keyboard.press("Escape")
    expect(ann.questions.last).to_contain_text("Why is the sky blue?")
    expect(pencil(ann)).to_be_focused()
    pencil(ann).click()
    expect(field(ann)).to_have_value("Why is the sky blue?")


def test_arrow_up_in_the_empty_composer_edits_the_last_question(ann, practice):
    ann.message.fill("two\nlines")
    ann.message.press("ArrowUp")
    expect(field(ann)).to_have_count(0)
    ann.message.fill("")
    ann.message.press("ArrowUp")
    expect(field(ann)).to_be_focused()
    practice.script(answer="Because of dust.")
    field(ann).fill("Why is the sky red?")
    field(ann).press("Enter")
    expect(ann.text).to_have_text("Because of dust.")


def test_an_edit_during_an_answer_is_kept(ann, practice, watch):
    watch.allow("409")
    practice.script(answer=WORDS, faults=WAITS)
    ann.ask("Count, please")
    ann.begins("word20")
    first = ann.questions.first
    first.get_by_role("link", name="Edit the question").click()
    field(ann).fill("In other words")
    ann.page.get_by_role("button", name="Ask again").click()
    expect(first.get_by_role("alert")).to_contain_text("An answer is running.")
    expect(field(ann)).to_have_value("In other words")
    practice.release()
    ann.ends()
    expect(field(ann)).to_have_value("In other words")
    ann.page.get_by_role("button", name="Ask again").click()
    expect(ann.questions).to_have_count(1)
    expect(ann.questions.last).to_contain_text("In other words")


def test_an_edit_that_another_tab_overtook_is_found_again(ann, visit, practice):
    other = visit("ann", ann.path, beside=ann)
    other.is_live()
    pencil(other).click()
    field(other).fill("My other words")
    edit(ann, practice, "Why is the sky red?", "Because of dust.")
    expect(other.questions.last).to_contain_text("Why is the sky red?")
    step(other, "before")
    expect(other.questions.last).to_contain_text("Why is the sky blue?")
    pencil(other).click()
    expect(field(other)).to_have_value("My other words")


def test_another_model_answers_again(ann, practice):
    practice.script(answer="Another answer.")
    ann.answer.get_by_role("button", name="Regenerate with another model").click()
    ann.answer.get_by_role("button", name=OTHER).click()
    expect(ann.text).to_have_text("Another answer.")
    ann.ends()
    expect(ann.answer).to_have_accessible_name(f"Answer by {OTHER}")
    expect(ann.answer).to_contain_text("2 / 2")
    step(ann, "before")
    expect(ann.text).to_have_text("Because of Rayleigh.")


def test_an_answer_in_the_middle_is_asked_for_again(ann, practice):
    ann.ask("And at night?")
    ann.ends()
    practice.script(answer="Another answer.")
    ann.answers.first.get_by_role("button", name="More about this answer").click()
    ann.answers.first.get_by_role("button", name="Regenerate", exact=True).click()
    expect(ann.answers).to_have_count(1)
    expect(ann.text).to_have_text("Another answer.")


def test_a_version_far_up_is_chosen_among_older_messages(ann, chat, practice):
    edit(ann, practice, "Why is the sky red?", "Because of dust.")
    chat.visitor("ann").talk(*(f"question {number}" for number in range(16)), path=ann.path)
    ann.reload().is_live()
    expect(ann.questions.first).not_to_contain_text("red")
    ann.page.keyboard.press("Control+Home")
    expect(ann.questions.first).to_contain_text("Why is the sky red?")
    ann.page.get_by_role("button", name="Version before").click()
    expect(ann.questions).to_have_count(1)
    expect(ann.text).to_have_text("Because of Rayleigh.")
    ann.page.get_by_role("button", name="Version after").click()
    expect(ann.questions).to_have_count(17)
    expect(ann.questions.first).to_be_in_viewport()


def test_what_was_sent_is_shown_and_the_focus_given_back(ann):
    menu(ann, "What was sent")
    dialog = ann.page.get_by_role("dialog", name="What was sent")
    expect(dialog).to_contain_text("Why is the sky blue?")
    expect(dialog).to_contain_text("One message to practice:latest.")
    ann.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(ann.answer.get_by_role("button", name="More about this answer")).to_be_focused()


def test_a_fork_is_a_conversation_of_its_own(ann):
    path = ann.path
    menu(ann, "Fork from here")
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("Fork of Why is the sky blue?")
    assert ann.path != path
    expect(ann.text).to_have_text("Because of Rayleigh.")
    ann.ask("And at night?")
    ann.ends()
    ann.goto(path).is_live()
    expect(ann.questions).to_have_count(1)


def test_a_new_title_stands_in_every_tab(ann, visit):
    other = visit("ann", ann.path, beside=ann)
    other.is_live()
    ann.page.get_by_role("button", name="More about this conversation").click()
    ann.page.get_by_role("textbox", name="Title").fill("The colour of the sky")
    ann.page.get_by_role("button", name="Rename").click()
    for page in (ann, other):
        expect(page.page.get_by_role("heading", level=1)).to_have_text("The colour of the sky")
        expect(page.conversations.locator("[aria-current]")).to_contain_text(
            "The colour of the sky"
        )
        expect(page.page).to_have_title("The colour of the sky · Webchat")


# The last is no language, but what an object of the page's scripts has.
NAMED = ("python", "dockerfile", "constructor")


def test_code_is_saved_under_a_name_of_its_language(visit, practice):
    practice.script(answer="\n\n".join(f"```{each}\nx = '*'\n```" for each in NAMED))
    page = visit("ann")
    page.ask("Code, please")
    page.ends()
    saved = {}
    for button in page.text.get_by_role("button", name="Save the code").all():
        with page.page.expect_download() as download:
            button.click()
        file = download.value
        saved[file.suggested_filename] = Path(file.path()).read_text()
    assert saved == dict.fromkeys(("code.py", "Dockerfile", "code.txt"), "x = '*'\n")


def test_editing_without_javascript(ann, visit, practice):
    plain = visit("ann", ann.path, java_script_enabled=False)
    pencil(plain).click()
    practice.script(answer="Because of dust.")
    field(plain).fill("Why is the sky red?")
    plain.page.get_by_role("button", name="Ask again").click()
    expect(plain.questions.last).to_contain_text("Why is the sky red?")
    expect(ann.text).to_have_text("Because of dust.")
    ann.ends()
    plain.page.get_by_role("button", name="Version before").click()
    expect(plain.text).to_have_text("Because of Rayleigh.")


def test_no_state_has_a_fault(visit, practice):
    practice.script(answer="Because of Rayleigh.\n\n```python\nprint(1)\n```")
    page = visit("ann")
    page.ask("Why is the sky blue? " * 6)
    page.ends()
    edit(page, practice, "Why is the sky red, though? " * 6, "Because of dust.")
    page.regenerate.click()
    expect(page.answer).to_contain_text("2 / 2")
    page.ends()

    def is_fine():
        for width, dark in DRESSES:
            dressed(page, width, dark)
            is_not_sideways(page)

    is_fine()
    page.answer.get_by_role("button", name="Regenerate with another model").click()
    is_fine()
    page.page.keyboard.press("Escape")
    page.answer.get_by_role("button", name="More about this answer").click()
    is_fine()
    page.answer.get_by_text("What was sent").click()
    expect(page.page.get_by_role("dialog")).to_be_visible()
    is_fine()
    page.page.get_by_role("button", name="Close").click()
    pencil(page).click()
    expect(field(page)).to_be_focused()
    is_fine()
    page.page.get_by_role("button", name="More about this conversation").click()
    is_fine()
