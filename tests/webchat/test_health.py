import json
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from inference import heartbeats
from inference.models import Server
from webchat import health


@pytest.fixture(autouse=True)
def not_looked_yet(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health, "_last_said", "")


@pytest.fixture
def worker(db):
    heartbeats.beat("worker", timezone.now())


@pytest.fixture
def ollama(db):
    now = timezone.now()
    return Server.objects.create(
        name="gpu.lan",
        url="http://gpu.lan:11434",
        version="0.11.2",
        answered_at=now,
        checked_at=now,
    )


def test_a_process_lives_without_asking_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_with_a_worker_and_a_server_that_answers(client, worker, ollama):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "database": "ok",
        "worker": "ok",
        "servers": ["ok"],
    }


def test_a_server_that_does_not_answer_degrades(client, worker, ollama):
    Server.objects.update(error="connection refused by http://gpu.lan:11434")
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["servers"] == ["unreachable"]


def test_no_server_at_all_degrades(client, worker):
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")


def test_a_server_out_of_use_does_not_count(client, worker, ollama):
    Server.objects.create(name="old", url="http://old", error="gone", enabled=False)
    assert client.get("/readyz").json()["status"] == "ready"


def test_not_ready_without_a_worker(client, ollama):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["worker"] == "none"


def test_not_ready_with_a_worker_that_went_silent(client, ollama):
    heartbeats.beat("worker", timezone.now() - heartbeats.ALIVE - timedelta(seconds=1))
    assert client.get("/readyz").status_code == 503


def test_the_log_hears_once_that_it_is_not_ready_and_once_that_it_is(client, ollama, caplog):
    for _ in range(3):
        assert client.get("/readyz").status_code == 503
    heartbeats.beat("worker", timezone.now())
    for _ in range(2):
        assert client.get("/readyz").status_code == 200
    assert [(record.name, record.message) for record in caplog.records] == [
        ("webchat.health", "People cannot use the chat: database ok, worker none"),
        ("webchat.health", "People can use the chat again"),
    ]


def test_not_ready_while_migrations_are_missing(client, worker, ollama):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "migrations missing"


@pytest.mark.parametrize("seen_before", [False, True])
def test_not_ready_while_the_database_does_not_answer(client, db, monkeypatch, seen_before):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("no route to db.lan:5432")

    monkeypatch.setattr(health, "_migrated", seen_before)
    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"


def test_tells_a_stranger_no_address_and_no_version(client, worker, ollama):
    Server.objects.update(error="connection refused by http://gpu.lan:11434")
    answer = json.dumps(client.get("/readyz").json())
    for secret in ("gpu", "11434", "0.11", "refused"):
        assert secret not in answer


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_is_only_read(client, path):
    assert client.post(path).status_code == 405
