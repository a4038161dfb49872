"""Folders by mouse and by keyboard, many at once, what is deleted, and a temporary chat."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_axe import dressed
from tests.instance import until

pytestmark = pytest.mark.browser


@pytest.fixture
def talk():
    """A function: asks each of these in a conversation of its own; the page is then at the last."""

    def ask(page, *questions):
        for question in questions:
            page.goto("/")
            page.ask(question)
            page.ends()
        return page

    return ask


def faultless(page):
    """Looks as test_axe does, and goes back to the width that it had."""
    before = page.page.viewport_size
    dressed(page, NARROW, dark=True)
    dressed(page, WIDE, dark=False)
    page.page.set_viewport_size(before)


def row(page, name):
    return page.conversations.get_by_role("link", name=name, exact=True)


def test_a_conversation_is_dragged_into_a_folder_and_out(visit, talk):
    ann = talk(visit("ann"), "Drag me along").goto("/")
    other = visit("ann", "/folders/", beside=ann)
    other.page.get_by_label("Name").fill("Dragged into")
    other.page.get_by_role("button", name="Make the folder").click()
    expect(other.page.get_by_role("heading", level=1)).to_have_text("Dragged into")
    other.is_live()
    ann.is_live()
    folder = row(ann, "Dragged into")
    expect(folder).to_be_visible()  # made in the other tab
    row(ann, "Drag me along").drag_to(folder)
    expect(row(ann, "Drag me along")).to_have_count(0)
    expect(other.page.locator(".picks .named")).to_have_text("Drag me along")
    link = other.page.locator(".picks .named")
    link.drag_to(other.conversations.get_by_role("heading", name="Folders", exact=True))
    expect(link).to_have_count(0)
    expect(row(ann, "Drag me along")).to_be_visible()


def test_a_conversation_moves_by_keyboard(visit, talk):
    ann = talk(visit("ann"), "Move me by keys")
    ann.is_live()
    more = ann.page.get_by_role("button", name="More about this conversation")
    more.focus()
    ann.page.keyboard.press("Enter")
    ann.page.get_by_role("link", name="Move to…").focus()
    ann.page.keyboard.press("Enter")
    dialog = ann.page.get_by_role("dialog", name="Move to…")
    expect(dialog.get_by_label("No folder")).to_be_focused()
    faultless(ann)
    dialog.get_by_label("Or into a new folder").focus()
    ann.page.keyboard.type("By keys")
    ann.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(more).to_be_focused()
    inside = ann.conversations.get_by_role("list", name="By keys")
    expect(inside.get_by_role("link")).to_have_text("Move me by keys")


def test_the_list_stays_where_it_was_scrolled_to(visit, talk):
    ann = talk(visit("ann"), "Listed one", "Listed two", "Listed three")
    ann.page.set_viewport_size({"width": WIDE, "height": 360})
    ann.goto("/")
    place = "() => document.getElementById('conversations').scrollTop"
    ann.conversations.get_by_role("link", name="Listed one").last.scroll_into_view_if_needed()
    ann.page.wait_for_function("() => sessionStorage.getItem('list:place') > 0")
    before = ann.page.evaluate(place)
    ann.conversations.get_by_role("link", name="Listed one").last.click()
    ann.loads("/conversations/*/")
    ann.page.wait_for_function(f"before => ({place})() === before", arg=before)


def test_many_are_deleted_at_once_and_come_back(visit, talk, watch):
    watch.allow("422")  # no tag was written
    ann = talk(visit("bob", width=NARROW), "Many one", "Many two", "Many three")
    ann.goto("/conversations/listed/")
    choose = ann.page.get_by_role("checkbox", name=re.compile("^Choose Many"))
    expect(ann.page.get_by_role("button", name="Delete")).to_be_hidden()
    choose.first.check()
    choose.last.click(modifiers=["Shift"])
    expect(ann.page.get_by_role("status").filter(has_text="3 chosen")).to_be_visible()
    faultless(ann)
    ann.is_live()
    ann.page.get_by_role("button", name="Add", exact=True).click()
    expect(ann.page.get_by_label("Tag", exact=True)).to_have_accessible_description(
        "Write a tag first."
    )
    ann.is_live()  # what was chosen stays, also when the rows have been fetched anew
    ann.page.get_by_label("Tag", exact=True).fill("many")
    ann.page.keyboard.press("Enter")
    expect(ann.toasts).to_contain_text("3 tagged.")
    ann.page.get_by_role("link", name="many").first.click()
    ann.loads("/tags/**")
    choose.first.check()
    ann.page.get_by_label("All on this page").check()
    ann.page.get_by_role("button", name="Delete").click()
    expect(ann.toasts).to_contain_text("3 conversations deleted.")
    expect(choose).to_have_count(0)
    ann.toasts.get_by_role("button", name="Undo").click()
    expect(choose).to_have_count(3)


def test_what_is_deleted_is_restored_or_erased(visit, talk, watch):
    watch.allow("404")  # the page hears of it, too
    ann = talk(visit("eve"), "Back again", "Gone for good")
    for name in ("Back again", "Gone for good"):
        there = row(ann, name).get_attribute("href")
        row(ann, name).click()
        ann.loads(there)
        ann.page.get_by_role("button", name="More about this conversation").click()
        ann.page.get_by_role("button", name="Delete").click()
        expect(ann.toasts).to_contain_text("Conversation deleted")
    ann.goto("/conversations/deleted/")
    faultless(ann)
    ann.page.get_by_role("button", name="Restore Back again").click()
    expect(row(ann, "Back again")).to_be_visible()
    ann.page.get_by_role("button", name="Erase Gone for good now").click()
    faultless(ann)
    ann.page.get_by_role("button", name="Erase", exact=True).click()
    expect(ann.toasts).to_contain_text("erased")
    expect(ann.page.get_by_role("button", name="Erase Gone for good now")).to_have_count(0)


def test_a_temporary_chat_goes_when_it_is_closed(visit, chat):
    ann = visit("ann")
    ann.page.get_by_role("link", name="Temporary chat").click()
    ann.ask("Between us")
    ann.ends()
    expect(row(ann, "Between us")).to_have_count(0)
    faultless(ann)
    pk = UUID(ann.path.split("/")[2])
    ann.reload()
    expect(ann.questions).to_contain_text("Between us")
    until(lambda: minutes_left(chat, pk) > 20, "the page has said that it is there")
    ann.new_chat.click()
    until(lambda: minutes_left(chat, pk) < 5, "the page has said that it was left")


def minutes_left(chat, pk):
    """Until the conversation is erased."""
    rows = chat.database.rows("SELECT id, erase_at FROM chat_conversation WHERE is_temporary")
    [at] = [datetime.fromisoformat(str(at)) for each, at in rows if UUID(str(each)) == pk]
    return (at.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() / 60
