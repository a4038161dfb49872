"""What the first load of a page costs: at most 80 kB and 8 requests. More comes as one scrolls."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MOST_BYTES = 80_000
MOST_REQUESTS = 8
TEXT = ("A sentence with some **bold** words, `code` and figures such as 1,234. " * 29)[:2000]


def load(page, path) -> tuple[int, list[str]]:
    """The bytes that came over the wire, and what was asked for, sockets too."""
    asked, sizes = [], []
    devtools = page.page.context.new_cdp_session(page.page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    devtools.on("Network.webSocketCreated", lambda event: asked.append(event["url"]))
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path)
    page.is_live()
    page.page.wait_for_load_state("networkidle")
    return int(sum(sizes)), asked


def is_light(page, path) -> None:
    bytes_, asked = load(page, path)
    print(f"{path}: {bytes_} bytes, {len(asked)} requests")  # shown by pytest -rP
    assert bytes_ <= MOST_BYTES
    assert len(asked) <= MOST_REQUESTS, asked


def test_an_empty_page_is_light(visit):
    is_light(visit("ann", None), "/")


def test_a_page_of_thirty_messages_of_two_kilobytes_is_light(visit, chat, practice):
    practice.script(answer=TEXT)
    path = chat.visitor("eve").talk(*(f"Question {n}. {TEXT}" for n in range(18)))
    page = visit("eve", None)
    is_light(page, path)
    expect(page.questions).to_have_count(15)
    expect(page.answers).to_have_count(15)
    page.page.evaluate("scrollTo(0, 0)")
    expect(page.questions).to_have_count(18)
    expect(page.questions.first).to_contain_text("Question 0")
    expect(page.questions.nth(3)).to_be_in_viewport()  # what was read keeps its place
