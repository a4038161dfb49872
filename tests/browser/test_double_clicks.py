"""Forms that lead to another page, where the second click would meet what the first has done."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_double_click_saves_a_prompt_once(visit):
    page = visit("ann", "/prompts/new/").page
    page.get_by_label("Name").fill("Twice")
    page.locator("textarea").fill("Be brief.")
    with page.expect_navigation(url="**/prompts/"):
        page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("Twice")).to_have_count(1)
