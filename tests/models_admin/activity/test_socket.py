"""The activity's socket: what each reader is sent, and how often."""

import asyncio
import json
from uuid import uuid4

import pytest
from channels.routing import URLRouter
from django.utils import timezone

from accounts.database import in_database
from inference.models import Run, Server
from models_admin.activity import feed
from models_admin.activity.speeds import FRESH, Kept
from models_admin.routing import websocket_urlpatterns
from tests.factories import a_server
from tests.inference.conftest import until as true
from tests.people import socket_headers
from tests.sockets import PATIENCE_S
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
def knock(async_client_of, open_sockets):
    """A function: opens the socket as a person; closed at the end."""

    async def open_one(person, language="en"):
        client = await in_database(async_client_of, person)
        path = f"/ws/activity/?language={language}"
        socket = open_sockets(application, path, socket_headers(client))
        assert (await socket.connect())[0]
        return socket

    return open_one


async def shown(socket) -> str:
    frame = json.loads(await socket.receive_from())
    assert frame["kind"] == "activity"
    return frame["content"]


async def until(socket, words: str) -> str:
    async with asyncio.timeout(PATIENCE_S):
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


async def test_a_stranger_is_refused(server, open_sockets):
    socket = open_sockets(application, "/ws/activity/", socket_headers())
    assert (await socket.connect())[0]
    assert await socket.code() == 4401


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
    while came < 2 or loop.time() < began + 1:
        await in_database(lambda: Server.objects.update(name=uuid4().hex))
        await page.receive_nothing(0.05)
        while not page.output_queue.empty():
            await page.receive_from()
            came += 1
    assert came <= 1 + 4 * (loop.time() - began)


async def test_speaks_the_language_of_the_page(knock, eve, server):
    await in_database(lambda: Server.objects.update(enabled=False))
    assert "No server is in use" in await shown(await knock(eve, "xx"))


async def test_somebody_who_lost_their_role_sees_no_names(quick, knock, ann, admin, server):
    page = await knock(admin)
    await in_database(a_run, ann)
    await until(page, "Ann Arbor")
    await in_database(lambda: type(admin).objects.filter(pk=admin.pk).update(role="member"))
    assert "Ann Arbor" not in await until(page, "somebody")


def test_readers_who_see_the_same_share_one_frame(ann, bob, eve, admin, server):
    a_run(ann)
    frames = feed.look([(each.pk, "en") for each in (ann, bob, eve, admin)], Kept())
    assert len({id(frame) for frame in frames.values()}) == 3
    assert frames[bob.pk, "en"] is frames[eve.pk, "en"]


def test_the_speeds_of_a_day_are_not_read_each_second(ann, server, django_assert_num_queries):
    kept, now = Kept(), timezone.now()
    before = kept.at(now)
    with django_assert_num_queries(0):
        assert kept.at(now + FRESH / 2) is before
    assert kept.at(now + FRESH) is not before


async def test_a_look_that_fails_ends_nothing(quick, knock, eve, server, monkeypatch, caplog):
    page = await knock(eve)
    await shown(page)
    look, failing = feed.look, [True, True]

    def fails_twice(readers, kept):
        if failing:
            failing.pop()
            raise ZeroDivisionError
        return look(readers, kept)

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
