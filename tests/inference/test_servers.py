import pytest
from django.utils import timezone

from accounts.database import in_database
from inference import heartbeats, servers, status
from inference.models import Heartbeat, Job, Server
from inference.practice import PracticeServer
from tests.factories import a_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def ollama():
    """An Ollama that answers."""
    server = PracticeServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def nobody():
    """An address where nothing answers."""
    server = PracticeServer()
    await server.start()
    await server.stop()
    return server.url


@pytest.fixture
def environment(settings):
    """Sets which servers the environment names; the default address otherwise."""

    def name(*urls, default=None):
        settings.OLLAMA_NAMED = default is None
        settings.OLLAMA_URLS = [default] if default else list(urls)
        settings.OLLAMA_SLOTS = 3

    return name


@pytest.fixture
async def choose():
    """Chooses as a start does; what it started ends with the test."""
    made = []

    async def start():
        choice = await servers.choose_servers()
        made.append(choice)
        return choice

    yield start
    for choice in made:
        await choice.close()


async def rows(**conditions):
    return await in_database(lambda: list(Server.objects.filter(**conditions)))


async def test_uses_the_servers_that_are_named_whether_they_answer_or_not(
    environment, choose, ollama, nobody
):
    environment(ollama.url, nobody)
    choice = await choose()
    assert choice.practice is None
    assert {row.url for row in await rows(enabled=True)} == {ollama.url, nobody}
    assert {row.slots for row in await rows()} == {3}
    assert "0.24.0 answers at" in choice.words[0]
    assert "Nothing answers" in choice.words[1]


async def test_puts_aside_servers_that_are_no_longer_named(environment, choose, ollama, nobody):
    environment(nobody)
    await choose()
    mine = await in_database(a_server, url="http://added.example")
    environment(ollama.url)
    await choose()
    assert {row.url for row in await rows(enabled=True)} == {ollama.url, mine.url}


async def test_says_no_passwords(environment, choose):
    environment("http://ann:secret@127.0.0.1:9")
    choice = await choose()
    assert "secret" not in "".join(choice.words)
    assert "secret" not in (await rows())[0].name


async def test_uses_the_default_address_if_something_answers_there(environment, choose, ollama):
    environment(default=ollama.url)
    choice = await choose()
    assert choice.practice is None
    assert [row.url for row in await rows(enabled=True, practice=False)] == [ollama.url]


async def test_practises_when_nothing_is_named_and_nothing_answers(environment, choose, nobody):
    environment(default=nobody)
    choice = await choose()
    (row,) = await rows()
    assert row.practice
    assert row.url == choice.practice.url
    assert await servers.version_of(row.url)
    assert "made up" in choice.words[0]


async def test_practises_with_one_row_however_often_it_starts(environment, choose, nobody):
    environment(default=nobody)
    first = await choose()
    await first.close()
    second = await choose()
    (row,) = await rows()
    assert row.url == second.practice.url


async def test_two_processes_share_a_practice_server(environment, choose, nobody):
    environment(default=nobody)
    await choose()
    assert (await choose()).practice is None
    assert len(await rows()) == 1


async def test_never_practises_once_a_real_server_was_known(environment, choose, nobody):
    environment(default=nobody)
    await in_database(a_server, url="http://gone.example", enabled=False)
    choice = await choose()
    assert choice.practice is None
    assert [row.url for row in await rows(enabled=True)] == [nobody]


async def test_goes_on_with_the_servers_that_it_knows(environment, choose, ollama, nobody):
    environment(default=ollama.url)
    await in_database(a_server, url=nobody)
    await choose()
    assert [row.url for row in await rows(enabled=True)] == [nobody]


async def test_offers_a_real_server_as_soon_as_it_answers(environment, choose, nobody, ollama):
    environment(default=nobody)
    await choose()
    await in_database(heartbeats.beat, "worker", timezone.now())
    await servers.look_for_real("worker")
    assert (await in_database(status.practice_notice)).offer == ""
    environment(default=ollama.url)
    await servers.look_for_real("worker")
    assert (await in_database(status.practice_notice)).offer == ollama.url


async def test_switches_over_to_a_real_server(environment, choose, nobody, ollama):
    environment(default=nobody)
    await choose()
    await in_database(servers.adopt, ollama.url)
    assert [row.url for row in await rows(enabled=True)] == [ollama.url]
    assert await in_database(status.practice_notice) is None
    assert await in_database(Job.objects.filter(server__url=ollama.url).exists)


def test_adopts_nothing_that_is_no_address(db):
    with pytest.raises(ValueError, match="not the address"):
        servers.adopt("file:///etc/passwd")


def test_there_is_no_notice_beside_a_real_server(db):
    a_server(practice=True)
    a_server()
    assert status.practice_notice() is None


def test_a_worker_is_alive_as_long_as_it_says_so(db):
    now = timezone.now()
    assert not status.worker_alive(now)
    heartbeats.beat("worker", now)
    assert status.worker_alive(now + heartbeats.ALIVE)
    assert not status.worker_alive(now + heartbeats.ALIVE * 2)
    heartbeats.leave("worker")
    assert not Heartbeat.objects.exists()


def test_a_server_answers_once_it_was_seen_to(db):
    a_server(name="a", answered_at=timezone.now())
    a_server(name="b", error="away", answered_at=timezone.now())
    a_server(name="c")
    a_server(name="d", enabled=False)
    assert [state.answers for state in status.servers()] == [True, False, False]
