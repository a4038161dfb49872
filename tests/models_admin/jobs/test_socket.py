"""Jobs on open pages: over the socket, for those who manage models."""

import asyncio
import json
import time

import pytest

from accounts.database import in_database
from inference import job_badge
from inference.models import Job
from inference.wakeups import tell_of_jobs
from models_admin.jobs.starting import start_pull
from tests.models_admin.jobs.test_pages import change
from tests.people import socket_headers
from tests.sockets import PATIENCE_S
from webchat.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_socket(async_client_of, open_sockets):
    """A function: opens a person's socket (None: a stranger's) at a path."""

    async def open_one(person, path="/ws/models/"):
        client = await in_database(async_client_of, person) if person else None
        socket = open_sockets(application, path, socket_headers(client))
        await socket.connect()
        return socket

    return open_one


async def heard(socket, kind):
    async with asyncio.timeout(PATIENCE_S):
        while True:
            frame = json.loads(await socket.receive_from())
            if frame["kind"] == kind:
                return frame


def running(job, completed=5):
    progress = {"completed": completed, "total": 10, "fraction": completed / 10}
    return change(job, state=Job.State.RUNNING, progress=progress)


async def test_a_page_that_comes_hears_which_jobs_there_are(mod, server, open_socket, client_of):
    page = await in_database(lambda: client_of(mod).get("/models/jobs/").content.decode())
    hint = await heard(await open_socket(mod), "jobs")
    assert f'data-stamp="{hint["stamp"]}"' in page


async def test_a_new_job_is_told_at_once(mod, server, open_socket):
    socket = await open_socket(mod)
    before = await heard(socket, "jobs")
    await in_database(start_pull, mod, server, "pip")
    assert (await heard(socket, "jobs"))["stamp"] != before["stamp"]


async def test_figures_come_ready(mod, server, open_socket):
    job = await in_database(lambda: running(start_pull(mod, server, "pip")))
    socket = await open_socket(mod)
    frame = await heard(socket, "figures")
    assert f'hx-target="#job-{job.pk}-moves"' in frame["content"]
    assert "5 of 10 B" in frame["content"]
    await in_database(running, job, 7)
    tell_of_jobs()
    assert "7 of 10 B" in (await heard(socket, "figures"))["content"]


async def test_each_page_has_its_language(mod, server, open_socket):
    await in_database(lambda: running(start_pull(mod, server, "pip")))
    german = await open_socket(mod, "/ws/models/?language=de")
    odd = await open_socket(mod, "/ws/models/?language=../../etc")
    assert (await heard(german, "figures"))["content"]
    assert "5 of 10 B" in (await heard(odd, "figures"))["content"]


async def test_a_page_gets_at_most_four_messages_a_second(mod, server, open_socket):
    job = await in_database(lambda: running(start_pull(mod, server, "pip"), 0))
    socket = await open_socket(mod)
    await heard(socket, "figures")
    frames, began = 0, time.monotonic()
    while frames < 2 or time.monotonic() < began + 1:
        await in_database(running, job, frames % 10)
        tell_of_jobs()
        try:
            await asyncio.wait_for(socket.output_queue.get(), 0.02)
            frames += 1
        except TimeoutError:
            continue
    assert frames <= 1 + 4 * (time.monotonic() - began)


async def test_a_member_hears_nothing_of_jobs(eve, mod, server, open_socket):
    socket = await open_socket(eve)
    job = await in_database(lambda: running(start_pull(mod, server, "pip")))
    tell_of_jobs()
    heard_so_far = []  # that the board changed is for members, too
    while not await socket.receive_nothing(0.7):
        heard_so_far.append(await socket.receive_from())
    assert not any("job" in frame or job.pk.hex in frame for frame in heard_so_far)


async def test_a_stranger_is_sent_away(server, open_socket):
    socket = await open_socket(None)
    assert await socket.code() == 4401


async def test_the_number_reaches_every_page_of_a_manager(mod, eve, open_socket):
    managers, members = await open_socket(mod, "/ws/"), await open_socket(eve, "/ws/")
    await heard(managers, "list")
    await heard(members, "list")
    await in_database(job_badge.tell)
    assert await heard(managers, "jobs") == {"kind": "jobs"}
    assert await members.receive_nothing(0.1)
