"""The pages around the conversation: without faults, and without a sideways page at 320 px."""

import pytest

from tests.browser.test_axe import faults

pytestmark = pytest.mark.browser

# WCAG 1.4.10: what is 1280 px wide at 400 %.
SMALLEST = {"width": 320, "height": 640}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def test_no_page_has_a_fault_or_goes_sideways(visit):
    ann = visit("ann")
    ann.ask("Show me a list, a table, code")
    ann.ends()
    conversation = ann.path
    answer = ann.answer.get_attribute("id").removeprefix("message-")
    looked_at = [
        f"{conversation}export.print",
        f"/messages/{answer}/rating/",
        "/data/",
        "/offline/",
    ]
    for number, path in enumerate(looked_at):
        ann.page.emulate_media(color_scheme="dark" if number % 2 else "light")
        ann.goto(path)
        assert faults(ann.page) == [], path
    # Of these other tests look for faults.
    others = [conversation, f"{conversation}settings/", "/prompts/new/", "/conversations/deleted/"]
    ann.page.set_viewport_size(SMALLEST)
    for path in looked_at + others:
        ann.goto(path)
        assert ann.page.evaluate(FITS), path
