"""The main flow in a browser, in front of a real Ollama."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_attachments import attach, photo, waiting
from tests.live.conftest import ollama, real, sees

__all__ = ["ollama", "real", "sees"]
pytestmark = [pytest.mark.browser, pytest.mark.live]
SOME = 20  # characters: enough to see that it goes on


def stopped(page: ChatPage, after: int = 0) -> str:
    """The text of an answer that is stopped once it has some more than so many characters."""
    page.begins(re.compile(rf"^[\s\S]{{{after + SOME},}}"))
    page.stop.click()
    page.ends()
    expect(page.answer).to_contain_text("Stopped.")
    return page.text.inner_text().rstrip()


def test_an_answer_is_stopped_and_gone_on_with(real, visit):
    page = visit("ann", None, at=real).goto()
    page.model.select_option("pip:latest")
    page.ask("Tell me a long story")
    begun = stopped(page)
    page.continue_.click()
    whole = stopped(page, after=len(begun))
    assert whole.startswith(begun)


def test_an_image_is_shown_to_a_model_that_sees(real, visit, sees):
    page = visit("ann", None, at=real).goto()
    page.model.select_option(sees if ":" in sees else f"{sees}:latest")
    attach(page, "Images", photo())
    page.ask("What is this?")
    expect(waiting(page)).to_have_count(0)
    page.begins()
    expect(page.questions.locator(".pictures img")).to_be_visible()
