"""A title by the model comes to the open page and its list by itself."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_title_comes_after_the_first_answer(visit, new_instance):
    ann = visit("ann", at=new_instance(WEBCHAT_TITLES="yes"))
    ann.ask("Why, oh why, is the sky so blue?")
    ann.ends()
    title = "Practice: Why oh why is"
    expect(ann.page.get_by_role("heading", level=1)).to_have_text(title)
    expect(ann.conversations.get_by_role("link", name=title)).to_be_visible()
    expect(ann.page).to_have_title(f"{title} · Webchat")
