from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.database import in_database
from inference import catalogue, jobs, sightings
from inference.jobs import Work
from inference.models import Job, Model, Server
from inference.ollama import Client, InstalledModel, LoadedModel
from inference.practice import PracticeServer, Script
from inference.sightings import Abilities
from tests.factories import a_server
from tests.inference.conftest import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def ollama():
    server = PracticeServer(script=Script(speed=0, load_seconds=0))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(ollama):
    client = Client(ollama.url)
    yield client
    await client.close()


async def refresh(server, client):
    """What a refresh job does; gives the server's models by name."""
    job = Job(kind=catalogue.REFRESH, server=server)
    await jobs.kinds[catalogue.REFRESH].handler(Work(job, client, timezone.now))
    await in_database(server.refresh_from_db)
    return await models_of(server)


async def models_of(server):
    rows = await in_database(lambda: list(Model.objects.filter(server=server)))
    return {row.name: row for row in rows}


async def test_finds_the_models_and_what_they_can_do(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    models = await refresh(server, client)
    assert models["practice:latest"].capabilities == ["completion", "tools"]
    assert models["practice-embed:latest"].capabilities == ["embedding"]
    assert models["practice:latest"].context_length > 0
    assert models["practice:latest"].size > 0
    assert (server.error, server.version) == ("", "0.24.0")
    assert server.answered_at == server.checked_at


async def test_keeps_what_a_model_was_made_with(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    models = await refresh(server, client)
    assert models["practice:latest"].parameters == {"stop": ["<|im_end|>"], "temperature": 0.7}
    assert models["practice-vision:latest"].parameters == {}
    assert models["practice:latest"].system == ""


async def test_asks_again_for_a_model_that_got_another_digest(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    await refresh(server, client)
    await in_database(Model.objects.filter(name="practice:latest").update, digest="older")
    ollama.log.clear()
    models = await refresh(server, client)
    assert [asked["path"] for asked in ollama.log.all()].count("/api/show") == 1
    assert models["practice:latest"].parameters["temperature"] == 0.7


async def test_a_list_that_names_the_capabilities_is_believed_where_show_fails(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    listed = replace(a_line("gone:latest", "1" * 64), capabilities=["completion"])
    known = await catalogue.known_of(client, [replace(listed, context_length=4096)])
    assert known[listed.digest].capabilities == ("completion",)
    now = timezone.now()
    await in_database(sightings.seen, server.pk, "0.30.0", [listed], known, [], now)
    assert (await models_of(server))["gone:latest"].described == ""


async def test_asks_only_for_models_that_it_does_not_know(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    await refresh(server, client)
    shown = len([asked for asked in ollama.log.all() if asked["path"] == "/api/show"])
    assert shown > 0
    await refresh(server, client)
    other = await in_database(a_server, url="http://other.example")
    models = await refresh(other, client)
    assert len([asked for asked in ollama.log.all() if asked["path"] == "/api/show"]) == shown
    assert "completion" in models["practice:latest"].capabilities


async def test_a_model_that_vanished_is_kept_but_not_offered(ollama, client):
    server = await in_database(a_server, "gone:latest", url=ollama.url)
    models = await refresh(server, client)
    assert not models["gone:latest"].present
    assert models["practice:latest"].present


async def test_a_model_that_came_back_is_offered_again(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    await refresh(server, client)
    await in_database(Model.objects.update, present=False)
    assert (await refresh(server, client))["practice:latest"].present


async def test_sees_what_is_in_memory(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    await client.load("practice")
    models = await refresh(server, client)
    assert models["practice:latest"].loaded
    assert models["practice:latest"].num_ctx > 0
    assert not models["practice-think:latest"].loaded
    await client.unload("practice")
    await catalogue.look_at_loaded(server.pk, client, timezone.now())
    model = (await models_of(server))["practice:latest"]
    assert not model.loaded
    assert model.num_ctx, "the best guess for the next time"


async def test_a_server_that_does_not_answer_is_marked_and_keeps_its_models(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    await refresh(server, client)
    answered_at = server.answered_at
    await ollama.deafen()
    models = await refresh(server, client)
    assert "cannot be reached" in server.error
    assert server.checked_at > answered_at == server.answered_at
    assert models["practice:latest"].present


async def test_what_is_no_ollama_is_an_error_and_not_an_empty_catalogue(ollama, client):
    server = await in_database(a_server, url=ollama.url)
    await refresh(server, client)
    elsewhere = Client(f"{ollama.url}/elsewhere")
    models = await refresh(server, elsewhere)
    await elsewhere.close()
    assert server.error
    assert models["practice:latest"].present


async def test_three_hundred_models_are_written_once(client, ollama, django_assert_max_num_queries):
    installed = [a_line(f"model-{number}:latest", f"{number:064}") for number in range(300)]
    server = await in_database(a_server, url=ollama.url)

    def see():
        known = {line.digest: Abilities(("completion",), 4096) for line in installed}
        sightings.seen(server.pk, "0.24.0", installed, known, [], timezone.now())

    await in_database(see)
    assert len(await models_of(server)) == 300

    def see_again():
        with django_assert_max_num_queries(11):
            see()

    await in_database(see_again)


async def test_numbers_without_measure_and_strange_names_do_no_harm(ollama):
    server = await in_database(a_server, url=ollama.url)
    wild = a_line("x" * 351, "1"), a_line("a\nb", "2"), a_line("big:latest", "3" * 5000)
    sane = [line for line in wild if sightings.is_sane(line)]
    most = 2**31 - 1  # tokens, as the client bounds them
    known = {line.digest: Abilities(("completion",) * 9, most) for line in sane}
    loaded = [LoadedModel("big:latest", "", 2**62, 2**62, None, most)]
    now = timezone.now()
    await in_database(sightings.seen, server.pk, "v" * 500, sane, known, loaded, now)
    models = await models_of(server)
    assert list(models) == ["big:latest"]
    assert models["big:latest"].context_length == models["big:latest"].num_ctx == most


async def test_only_servers_whose_knowledge_is_old_are_due(ollama):
    now = timezone.now()
    await in_database(a_server, url="http://fresh.example", checked_at=now)
    await in_database(a_server, url="http://off.example", enabled=False)
    new = await in_database(a_server, url="http://new.example")
    old = await in_database(
        a_server, url="http://old.example", checked_at=now - 2 * catalogue.FRESH
    )
    down = await in_database(
        a_server,
        url="http://down.example",
        error="away",
        checked_at=now - 2 * catalogue.FRESH_WHILE_DOWN,
    )
    await in_database(catalogue.submit_due, now)
    await in_database(catalogue.submit_due, now)
    due = await in_database(lambda: list(Job.objects.values_list("server_id", flat=True)))
    assert sorted(due) == sorted([new.pk, old.pk, down.pk])


async def test_what_was_asked_earlier_does_not_overwrite_what_is_newer(ollama):
    server = await in_database(a_server, url=ollama.url)
    now = timezone.now()
    before = now - timedelta(seconds=20)
    old, new = a_line("old:latest", "1"), a_line("new:latest", "2")
    loaded = [LoadedModel("new:latest", "2", 5, 5, None, 4096)]
    see, look, fail = sightings.seen, sightings.loaded, sightings.failed
    await in_database(see, server.pk, "0.24.0", [new], {}, loaded, now)
    await in_database(see, server.pk, "0.23.0", [old], {}, [], before)
    await in_database(look, server.pk, [], before)
    await in_database(fail, server.pk, "away", before, now)
    models = await models_of(server)
    await in_database(server.refresh_from_db)
    assert list(models) == ["new:latest"]
    assert models["new:latest"].present
    assert models["new:latest"].loaded
    assert (server.version, server.error) == ("0.24.0", "")


async def test_what_happens_during_a_refresh_is_looked_at_after_it(ollama):
    server = await in_database(a_server, url=ollama.url)
    await in_database(catalogue.submit_soon, server.pk)
    await in_database(catalogue.submit_soon, server.pk)
    assert await in_database(Job.objects.count) == 1
    await in_database(Job.objects.update, state=Job.State.RUNNING)
    await in_database(catalogue.submit_soon, server.pk)
    await in_database(catalogue.submit_soon, server.pk)
    assert await in_database(Job.objects.filter(state=Job.State.QUEUED).count) == 1


async def test_a_worker_refreshes_by_itself(scene):
    await in_database(Server.objects.update, checked_at=None)
    await scene.worker(catalogue=0.05)
    there = Model.objects.filter(name="practice-vision:latest")
    await until(lambda: in_database(there.exists))


def a_line(name, digest):
    """A line of /api/tags."""
    return InstalledModel(name, digest, 10, None, "llama", "8B", "Q4_0", None, None, "", "")
