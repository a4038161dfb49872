"""Settings of a chat, thinking, and answers that are no plain text, as a person finds them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_axe import DRESSES, dressed, has_no_faults
from tests.browser.test_layout import is_not_sideways

pytestmark = pytest.mark.browser

THINKS = "practice-think:latest"
SLOW = {"kind": "stall", "after_lines": 3, "times": 1, "path": "/api/chat"}
JSON = '{"city": "Köln", "days": [{"rain": true, "mm": 4.20}, {"rain": false, "mm": null}]}'
CALL = {"name": "weather", "arguments": {"city": "Köln", "days": [1, 2]}}


@pytest.fixture
def ann(visit, chat, practice):
    """Ann on a conversation that has ended."""
    practice.script(answer="Yes.")
    return visit("ann", chat.visitor("ann").talk("Hello?"))


@pytest.fixture
def own_ones(chat):
    """Ann's settings for new chats, which are the models' own again after the test."""
    yield
    http = chat.visitor("ann").http
    http.post("/conversations/settings/", data={"reset": "1"}).raise_for_status()


def opened(page):
    """The settings as a dialog, from the menu."""
    page.page.get_by_role("button", name="More about this conversation").click()
    page.page.get_by_role("link", name="Settings of this chat").click()
    dialog = page.page.get_by_role("dialog", name="Settings of this chat")
    expect(dialog).to_be_visible()
    return dialog


def body(practice) -> dict:
    """What Ollama was asked last."""
    return practice.requests("/api/chat")[-1]["body"]


def test_a_press_beside_a_dialog_closes_it_until_something_is_entered(ann):
    dialog = opened(ann)
    ann.page.mouse.click(5, 400)
    expect(dialog).to_be_hidden()
    dialog = opened(ann)
    field = dialog.get_by_label("System prompt")
    field.fill("Be brief.")
    box = field.bounding_box()
    ann.page.mouse.move(box["x"] + 60, box["y"] + 15)
    ann.page.mouse.down()
    ann.page.mouse.move(5, box["y"] + 15)  # who marks the text may let go of it out there
    ann.page.mouse.up()
    ann.page.mouse.click(5, 400)
    expect(field).to_have_value("Be brief.")
    ann.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_what_did_not_reach_the_server_is_said_in_the_dialog(ann, watch):
    dialog = opened(ann)
    dialog.get_by_label("System prompt").fill("Be brief.")
    watch.allow("ERR_FAILED|Failed to fetch")
    ann.page.route("**/settings/", lambda route: route.abort())
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("status")).to_contain_text("The server cannot be reached.")
    expect(dialog.get_by_role("status")).to_be_in_viewport(ratio=1)
    expect(dialog.get_by_label("System prompt")).to_have_value("Be brief.")


def test_what_is_set_in_the_dialog_is_sent_and_shown(ann, practice):
    ann.message.fill("And now?")
    dialog = opened(ann)
    dialog.get_by_label("Temperature").fill("0.2")
    dialog.get_by_label("System prompt").fill("Be brief.")
    dialog.get_by_label("Format of the answers").select_option("JSON")
    dialog.get_by_role("button", name="Save").click()
    in_force = ann.page.get_by_role("link", name="System prompt, Temperature 0.2, JSON")
    expect(in_force).to_be_visible()
    expect(ann.message).to_have_value("And now?")  # a draft outlives the settings
    ann.message.press("Enter")
    expect(ann.questions).to_have_count(2)
    ann.ends()
    asked = body(practice)
    assert asked["options"] == {"temperature": 0.2}
    assert asked["format"] == "json"
    assert asked["messages"][0] == {"role": "system", "content": "Be brief."}
    in_force.click()
    dialog = ann.page.get_by_role("dialog", name="Settings of this chat")
    expect(dialog.get_by_label("Temperature")).to_have_value("0.2")
    dialog.get_by_role("button", name="Leave all to the model").click()
    expect(in_force).to_have_count(0)


def test_what_is_wrong_is_said_in_the_dialog(ann, watch):
    watch.allow("422")
    dialog = opened(ann)
    dialog.get_by_label("Temperature").fill("hot")
    dialog.get_by_label("Seed").fill("7")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Write a number from 0 to 2.")).to_be_visible()
    expect(dialog.get_by_label("Temperature")).to_have_value("hot")
    expect(dialog.get_by_label("Temperature")).to_be_focused()
    expect(dialog.get_by_label("Seed")).to_have_value("7")
    for width, dark in DRESSES:
        dressed(ann, width, dark)
        box = dialog.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        is_not_sideways(ann)
    ann.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_works_without_javascript(visit, chat, watch):
    watch.allow("422")
    path = chat.visitor("ann").ask("Hello?", "practice:latest")
    ann = visit("ann", path, java_script_enabled=False)
    ann.page.get_by_role("button", name="More about this conversation").click()
    ann.page.get_by_role("link", name="Settings of this chat").click()
    ann.page.get_by_label("Temperature").fill("hot")
    ann.page.get_by_role("button", name="Save").click()
    expect(ann.page.get_by_text("Write a number from 0 to 2.")).to_be_visible()
    ann.page.get_by_label("Temperature").fill("1.5")
    ann.page.get_by_role("button", name="Save").click()
    expect(ann.page.get_by_role("link", name="Temperature 1.5")).to_be_visible()
    assert ann.path == path


def test_new_chats_begin_with_ones_own_settings(visit, practice, own_ones):
    ann = visit("ann")
    ann.page.get_by_role("link", name="Settings of my new chats").click()
    dialog = ann.page.get_by_role("dialog", name="Settings of my new chats")
    dialog.get_by_label("Seed").fill("11")
    dialog.get_by_role("button", name="Save").click()
    expect(ann.page.get_by_role("link", name="Seed 11")).to_be_visible()
    ann.model.select_option("practice:latest")
    ann.ask("Hello?")
    ann.ends()
    assert body(practice)["options"] == {"seed": 11}
    expect(ann.page.get_by_role("link", name="Seed 11")).to_be_visible()


def test_thinking_is_offered_where_the_model_can_and_remembered(ann, practice):
    think = ann.page.get_by_role("switch", name="Think")
    expect(think).to_be_hidden()
    ann.model.select_option(THINKS)
    expect(think).to_be_checked()
    think.uncheck()
    ann.ask("Do not think")
    ann.ends()
    assert body(practice)["think"] is False
    expect(ann.answer.locator("summary")).to_be_hidden()
    ann.reload()
    expect(think).not_to_be_checked()
    think.check()
    ann.ask("Think")
    ann.ends()
    assert body(practice)["think"] is True
    expect(ann.answer.locator("summary")).to_have_text(re.compile("Thought for"))
    has_no_faults(ann)
    ann.model.select_option("practice:latest")
    ann.ask("Again")
    ann.ends()
    assert "think" not in body(practice)


def test_json_grows_as_code_and_becomes_a_tree(ann, practice):
    dialog = opened(ann)
    dialog.get_by_label("Format of the answers").select_option("JSON")
    dialog.get_by_role("button", name="Save").click()
    expect(ann.page.locator(".in-force")).to_be_visible()
    practice.script(answer=re.findall(r".{1,8}", JSON), faults=SLOW)
    ann.is_live()
    ann.ask("The weather, please")
    expect(ann.text.locator("pre")).to_contain_text('{"city"')
    practice.release()
    ann.ends()
    tree = ann.text.locator(".tree")
    expect(tree).to_contain_text("Köln")
    expect(tree.get_by_text("4.20")).to_be_hidden()
    tree.locator("summary").nth(1).click()
    expect(tree.get_by_text("4.20")).to_be_visible()
    expect(ann.text.locator("pre")).to_have_count(0)
    has_no_faults(ann)
    ann.reload()
    expect(tree).to_contain_text("Köln")


def test_half_of_an_answer_in_json_is_code_with_words(ann, practice):
    dialog = opened(ann)
    dialog.get_by_label("Format of the answers").select_option("JSON")
    dialog.get_by_label("Longest answer").fill("3")
    dialog.get_by_role("button", name="Save").click()
    expect(ann.page.locator(".in-force")).to_be_visible()
    practice.script(answer=re.findall(r".{1,8}", JSON))
    ann.ask("The weather, please")
    ann.ends()
    expect(ann.answer).to_contain_text("This is not whole JSON.")
    expect(ann.text.locator("pre")).to_be_visible()
    has_no_faults(ann)


def test_a_tool_call_can_be_read(ann, practice):
    practice.script(answer="", tool_calls=[CALL])
    ann.ask("The weather, please")
    ann.ends()
    expect(ann.answer).to_contain_text("Wants to call weather")
    expect(ann.answer).to_contain_text("Köln")
    expect(ann.answer.get_by_text("An empty answer.")).to_have_count(0)
    has_no_faults(ann)
