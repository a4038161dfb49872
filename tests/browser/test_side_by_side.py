"""One question to several models, in a browser: live side by side, and going on with one."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.database import change
from tests.browser.test_axe import faults

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 2, "path": "/api/chat"}
OTHER = "practice-vision:latest"


@pytest.fixture(autouse=True)
def _both_fit_in_memory(chat):
    """The server holds two models at once while the test runs."""
    change(chat.database, "UPDATE inference_server SET resident = 3")
    yield
    change(chat.database, "UPDATE inference_server SET resident = 1")


def also_ask(page, model):
    page.page.get_by_role("button", name="Ask several models").click()
    page.page.get_by_role("checkbox", name=model).check()
    page.page.keyboard.press("Escape")


def go_on(page, model):
    page.page.get_by_role("button", name=f"Go on with this one: {model}").click()


def test_the_names_of_two_more_leave_the_composer_on_one_line(visit):
    ann = visit("ann")
    for model in (OTHER, "practice-think:latest"):
        also_ask(ann, model)
    several = ann.page.get_by_role("button", name="Ask several models").bounding_box()
    send = ann.send.bounding_box()
    assert several["y"] == send["y"]


def boxes(page):
    return [page.answers.nth(n).bounding_box() for n in range(2)]


def test_two_models_answer_live_and_one_is_gone_on_with(visit, practice):
    practice.script(answer=WORDS, faults=WAITS)
    ann = visit("ann")
    also_ask(ann, OTHER)
    ann.ask("Count, please")
    other = visit("ann", ann.path, beside=ann)
    for page in (ann, other):
        for n in range(2):
            expect(page.answers.nth(n).locator("[id^=text-]")).to_contain_text("word10")
    first, second = boxes(ann)
    assert first["y"] == second["y"]
    assert first["x"] + first["width"] <= second["x"]
    ann.page.get_by_role("button", name=f"Stop {OTHER}").click()
    expect(ann.answers.last).to_contain_text("Stopped.")
    practice.release()
    ann.ends()
    expect(ann.page.get_by_role("button", name="Stop all")).to_have_count(0)
    go_on(ann, OTHER)
    for page in (ann, other):
        expect(page.answers).to_have_count(1)
        expect(page.answer).to_contain_text("2 / 2")
    expect(ann.model).to_have_value(OTHER)
    practice.script(answer="Because.")
    ann.ask("And now?")
    expect(ann.text).to_have_text("Because.")
    expect(ann.answer).to_have_accessible_name(f"Answer by {OTHER}")


def test_on_a_phone_one_stands_below_the_other_without_a_fault(visit, practice):
    practice.script(answer=["Because of Rayleigh.\n\n```py\n", "x = 1 " * 60, "\n```\n"])
    ann = visit("ann", width=NARROW)
    ann.page.get_by_role("button", name="Ask several models").click()
    assert faults(ann.page) == []
    ann.page.keyboard.press("Escape")
    also_ask(ann, OTHER)
    ann.ask("Why is the sky blue?")
    ann.ends()
    first, second = boxes(ann)
    assert first["y"] + first["height"] <= second["y"]
    for width, dark in ((NARROW, False), (WIDE, True)):
        ann.page.emulate_media(color_scheme="dark" if dark else "light")
        ann.page.set_viewport_size({"width": width, "height": 800})
        assert faults(ann.page) == [], (width, dark)
        wide = "document.documentElement.scrollWidth - innerWidth"
        assert ann.page.evaluate(wide) <= 0


def test_escape_stops_all(visit, practice):
    practice.script(answer=WORDS, faults=WAITS)
    ann = visit("ann")
    also_ask(ann, OTHER)
    ann.ask("Count, please")
    for n in range(2):
        expect(ann.answers.nth(n).locator("[id^=text-]")).to_contain_text("word10")
    ann.message.press("Escape")
    ann.ends()
    for n in range(2):
        expect(ann.answers.nth(n)).to_contain_text("Stopped.")
