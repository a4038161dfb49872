"""Asking: how a question gets sent, and the answer that comes while one looks on."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]


def test_sends_with_enter(visit, practice):
    ann = visit("ann")
    ann.message.fill("Is it raining?")
    ann.message.press("Enter")
    expect(ann.questions).to_contain_text("Is it raining?")
    expect(ann.answer).to_contain_text("This is the practice server")
    ann.ends()


def test_sends_with_the_button(visit):
    ann = visit("ann")
    ann.message.fill("Is it snowing?")
    ann.send.click()
    expect(ann.questions).to_contain_text("Is it snowing?")
    ann.ends()
