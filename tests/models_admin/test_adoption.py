"""From the practice server to a real one, offered in the notice on every page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from inference.models import Heartbeat, Server
from tests.factories import a_server

URL = "/servers/adoption/"
REAL = "http://127.0.0.1:11434"


@pytest.fixture
def practising(db):
    """Only the practice server is in use."""
    return a_server(url="http://127.0.0.1:1", practice=True)


@pytest.fixture
def offered(practising):
    """A worker has found a real server."""
    now = timezone.now()
    Heartbeat.objects.create(owner="a-worker", started_at=now, seen_at=now, offer=REAL)


def real() -> list[Server]:
    return list(Server.objects.filter(url=REAL, enabled=True))


@pytest.mark.parametrize("person", ["mod", "admin"])
def test_a_manager_takes_the_real_server(person, request, client_of, offered):
    answer = client_of(request.getfixturevalue(person)).post(URL)
    assert answer.headers["Location"] == reverse("chat:home")
    assert len(real()) == 1
    assert not Server.objects.filter(practice=True, enabled=True).exists()


def test_doing_it_twice_changes_nothing_more(mod, client_of, offered):
    client = client_of(mod)
    client.post(URL)
    assert client.post(URL).status_code == 302
    assert len(real()) == 1


def test_without_an_offer_nothing_changes(mod, client_of, practising):
    assert client_of(mod).post(URL).status_code == 302
    assert Server.objects.get(enabled=True).practice


def test_the_address_is_never_taken_from_the_request(mod, client_of, practising):
    client_of(mod).post(URL, {"url": "http://evil.example:11434", "offer": REAL})
    assert Server.objects.get(enabled=True).practice


def test_a_member_may_not(eve, client_of, offered):
    assert client_of(eve).post(URL).status_code == 403
    assert not real()


def test_a_stranger_is_sent_to_sign_in(client, offered):
    answer = client.post(URL)
    assert answer.headers["Location"].startswith(reverse("accounts:sign_in"))
    assert not real()


def test_looking_at_it_changes_nothing(mod, client_of, offered):
    assert client_of(mod).get(URL).status_code == 405
    assert not real()


def test_the_notice_offers_it_to_those_who_may(mod, eve, client_of, offered):
    assert f'action="{URL}"' in client_of(mod).get("/").content.decode()
    page = client_of(eve).get("/").content.decode()
    assert URL not in page
    assert "Practice server" in page
