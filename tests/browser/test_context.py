"""How full the context is, and from where on the model sees a conversation."""

import pytest
from playwright.sync_api import expect

from inference.practice.models import PracticeModel
from inference.practice.names import Name

pytestmark = pytest.mark.browser

LONG = "A sentence that takes some room in the window. " * 30


def test_the_gauge_moves_with_a_long_text_and_back(visit, practice):
    practice.script(answer="Yes.")
    ann = visit("ann")
    ann.ask("Are you there?")
    ann.ends()
    ann.reload()  # as it stays
    words = ann.page.locator("#gauge-words")
    expect(words).not_to_contain_text("with this")
    before = words.inner_text()
    ann.message.fill(LONG * 4)
    expect(words).to_contain_text("with this")
    with ann.page.expect_response("**/model/"):
        ann.model.select_option("practice-vision:latest")
    expect(words).to_contain_text("with this")
    ann.model.select_option("practice:latest")
    ann.message.fill("")
    expect(words).to_have_text(before)


def test_what_fell_out_is_summed_up_and_the_summary_changed(visit, new_instance, new_practice):
    practice = new_practice(PracticeModel(Name("practice"), context_length=1024))
    practice.script(answer=LONG)
    ann = visit("ann", at=new_instance(WEBCHAT_OLLAMA_URL=practice.url))
    for n in range(3):
        ann.ask(f"{n}. {LONG}")
        ann.ends()
    sight = ann.log.locator("#sight")
    expect(sight).to_contain_text("no longer fits")
    practice.script(answer="They spoke of sentences.")
    sight.get_by_role("button", name="Sum up what stands above").click()
    expect(sight).to_contain_text("gets a summary of what stands above")
    sight.get_by_role("link", name="Change the summary").click()
    dialog = ann.page.get_by_role("dialog", name="The summary")
    dialog.get_by_role("textbox").fill("They spoke of rooms.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    sight.get_by_text("The summary", exact=True).click()
    expect(sight.get_by_text("They spoke of rooms.")).to_be_visible()
    ann.ask("Go on")
    ann.ends()
    sent = practice.requests("/api/chat")[-1]["body"]["messages"]
    assert sent[0]["content"].endswith("They spoke of rooms.")
