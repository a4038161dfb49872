"""What a person can do with an answer: stop it, ask again, let it go on, copy it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
ALL = "".join(WORDS).strip()
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}


@pytest.fixture
def ann(visit):
    return visit("ann")


def test_stop_keeps_what_was_written_and_frees_the_model(ann, practice):
    practice.script(answer=WORDS, faults=WAITS)
    ann.ask("Count, please")
    ann.begins("word20")
    ann.stop.click()
    ann.ends()
    practice.wait_for_cut("/api/chat")
    expect(ann.answer.locator(".status")).to_contain_text("Stopped.")
    expect(ann.text).to_contain_text("word20")
    expect(ann.stop).to_have_count(0)
    expect(ann.regenerate).to_be_visible()


def test_stop_ends_the_loading_of_a_model(visit, instance, practice):
    # An instance of its own: another test's model may still be known as loaded.
    practice.script(answer=WORDS, load_seconds=30)
    ann = visit("ann", at=instance)
    ann.ask("Count, please")
    expect(ann.answer.locator(".status")).to_contain_text("Loading practice:latest")
    ann.stop.click()
    ann.ends()
    expect(ann.answer.locator(".status")).to_contain_text("Stopped. Nothing was written.")


def test_continue_after_stop_goes_on_in_the_same_answer(ann, practice):
    practice.script(answer=WORDS, faults=WAITS)
    ann.ask("Count, please")
    ann.begins("word20")
    ann.stop.click()
    ann.ends()
    ann.continue_.click()
    expect(ann.text).to_have_text(ALL)
    ann.ends()
    expect(ann.answers).to_have_count(1)
    expect(ann.answer.locator(".status")).to_have_count(0)


def test_continue_after_an_interruption(ann, practice):
    cut = {"kind": "cut", "after_lines": 30, "times": 1, "path": "/api/chat"}
    practice.script(answer=WORDS, faults=cut)
    ann.ask("Count, please")
    expect(ann.answer.locator(".status")).to_contain_text("Interrupted.")
    expect(ann.answer.locator(".status")).to_contain_text("Nothing above is lost.")
    ann.continue_.click()
    expect(ann.text).to_have_text(ALL)
    ann.ends()
    expect(ann.answers).to_have_count(1)


def test_regenerate_brings_another_answer_in_its_place(ann, practice):
    practice.script(answer="The first answer.")
    ann.ask("Say something")
    expect(ann.text).to_have_text("The first answer.")
    ann.ends()
    practice.script(answer="The second answer.")
    ann.regenerate.click()
    expect(ann.text).to_have_text("The second answer.")
    ann.ends()
    expect(ann.answers).to_have_count(1)
    expect(ann.questions).to_have_count(1)


def test_a_failed_answer_says_why_and_can_be_asked_again(ann, practice):
    broken = {"kind": "status", "status": 400, "text": "this model is out of order", "times": 1}
    practice.script(answer=WORDS, faults={**broken, "path": "/api/chat"})
    ann.ask("Count, please")
    expect(ann.answer.locator(".status")).to_contain_text("this model is out of order")
    ann.ends()
    ann.regenerate.click()
    expect(ann.text).to_have_text(ALL)
    ann.ends()


MARKDOWN = "**Bold** words.\n\n```python\nprint('hello')\n```\n"


@pytest.mark.parametrize("host", ["127.0.0.1", "chat.lan"])
def test_copy_gives_the_answer_as_it_was_written(visit, practice, host):
    practice.script(answer=MARKDOWN)
    ann = visit("ann", host=host)
    assert ann.page.evaluate("isSecureContext") == (host == "127.0.0.1")
    if host == "127.0.0.1":
        ann.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ann.ask("Say something")
    ann.ends()
    copied(ann, ann.answer.get_by_role("button", name="Copy", exact=True), MARKDOWN)
    copied(ann, ann.questions.get_by_role("button", name="Copy", exact=True), "Say something")
    copied(ann, ann.answer.get_by_role("button", name="Copy the code"), "print('hello')")


def test_what_cannot_be_copied_is_said(visit, practice, watch):
    watch.allow("401")
    practice.script(answer=MARKDOWN)
    ann = visit("ann", host="chat.lan")
    ann.ask("Say something")
    ann.ends()
    copy = ann.answer.get_by_role("button", name="Copy", exact=True)
    ann.page.evaluate("document.execCommand = () => false")
    copy.click()
    expect(ann.page.locator("#toasts")).to_contain_text("Select the text and copy it.")
    ann.page.reload()
    ann.page.context.clear_cookies()  # signed out, a sign-in page is all there is to be had
    copy.click()
    expect(ann.page.locator("#toasts")).to_contain_text("Select the text and copy it.")


def copied(page, button, text):
    """Presses the button and looks what a paste brings."""
    button.click()
    expect(button.locator("use")).to_have_attribute("href", "#icon-check")
    page.message.fill("")
    page.message.press("Control+V")
    expect(page.message).to_have_value(text)
