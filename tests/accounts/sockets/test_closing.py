"""Sockets end with the sign-in that they were opened with."""

import asyncio

import pytest
from django.contrib.sessions.models import Session

from accounts import watch
from accounts.database import in_database
from tests.accounts.sockets.conftest import enter, tell
from tests.people import PASSWORD, socket_headers

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "staple horse correct"


async def test_sign_out_closes_the_sockets_of_the_session_at_once(knock, signed_in, elsewhere):
    here = [knock(socket_headers(signed_in)) for _ in range(2)]
    there = knock(socket_headers(elsewhere))
    for socket in (*here, there):
        await enter(socket)
    await signed_in.post("/sign-out/")
    assert [await socket.code() for socket in here] == [4401, 4401]
    await tell("attic", type="show", text="still here")
    assert await there.receive_from() == "still here"


async def test_a_password_change_closes_the_sockets_of_the_other_sessions(
    knock, signed_in, elsewhere
):
    here, there = knock(socket_headers(signed_in)), knock(socket_headers(elsewhere))
    await enter(here)
    await enter(there)
    await signed_in.post("/password/", {"password": PASSWORD, "new_password": NEW})
    assert await there.code() == 4401
    await tell("attic", type="show", text="still here")
    assert await here.receive_from() == "still here"


async def test_a_socket_kept_by_a_password_change_goes_with_its_session(knock, signed_in):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await signed_in.post("/password/", {"password": PASSWORD, "new_password": NEW})
    await watch.here().look()
    assert await socket.receive_nothing(0.01)
    await signed_in.post("/sign-out/")
    assert await socket.code() == 4401


async def test_deactivation_closes_all_sockets_of_the_person_only(
    knock, signed_in, elsewhere, ann, eve, async_client_of
):
    anns = [knock(socket_headers(client)) for client in (signed_in, elsewhere)]
    eves = knock(socket_headers(await in_database(async_client_of, eve)))
    for socket in (*anns, eves):
        await enter(socket)
    await in_database(ann.deactivate)
    assert [await socket.code() for socket in anns] == [4401, 4401]
    await tell("attic", type="show", text="still here")
    assert await eves.receive_from() == "still here"


async def test_the_watch_closes_sockets_whose_session_is_gone(knock, signed_in):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await in_database(Session.objects.all().delete)
    await watch.here().look()
    assert await socket.code() == 1012  # comes back, and is then told 4401


async def test_the_watch_closes_sockets_of_people_who_became_inactive(knock, signed_in, ann):
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    ann.is_active = False
    await in_database(ann.save)
    await watch.here().look()
    assert await socket.code() == 1012


async def test_the_watch_leaves_the_others_and_asks_once_for_all(
    knock, signed_in, elsewhere, monkeypatch
):
    opened = [knock(socket_headers(client)) for client in (signed_in, signed_in, elsewhere)]
    for socket in opened:
        await enter(socket)
    asked = []

    def people_of(keys):
        asked.append(keys)
        return watch_people_of(keys)

    watch_people_of = watch.people_of
    monkeypatch.setattr(watch, "people_of", people_of)
    await watch.here().look()
    assert [len(keys) for keys in asked] == [2]
    await tell("attic", type="show", text="still here")
    assert [await socket.receive_from() for socket in opened] == ["still here"] * 3


async def test_the_watch_leaves_all_where_the_database_fails(knock, signed_in, monkeypatch, caplog):
    loop, looked = asyncio.get_running_loop(), asyncio.Event()

    def fail(keys):
        loop.call_soon_threadsafe(looked.set)
        raise ValueError("no database")

    monkeypatch.setattr(watch, "people_of", fail)
    monkeypatch.setattr(watch, "PERIOD_S", 0)
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    for _ in range(2):  # that it looks once more says that the first time is over
        looked.clear()
        await looked.wait()
    await tell("attic", type="show", text="still here")
    assert await socket.receive_from() == "still here"
    assert "could not be checked" in caplog.text


async def test_the_watch_looks_again_and_again_while_a_socket_is_open(
    knock, signed_in, monkeypatch
):
    monkeypatch.setattr(watch, "PERIOD_S", 0)
    socket = knock(socket_headers(signed_in))
    await enter(socket)
    await in_database(Session.objects.all().delete)
    assert await socket.code() == 1012
    assert watch.here()._timer is None
