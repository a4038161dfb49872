"""Asking: how a question gets sent, and the answer that comes while one looks on."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
HALF = 30  # lines after which a scripted answer waits for `practice.release()`
WAITS = {"kind": "stall", "after_lines": HALF, "times": 1, "path": "/api/chat"}


def test_sends_with_enter(visit):
    ann = visit("ann")
    ann.message.fill("Is it raining?")
    ann.message.press("Enter")
    expect(ann.questions).to_contain_text("Is it raining?")
    expect(ann.text).to_contain_text("This is the practice server")
    ann.ends()


def test_sends_with_the_button(visit):
    ann = visit("ann")
    ann.message.fill("Is it snowing?")
    ann.send.click()
    expect(ann.questions).to_contain_text("Is it snowing?")
    expect(ann.text).to_contain_text("This is the practice server")
    ann.ends()


def test_shift_and_enter_begin_a_new_line(visit):
    ann = visit("ann")
    ann.message.fill("one")
    ann.message.press("Shift+Enter")
    ann.message.press_sequentially("two")
    expect(ann.message).to_have_value("one\ntwo")
    ann.message.press("Enter")
    expect(ann.questions.locator(".said")).to_have_text("one\ntwo")
    ann.ends()


def test_enter_that_ends_a_composition_does_not_send(visit):
    ann = visit("ann")
    ann.message.focus()
    devtools = ann.page.context.new_cdp_session(ann.page)
    devtools.send(
        "Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3}
    )
    ann.message.evaluate(
        "(field) => { window.heard = []; field.addEventListener('keydown', (event) =>"
        " window.heard.push([event.isComposing, event.defaultPrevented])) }"
    )
    ann.message.press("Enter")
    assert ann.page.evaluate("window.heard") == [[True, False]]
    devtools.send("Input.insertText", {"text": "日本"})
    ann.message.press("Enter")
    expect(ann.questions.locator(".said")).to_have_text("日本")
    ann.ends()


def test_sends_nothing_that_is_empty(visit):
    ann = visit("ann")
    for text in ("", "  \n "):
        ann.message.fill(text)
        ann.message.press("Enter")
    ann.ask("At last")  # the one question there is
    expect(ann.questions).to_have_count(1)
    ann.ends()


def test_the_answer_comes_in_pieces_over_the_socket(visit, practice):
    ann = visit("ann")
    ann.ask("Warm up, please")
    ann.ends()
    ann.is_live()
    practice.script(speed=50, answer=WORDS)
    frames, fetched = [], []
    ann.page.on("request", lambda request: fetched.append(request.url))
    devtools = ann.page.context.new_cdp_session(ann.page)
    devtools.send("Network.enable")
    devtools.on(
        "Network.webSocketFrameReceived",
        lambda event: frames.append(json.loads(event["response"]["payloadData"])),
    )
    ann.reload()
    ann.is_live()
    ann.ask("Count, please")
    expect(ann.text).to_contain_text("word0")
    fetched.clear()
    expect(ann.text).to_contain_text("word30")
    ann.ends()
    shown = [frame for frame in frames if frame["kind"] == "live"]
    assert len(shown) >= 4
    # Once for its end, and where another process writes it perhaps once for its beginning.
    assert len([url for url in fetched if "/messages/" in url]) <= 2
    expect(ann.text).to_have_text("".join(WORDS).strip())


def test_a_finished_answer_names_its_model_and_figures(visit, practice):
    practice.script(speed=200, answer=WORDS)
    ann = visit("ann")
    ann.ask("Count, please")
    ann.ends()
    footer = ann.answer.locator("footer")
    expect(footer).to_contain_text("practice:latest")
    expect(footer).to_contain_text(f"{len(WORDS) + 1} tokens")
    expect(footer).to_contain_text(re.compile(r"\d tokens/s"))
    expect(footer).to_contain_text(re.compile(r"first token \d"))


def test_what_is_thought_is_only_there_where_a_model_thinks(visit, practice):
    practice.script(answer=WORDS, faults=WAITS)
    ann = visit("ann")
    ann.ask("Do not think")
    ann.begins("word20")
    expect(ann.answer.locator("summary")).to_be_hidden()
    practice.release()
    ann.ends()
    expect(ann.answer.locator("summary")).to_be_hidden()


def test_thinking_is_folded_and_says_how_long_it_took(visit, practice):
    thoughts = {"thinking": [f"hmm{n} " for n in range(20)], "answer": WORDS}
    practice.script(**thoughts, faults={**WAITS, "after_lines": 10})
    ann = visit("ann")
    ann.model.select_option("practice-think:latest")
    ann.ask("Think first")
    summary = ann.answer.locator("summary")
    expect(summary).to_have_text("Thinking…", use_inner_text=True)
    expect(ann.answer.get_by_text("hmm5")).to_be_hidden()
    summary.click()
    expect(ann.answer.get_by_text("hmm5")).to_be_visible()
    practice.release()
    ann.ends()
    expect(summary).to_have_text(re.compile(r"^Thought for \d+ s$"), use_inner_text=True)
    expect(ann.answer.get_by_text("hmm19")).to_be_visible()  # what was opened stays open
    expect(ann.text).to_contain_text("word59")


def test_the_foot_says_answering_once_the_model_writes(visit, practice):
    practice.script(answer=WORDS, load_seconds=0.2, faults=WAITS)
    ann = visit("ann")
    ann.ask("Count, please")
    ann.begins("word20")
    running = ann.page.locator("#running")
    expect(running).to_contain_text("answering", use_inner_text=True)
    expect(running).not_to_contain_text("loading", use_inner_text=True)
    practice.release()
    ann.ends()
    expect(ann.stop).to_have_count(0)


def test_sending_while_an_answer_runs_is_refused_and_the_text_kept(visit, practice, watch):
    watch.allow("409")
    practice.script(answer=WORDS, faults=WAITS)
    ann = visit("ann")
    ann.ask("Count, please")
    ann.begins()
    ann.message.fill("And another thing")
    ann.message.press("Enter")
    expect(ann.page.get_by_role("alert")).to_contain_text("An answer is running")
    expect(ann.message).to_have_value("And another thing")
    practice.release()
    ann.ends()
    ann.send.click()
    expect(ann.questions).to_have_count(2)
    ann.ends()


def test_a_double_click_on_send_sends_once(visit):
    ann = visit("ann")
    ann.ask("Warm up, please")
    ann.ends()
    ann.message.fill("Only once")
    ann.send.dblclick()
    expect(ann.questions).to_have_count(2)
    ann.ends()
    ann.reload()
    expect(ann.questions).to_have_count(2)
    expect(ann.answers).to_have_count(2)


def test_a_draft_outlives_a_reload(visit):
    ann = visit("ann")
    ann.message.fill("Half a thou")
    ann.reload()
    expect(ann.message).to_have_value("Half a thou")
    ann.message.press_sequentially("ght")
    ann.message.press("Enter")
    expect(ann.questions.locator(".said")).to_have_text("Half a thought")
    ann.ends()
    ann.new_chat.click()
    expect(ann.loads("/").message).to_have_value("")


def test_a_draft_is_its_writers_alone(visit, chat):
    page = visit("ann")
    page.message.fill("Not for Bob")
    sign_in(page.page.context, chat, "bob", page.address)
    page.reload()
    expect(page.message).to_have_value("")
    sign_in(page.page.context, chat, "ann", page.address)
    page.reload()
    expect(page.message).to_have_value("Not for Bob")


def test_a_suggestion_fills_the_composer(visit):
    ann = visit("ann")
    ann.page.get_by_role("link", name="Explain this stack trace").click()
    expect(ann.message).to_have_value(re.compile(r"^Explain this stack trace.*:\n\n$"))
    expect(ann.message).to_be_focused()
