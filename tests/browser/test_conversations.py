"""The list of conversations, their titles and models, and deleting them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW

pytestmark = pytest.mark.browser


def test_the_first_words_become_the_title(visit):
    ann = visit("ann")
    ann.ask("How far is the moon from here? I would like to walk there and be back for supper.")
    ann.ends()
    heading = ann.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("^How far is the moon"))
    title = heading.inner_text()
    assert len(title) < 70
    expect(ann.page).to_have_title(f"{title} · Webchat")
    expect(ann.conversations.get_by_role("link", name=title)).to_have_attribute(
        "aria-current", "page"
    )


def test_a_new_chat_is_a_click_away(visit):
    ann = visit("ann")
    ann.ask("Something to leave")
    ann.ends()
    ann.new_chat.click()
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("New chat")
    expect(ann.message).to_be_focused()
    ann.conversations.get_by_role("link", name="Something to leave").first.click()
    expect(ann.questions).to_contain_text("Something to leave")


def test_the_chosen_model_answers_and_stays_chosen(visit, practice):
    ann = visit("ann")
    ann.model.select_option("practice-vision:latest")
    ann.ask("Who are you?")
    ann.ends()
    assert practice.requests("/api/chat")[-1]["body"]["model"] == "practice-vision:latest"
    with ann.page.expect_response(re.compile("/model/$")):
        ann.model.select_option("practice:latest")
    ann.reload()
    expect(ann.model).to_have_value("practice:latest")
    ann.ask("And who are you?")
    ann.ends()
    assert practice.requests("/api/chat")[-1]["body"]["model"] == "practice:latest"


def test_the_picker_says_what_each_model_is_and_can(visit):
    ann = visit("ann")
    ann.model.click()
    option = ann.page.get_by_role("option", name=re.compile("practice-think:latest"))
    expect(option).to_contain_text("8.2B")
    expect(option).to_contain_text("thinks")
    expect(ann.page.get_by_role("option", name=re.compile("embed"))).to_have_count(0)
    option.click()
    expect(ann.model).to_have_value("practice-think:latest")


def test_a_deleted_conversation_can_be_brought_back(visit, watch):
    watch.allow("404")  # its page may hear of it before it is left
    ann = visit("ann")
    ann.ask("A question to be deleted")
    ann.ends()
    path = ann.path
    ann.page.get_by_role("button", name="More about this conversation").click()
    ann.page.get_by_role("button", name="Delete").click()
    expect(ann.toasts).to_contain_text("Conversation deleted")
    link = ann.conversations.locator(f'a[href="{path}"]')
    expect(link).to_have_count(0)
    ann.page.get_by_role("button", name="Undo").click()
    expect(ann.questions).to_contain_text("A question to be deleted")
    assert ann.path == path
    expect(link).to_have_count(1)


def test_a_menu_says_what_was_refused_and_closes_once_it_is_done(visit, watch):
    watch.allow("422")
    ann = visit("ann", width=NARROW)
    ann.ask("A question of any kind")
    ann.ends()
    ann.page.get_by_role("button", name="More about this conversation").click()
    menu, title = ann.page.locator("#more"), ann.page.get_by_label("Title", exact=True)
    title.fill("")
    title.press("Enter")
    expect(menu.get_by_text("Write a title first.")).to_be_visible()
    title.fill("A better title")
    title.press("Enter")
    expect(menu).to_be_hidden()
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("A better title")


def test_a_conversation_deleted_elsewhere_says_so(visit, watch):
    watch.allow("404")
    ann = visit("ann")
    ann.ask("A question to be deleted")
    ann.ends()
    other = visit("ann", ann.path, beside=ann)
    other.is_live()
    ann.page.get_by_role("button", name="More about this conversation").click()
    ann.page.get_by_role("button", name="Delete").click()
    expect(ann.toasts).to_contain_text("Conversation deleted")
    expect(other.conversations.locator(f'a[href="{other.path}"]')).to_have_count(0)


def test_a_stranger_to_a_conversation_finds_nothing(visit, watch):
    watch.allow("404")
    ann = visit("ann")
    ann.ask("Something private")
    ann.ends()
    eve = visit("eve", ann.path)
    expect(eve.page.get_by_role("heading", level=1)).to_have_text("Nothing here")
