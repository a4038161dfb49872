"""Two tabs and a reload show the same, whatever they missed."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}


def html(page) -> str:
    """What the model wrote last, to the byte."""
    return page.text.evaluate("(text) => text.innerHTML")


def test_two_tabs_and_a_reload_show_the_same_bytes(visit, practice):
    practice.script(speed=400)
    one = visit("ann")
    one.ask("Show me markdown, all of it")
    two = visit("ann", one.path, beside=one)
    one.ends()
    two.ends()
    live = html(one)
    assert len(live) > 5000
    assert html(two) == live
    assert html(one.reload()) == live


def test_a_tab_that_comes_late_goes_on_from_there(visit, practice):
    practice.script(answer=WORDS, faults=WAITS)
    one = visit("ann")
    one.ask("Count, please")
    one.begins("word20")
    two = visit("ann", one.path, beside=one)
    two.begins("word20")
    practice.release()
    two.ends()
    one.ends()
    expect(two.text).to_have_text("".join(WORDS).strip())
    assert html(two) == html(one)


def test_a_question_asked_in_one_tab_stands_in_the_other(visit):
    one = visit("ann")
    one.ask("First question")
    one.ends()
    two = visit("ann", one.path, beside=one)
    two.is_live()
    one.ask("Second question")
    expect(two.questions).to_have_count(2)
    two.ends()
    expect(two.answers).to_have_count(2)
    one.ends()
    assert html(two) == html(one)


def test_stop_in_one_tab_stops_it_in_the_other(visit, practice):
    practice.script(answer=WORDS, faults=WAITS)
    one = visit("ann")
    one.ask("Count, please")
    two = visit("ann", one.path, beside=one)
    two.begins("word20")
    two.stop.click()
    one.ends()
    expect(one.answer.locator(".status")).to_contain_text("Stopped.")


def test_a_new_conversation_comes_into_the_list_of_another_tab(visit):
    one = visit("ann")
    two = visit("ann", beside=one)
    two.is_live()
    one.ask("Seen from over there")
    link = two.conversations.get_by_role("link", name="Seen from over there")
    expect(link).to_have_count(1)
    one.ends()


def test_a_page_that_missed_frames_fetches_what_they_held(visit, practice):
    one = visit("ann")
    one.ask("Warm up, please")
    one.ends()
    two = visit("ann", None, beside=one)
    lost = []

    def lose_some(socket):
        server = socket.connect_to_server()

        def relay(message):
            is_live = json.loads(message)["kind"] == "live"
            if is_live and len(lost) < 3:
                lost.append(message)
            else:
                socket.send(message)

        server.on_message(relay)

    two.page.route_web_socket("**/ws/**", lose_some)
    two.goto(one.path).is_live()
    practice.script(speed=60, answer=WORDS)
    one.ask("Count, please")
    expect(two.questions).to_have_count(2)
    two.ends()
    one.ends()
    expect(two.text).to_have_text("".join(WORDS).strip())
    assert len(lost) == 3
    assert html(two) == html(one)
