import pytest

from inference import secrets
from inference.clients import Clients, Way
from inference.models import Server

HEADERS = {"Authorization": "Bearer a-token"}


def test_what_is_sealed_comes_back():
    assert secrets.unseal(secrets.seal(HEADERS)) == HEADERS


def test_nothing_is_sealed_as_nothing():
    assert secrets.seal({}) == ""
    assert secrets.unseal("") == {}


def test_it_says_nothing_to_who_reads_it():
    sealed = secrets.seal(HEADERS)
    assert "a-token" not in sealed
    assert "Authorization" not in sealed
    assert secrets.seal(HEADERS) != sealed


def test_it_is_read_with_a_key_that_was_the_secret_before(settings):
    sealed = secrets.seal(HEADERS)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"
    assert secrets.unseal(sealed) == HEADERS


def test_with_another_secret_it_cannot_be_read(settings):
    sealed = secrets.seal(HEADERS)
    settings.SECRET_KEY = "another one"
    with pytest.raises(secrets.Unreadable):
        secrets.unseal(sealed)


async def test_a_client_without_readable_headers_goes_without(settings, practice, caplog):
    sealed = secrets.seal(HEADERS)
    settings.SECRET_KEY = "another one"
    client = Way(practice.url, sealed).client()
    assert await client.version()
    await client.close()
    assert "another secret key" in caplog.text
    assert "authorization" not in _headers(practice)


async def test_a_client_sends_the_headers_with_each_request(practice):
    client = Way(practice.url, secrets.seal(HEADERS)).client()
    await client.version()
    await client.close()
    assert _headers(practice)["authorization"] == "Bearer a-token"


async def test_equal_ways_share_a_client_and_others_do_not():
    clients = Clients()
    here = Server(url="http://ollama.example")
    there = Server(url="http://ollama.example", sealed_headers=secrets.seal(HEADERS))
    assert clients.to(Way.to(here)) is clients.to(Way.to(here))
    assert clients.to(Way.to(here)) is not clients.to(Way.to(there))
    await clients.close()


def _headers(practice) -> dict[str, str]:
    return practice.requests("/api/version")[-1]["headers"]
