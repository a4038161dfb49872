import asyncio

import pytest
from django.templatetags.static import static

from webchat.asgi import application


async def call(path, kind="http", method="GET"):
    """The events that the whole application sends for one request."""
    sent = []
    first = [{"type": "http.request" if kind == "http" else "websocket.connect"}]

    async def receive():
        if not first:
            await asyncio.Event().wait()  # for a disconnect that does not come
        return first.pop()

    async def send(event):
        sent.append(event)

    scope = {
        "type": kind,
        "method": method,
        "scheme": "http",
        "http_version": "1.1",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "subprotocols": [],
        "headers": [(b"host", b"localhost"), (b"daphne-root-path", b"/x")],
    }
    await application(scope, receive, send)
    return sent


async def test_pages_come_from_django():
    start, *_ = await call("/healthz")
    assert start["status"] == 200


async def test_static_files_come_before_django():
    start, *_ = await call(static("webchat.css"))
    headers = dict(start["headers"])
    assert start["status"] == 200
    assert b"immutable" in headers[b"cache-control"]


@pytest.mark.parametrize("path", ["/ws/", "/ws/conversations/0/"])
async def test_a_plain_request_for_a_socket_is_told_to_upgrade(path):
    start, body = await call(path)
    assert start["status"] == 426
    assert dict(start["headers"])[b"upgrade"] == b"websocket"
    assert b"proxy" in body["body"]


async def test_a_socket_that_is_none_is_refused():
    assert [event["type"] for event in await call("/ws/nothing/", "websocket")] == [
        "websocket.close"
    ]


async def test_nobody_sets_the_root_path():
    start, *_ = await call("/x/healthz")
    assert start["status"] == 404
