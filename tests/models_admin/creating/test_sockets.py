"""The socket that brings the answers to one's own drafts."""

import json

import pytest
from django.utils import timezone

from accounts.database import in_database
from accounts.sockets import NOT_FOUND, SIGNED_OUT
from inference import claims, queue
from inference.models import Run
from models_admin.models import TrialAnswer
from tests.models_admin.creating.conftest import CREATE, SOURCE
from tests.people import socket_headers
from webchat.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "/ws/models/trials/"


@pytest.fixture
def open_socket(async_client_of, open_sockets):
    """A function: opens a person's socket (None: a stranger's)."""

    async def open_one(person):
        client = await in_database(async_client_of, person) if person else None
        socket = open_sockets(application, PLACE, socket_headers(client))
        await socket.connect()
        return socket

    return open_one


def ask_and_end(client) -> str:
    """Tries a draft, whose answer then ends; the answer's id."""
    client.post(f"{CREATE}trials/", {"source": SOURCE, "question": "Hi!"})
    now = timezone.now()
    [claim] = claims.look("worker", now, limit=5).claims
    queue.finish(claim.run.pk, claim.run.epoch, Run.Status.DONE, now=now)
    return str(TrialAnswer.objects.get().pk)


async def heard(socket) -> dict[str, str]:
    return json.loads(await socket.receive_from())


async def test_tells_its_author_that_an_answer_has_ended(mod, client_of, server, open_socket):
    socket = await open_socket(mod)
    assert await heard(socket) == {"kind": "thread"}
    client = await in_database(client_of, mod)
    answer = await in_database(ask_and_end, client)
    assert await heard(socket) == {"kind": "changed", "message": answer}


async def test_tells_nobody_else(mod, admin, client_of, server, open_socket):
    socket = await open_socket(admin)
    assert await heard(socket) == {"kind": "thread"}
    client = await in_database(client_of, mod)
    await in_database(ask_and_end, client)
    assert await socket.receive_nothing(0.1)


async def test_members_and_strangers_are_sent_away(eve, server, open_socket):
    for person, code in ((eve, NOT_FOUND), (None, SIGNED_OUT)):
        socket = await open_socket(person)
        assert await socket.code() == code
