"""A browser without JavaScript can read, ask, see the answer after a reload, stop and delete."""

import pytest
from playwright.sync_api import expect

from tests.instance import until

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}


@pytest.fixture
def ann(visit):
    return visit("ann", java_script_enabled=False)


def send(page, text):
    page.message.fill(text)
    page.send.click()


def reload_until(page, locator, text):
    """Reloads as a person does who waits."""

    def seen() -> bool:
        page.loads()
        if text in locator.inner_text():
            return True
        page.reload()
        return False

    until(seen, f"{text!r} is shown")


def test_one_asks_and_sees_the_answer_after_a_reload(ann, practice):
    practice.script(answer=WORDS)
    send(ann, "Count, please")
    expect(ann.questions).to_contain_text("Count, please")
    reload_until(ann, ann.answer, "word59")
    send(ann, "Again, please")
    expect(ann.questions).to_have_count(2)
    reload_until(ann, ann.answer, "word59")
    assert ann.page.locator(".picker").is_visible()


def test_one_sees_how_far_it_is_and_stops_it(ann, practice):
    practice.script(answer=WORDS, faults=WAITS)
    send(ann, "Count, please")
    reload_until(ann, ann.log, "word20")
    ann.stop.click()
    reload_until(ann, ann.log, "Stopped")
    ann.continue_.click()
    reload_until(ann, ann.answer, "word59")


def test_sending_while_an_answer_runs_keeps_the_text(ann, practice, watch):
    watch.allow("409")
    practice.script(answer=WORDS, faults=WAITS)
    send(ann, "Count, please")
    send(ann, "And another thing")
    expect(ann.page.get_by_role("alert")).to_contain_text("An answer is running")
    expect(ann.message).to_have_value("And another thing")


def test_one_deletes_and_undoes(ann):
    send(ann, "To be deleted")
    expect(ann.questions).to_have_count(1)
    ann.page.get_by_role("button", name="More about this conversation").click()
    ann.page.get_by_role("button", name="Delete").click()
    expect(ann.toasts).to_contain_text("Conversation deleted")
    ann.page.get_by_role("button", name="Undo").click()
    expect(ann.questions).to_contain_text("To be deleted")
