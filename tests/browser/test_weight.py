"""What the first load of a page costs: at most 80 kB and 8 requests."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.instance import Instance, until

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
    path = talk(chat, 15)
    page = visit("eve", None)
    is_light(page, path)
    expect(page.questions).to_have_count(15)
    expect(page.answers).to_have_count(15)


def talk(instance: Instance, questions: int) -> str:
    """Asks by HTTP, one after the other; the path of the conversation."""
    eve = instance.visitor("eve")
    path = eve.ask(TEXT, "practice:latest")
    for number in range(1, questions + 1):
        until(lambda: is_over(eve.http, path), "the answer has ended")
        if number < questions:
            key = f"00000000-0000-4000-8000-{number:012}"
            form = {"text": TEXT, "model": "practice:latest", "key": key}
            eve.http.post(f"{path}messages/", data=form).raise_for_status()
    return path


def is_over(http: httpx.Client, path: str) -> bool:
    return 'aria-busy="true"' not in http.get(path, headers={"HX-Request": ""}).text
