"""A model is worded in a form, tried, and made, as a manager finds it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.test_axe import has_no_faults
from tests.browser.test_layout import is_not_sideways
from tests.instance import until

pytestmark = pytest.mark.browser

CREATE = "/models/create/"
SOURCE = "practice:latest"
SLOW = {"kind": "stall", "after_lines": 3, "times": 1, "path": "/api/chat"}
ANSWER = ("It's-a ", "me, ", "**Mario**", "! How ", "are you?")


def worded(page, name: str):
    """The form with a name, a source and a system prompt."""
    form = page.page
    form.get_by_label("Model name").fill(name)
    form.get_by_label("From", exact=True).select_option(SOURCE)
    form.get_by_label("System prompt").fill("You are Mario.")
    return form


def answers(form):
    return form.locator("#trial article.answer")


def ended(form, count: int = 1) -> None:
    expect(answers(form)).to_have_count(count)
    expect(form.locator("#trial article[aria-busy=true]")).to_have_count(0)


def body(practice, path: str = "/api/chat") -> dict:
    return practice.requests(path)[-1]["body"]


def test_a_model_is_tried_and_made(visit, practice):
    practice.script(answer=ANSWER, faults=SLOW)
    page = visit("admin", CREATE)
    page.is_live()
    form = worded(page, "mario")
    form.get_by_label("Temperature").fill("0.2")
    form.get_by_role("button", name="Add a turn").click()
    expect(form.get_by_label("Turn 1", exact=True)).to_be_focused()
    form.get_by_label("Turn 1", exact=True).fill("Hi!")
    form.get_by_label("Ask the draft").fill("Who are you?")
    form.get_by_role("button", name="Try").click()
    expect(answers(form)).to_contain_text("It's-a me")
    assert not practice.requests("/api/create")
    practice.release()
    ended(form)
    expect(answers(form).locator("strong")).to_have_text("Mario")
    assert body(practice)["options"] == {"temperature": 0.2}
    assert [each["role"] for each in body(practice)["messages"]] == ["system", "user", "user"]

    form.get_by_role("button", name="Create", exact=True).click()
    form.wait_for_url("**/models/jobs/**")
    until(lambda: "mario:latest" in practice.names(), "the model is there")
    assert body(practice, "/api/create")["system"] == "You are Mario."
    page.goto(f"{CREATE}?edit=practice:latest")
    expect(form.get_by_label("Model name")).to_have_value(SOURCE)
    expect(form.get_by_role("link", name="Use mario:latest again")).to_be_visible()


def test_answers_that_draw_the_form_anew_come_in_order(visit):
    page = visit("admin", CREATE).page
    prompt = page.get_by_label("System prompt")
    held = []
    page.route("**/models/create/form/", lambda route: held.append(route))
    with page.expect_request("**/models/create/form/"):
        page.get_by_label("From", exact=True).select_option("practice-think:latest")
    prompt.fill("You are Mario.")
    page.get_by_role("button", name="Add a turn").click()
    page.get_by_label("Temperature").fill("0.2")
    with page.expect_request("**/models/create/form/"):
        held.pop().continue_()
    expect(prompt).to_have_value("You are Mario.")
    held.pop().continue_()
    expect(page.get_by_label("Turn 1", exact=True)).to_be_focused()
    expect(prompt).to_have_value("You are Mario.")
    expect(page.get_by_label("Temperature")).to_have_value("0.2")
    expect(page.get_by_label("From", exact=True)).to_have_value("practice-think:latest")


def test_by_keyboard_on_a_phone_beside_its_source(visit, practice, watch):
    watch.allow("422")
    practice.script(answer="Yes.")
    page = visit("admin", CREATE, width=NARROW)
    page.is_live()
    form = worded(page, "my model")
    ask = form.get_by_label("Ask the draft")
    ask.focus()
    form.keyboard.type("Who are you?")
    form.keyboard.press("Tab")
    form.keyboard.press("Space")
    ask.press("Enter")
    ended(form, 2)
    expect(form.get_by_role("article", name="Answer of the source")).to_contain_text("Yes.")
    is_not_sideways(page)
    form.get_by_label("Model name").press("Enter")
    expect(form.get_by_label("Model name")).to_be_focused()
    expect(form.get_by_text("cannot hold a space")).to_be_visible()
    expect(form.get_by_label("System prompt")).to_have_value("You are Mario.")
    ended(form, 2)
    has_no_faults(page)


def test_works_without_javascript(visit, practice, watch):
    watch.allow("422")
    practice.script(answer="Yes.")
    page = visit("admin", CREATE, java_script_enabled=False)
    form = worded(page, "luigi")
    form.get_by_role("button", name="Add a turn").click()
    form.get_by_label("Turn 1", exact=True).fill("Hi!")
    form.get_by_label("Ask the draft").fill("Who are you?")
    form.get_by_role("button", name="Try").click()
    expect(answers(form)).to_have_count(1)
    practice.wait_for_end("/api/chat")
    expect(form.get_by_label("Turn 1", exact=True)).to_have_value("Hi!")
    with form.expect_download() as download:
        form.get_by_role("button", name="Save as a Modelfile").click()
    assert download.value.suggested_filename == "luigi-latest.Modelfile"
    form.get_by_role("button", name="Create", exact=True).click()
    form.wait_for_url("**/models/jobs/**")
    until(lambda: "luigi:latest" in practice.names(), "the model is there")


def test_a_chats_settings_become_a_draft_and_a_modelfile_another(visit, chat, watch):
    watch.allow("422")
    path = chat.visitor("admin").ask("Hello?", SOURCE)
    page = visit("admin", path)
    form = page.page
    form.get_by_role("button", name="More about this conversation").click()
    form.get_by_role("link", name="Settings of this chat").click()
    dialog = form.get_by_role("dialog", name="Settings of this chat")
    dialog.get_by_label("System prompt").fill("You are Mario.")
    dialog.get_by_label("Temperature").fill("0.2")
    dialog.get_by_role("button", name="Keep as a model").click()
    form.wait_for_url(f"**{CREATE}**")
    expect(form.get_by_label("From", exact=True)).to_have_value(SOURCE)
    expect(form.get_by_label("System prompt")).to_have_value("You are Mario.")
    expect(form.get_by_label("Temperature")).to_have_value("0.2")

    form.get_by_role("link", name="From a Modelfile").click()
    text = form.get_by_role("textbox", name="Modelfile", exact=True)
    text.fill("FROM practice\nSYSTM You are Luigi.")
    form.get_by_role("button", name="Read").click()
    expect(form.get_by_text("Line 2: There is no such instruction.")).to_be_visible()
    has_no_faults(page)
    text.fill("FROM practice\nSYSTEM You are Luigi.")
    form.get_by_role("button", name="Read").click()
    expect(form.get_by_label("System prompt")).to_have_value("You are Luigi.")
    expect(form.get_by_label("From", exact=True)).to_have_value(SOURCE)
