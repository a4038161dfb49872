"""Several people and one slot: the line that forms, and leaving it."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import has_no_faults

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}


def test_who_waits_sees_the_place_and_can_leave_the_line(visit, practice, new_instance):
    instance = new_instance(WEBCHAT_OLLAMA_SLOTS="1")
    practice.script(answer=WORDS, faults=WAITS)
    ann, bob, eve = (visit(person, at=instance) for person in ("ann", "bob", "eve"))
    ann.ask("Count, please")
    ann.begins("word20")
    bob.ask("And for me?")
    expect(bob.answer.locator(".status")).to_contain_text("Next in line")
    eve.ask("Me too?")
    expect(eve.answer.locator(".status")).to_contain_text("2nd in line")
    has_no_faults(eve)

    bob.page.get_by_role("button", name="Leave the line").click()
    expect(bob.answer.locator(".status")).to_contain_text("Stopped. Nothing was written.")
    expect(eve.answer.locator(".status")).to_contain_text("Next in line")

    practice.release()
    ann.ends()
    expect(eve.text).to_have_text("".join(WORDS).strip())
    eve.ends()
    expect(ann.text).to_have_text("".join(WORDS).strip())
    assert len(practice.requests("/api/chat")) == 2  # nothing was asked for Bob
