"""The activity's socket: what each reader is sent, and how often."""

import asyncio
import json
from uuid import uuid4

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.utils import timezone

from accounts.database import in_database
from inference.models import Run, Server
from models_admin.activity import feed
from models_admin.routing import websocket_urlpatterns
from tests.factories import a_server
from tests.inference.conftest import until as true
from tests.people import socket_headers
from webchat.proxies import TrustedProxies

pytestmark = pytest.mark.django_db(transaction=True)
application = TrustedProxies(URLRouter(websocket_urlpatterns), [])


@pytest.fixture
def quick(monkeypatch):
    """Looks twenty times a second."""
    monkeypatch.setattr(feed, "INTERVAL", 0.05)


@pytest.fixture
def server(db):
    return a_server("pip:latest", name="gpu-1", answered_at=timezone.now())


@pytest.fixture
async def knock(async_client_of):
    """A function: opens the socket as a person; closed at the end."""
    opened = []

    async def open_one(person, language="en"):
        client = await in_database(async_client_of, person)
        socket = WebsocketCommunicator(
            application, f"/ws/activity/?language={language}", headers=socket_headers(client)
        )
        opened.append(socket)
        assert (await socket.connect(10))[0]
        return socket

    yield open_one
    for socket in opened:
        await socket.disconnect()


async def shown(socket) -> str:
    frame = json.loads(await socket.receive_from(5))
    assert frame["kind"] == "activity"
    return frame["content"]


async def until(socket, words: str) -> str:
    async with asyncio.timeout(8):
        while words not in (content := await shown(socket)):
            pass
    return content


def a_run(person) -> Run:
    return Run.objects.submit(
        person=person, model_name="pip:latest", purpose="answer", subject=uuid4()
    )


async def test_a_page_that_comes_sees_what_there_is(knock, eve, server):
    content = await shown(await knock(eve))
    assert '<hx-partial hx-target="#activity" hx-swap="innerMorph">' in content
    assert "gpu-1" in content


async def test_a_stranger_is_refused(server):
    socket = WebsocketCommunicator(application, "/ws/activity/", headers=socket_headers())
    assert (await socket.connect(10))[0]
    assert (await socket.receive_output())["code"] == 4401


async def test_shows_each_reader_what_they_may_see(quick, knock, ann, eve, admin, server):
    pages = [await knock(person) for person in (ann, eve, admin)]
    for page in pages:
        await shown(page)
    await in_database(a_run, ann)
    for page, who in zip(pages, ("you", "somebody", "Ann Arbor"), strict=True):
        content = await until(page, "1 waiting")
        assert f'<b dir="auto">{who}</b>' in content
        assert ("Stop" in content) == (who == "Ann Arbor")
        assert ann.pk.hex not in content
        assert str(ann.pk) not in content


async def test_says_nothing_while_nothing_changes(quick, knock, eve, server):
    page = await knock(eve)
    await shown(page)
    assert await page.receive_nothing(0.4)
    await in_database(lambda: Server.objects.update(draining=True))
    await until(page, "being drained")


async def test_sends_at_most_four_messages_a_second(knock, eve, server):
    page = await knock(eve)
    await shown(page)
    loop = asyncio.get_running_loop()
    began, came = loop.time(), 0
    while (left := began + 2 - loop.time()) > 0:
        await in_database(lambda: Server.objects.update(name=uuid4().hex))
        came += not await page.receive_nothing(min(0.05, left))
        while not page.output_queue.empty():
            await page.receive_from()
    assert came <= 8


async def test_speaks_the_language_of_the_page(knock, eve, server):
    await in_database(lambda: Server.objects.update(enabled=False))
    assert "No server is in use" in await shown(await knock(eve, "xx"))


async def test_somebody_who_lost_their_role_sees_no_names(quick, knock, ann, admin, server):
    page = await knock(admin)
    await in_database(a_run, ann)
    await until(page, "Ann Arbor")
    await in_database(lambda: type(admin).objects.filter(pk=admin.pk).update(role="member"))
    assert "Ann Arbor" not in await until(page, "somebody")


async def test_a_look_that_fails_ends_nothing(quick, knock, eve, server, monkeypatch, caplog):
    page = await knock(eve)
    await shown(page)
    look, failing = feed.look, [True, True]

    def fails_twice(readers):
        if failing:
            failing.pop()
            raise ZeroDivisionError
        return look(readers)

    monkeypatch.setattr(feed, "look", fails_twice)
    await true(lambda: not failing)
    await in_database(lambda: Server.objects.update(name="renamed"))
    await until(page, "renamed")
    assert "wait for news" in caplog.text


async def test_nobody_looks_once_the_last_page_is_closed(quick, knock, eve, server):
    page = await knock(eve)
    await shown(page)
    await page.disconnect()
    await true(lambda: feed.here()._task is None)
