import asyncio
import threading

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils import translation

from webchat.pages import Pages


def echo(request):
    return HttpResponse(request.body, content_type="text/plain")


def thread(request):
    return HttpResponse(threading.current_thread().name)


def speak(request):
    translation.activate("de")
    return HttpResponse()


def spoken(request):
    return HttpResponse(translation.get_language())


async def waits(request):
    await asyncio.sleep(0)
    return HttpResponse(threading.current_thread().name)


def fail(request):
    raise RuntimeError("a mistake")


ended = asyncio.Event()


def stream(request):
    async def pieces():
        try:
            yield b"one"
            yield b"two"
            if "endless" in request.GET:
                await asyncio.Event().wait()
        finally:
            ended.set()

    ended.clear()
    return StreamingHttpResponse(pieces())


urlpatterns = [
    path("echo/", echo),
    path("thread/", thread),
    path("speak/", speak),
    path("spoken/", spoken),
    path("waits/", waits),
    path("fail/", fail),
    path("stream/", stream),
]
handler500 = "webchat.errors.failed"

pytestmark = pytest.mark.urls(__name__)


class Browser:
    """One request to the handler; `leave()` is a reader who goes away."""

    def __init__(self, target: str, body: bytes = b"") -> None:
        self.sent: list[dict] = []
        self.came = asyncio.Event()
        self.gone = asyncio.Event()
        where, _, query = target.partition("?")
        self.scope = {
            "type": "http",
            "method": "POST" if body else "GET",
            "scheme": "http",
            "http_version": "1.1",
            "path": where,
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost")],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
        }
        half = len(body) // 2
        self.events = [
            {"type": "http.request", "body": body[:half], "more_body": True},
            {"type": "http.request", "body": body[half:], "more_body": False},
        ]

    async def receive(self):
        if self.events:
            return self.events.pop(0)
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, event):
        self.sent.append(event)
        if event.get("body"):
            self.came.set()

    async def get(self) -> tuple[int, bytes]:
        handler = Pages()
        # Sessions and CSRF are not what is looked at here.
        await handler(self.scope, self.receive, self.send)
        return self.sent[0]["status"], b"".join(event.get("body", b"") for event in self.sent)

    def leave(self):
        self.gone.set()


@pytest.fixture(autouse=True)
def only_views(settings):
    settings.MIDDLEWARE = []


async def test_a_view_gets_the_body_and_its_answer_is_sent():
    assert await Browser("/echo/", b"what was said").get() == (200, b"what was said")


async def test_a_view_runs_in_a_thread_of_the_pool():
    _, name = await Browser("/thread/").get()
    assert name.startswith(b"pages")


async def test_a_form_with_files_runs_apart():
    browser = Browser("/thread/", b"--x--")
    browser.scope["headers"].append((b"content-type", b"multipart/form-data; boundary=x"))
    _, name = await browser.get()
    assert name.startswith(b"files")


async def test_an_async_view_runs_in_the_loop():
    _, name = await Browser("/waits/").get()
    assert name.decode() == threading.main_thread().name


async def test_a_mistake_is_answered_with_its_page():
    status, page = await Browser("/fail/").get()
    assert status == 500
    assert b"Something went wrong" in page


async def test_what_a_view_sets_for_itself_does_not_reach_the_next():
    for _ in range(20):  # each thread of the pool; in a task of its own, as servers do
        await asyncio.create_task(Browser("/speak/").get())
    said = [await asyncio.create_task(Browser("/spoken/").get()) for _ in range(20)]
    assert set(said) == {(200, b"en")}


async def test_a_reader_who_left_before_the_body_was_there_is_no_request():
    browser = Browser("/echo/")
    browser.events = [{"type": "http.disconnect"}]
    await Pages()(browser.scope, browser.receive, browser.send)
    assert browser.sent == []


async def test_a_stream_is_sent_to_its_end():
    assert await Browser("/stream/").get() == (200, b"onetwo")
    assert ended.is_set()


async def test_a_stream_ends_when_its_reader_leaves():
    browser = Browser("/stream/?endless")
    async with asyncio.timeout(5):
        serving = asyncio.create_task(browser.get())
        await browser.came.wait()
        browser.leave()
        await serving
    assert ended.is_set()
