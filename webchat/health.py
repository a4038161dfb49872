"""Whether the process lives, and whether people can use the chat; without addresses or versions."""

import logging
from typing import Literal

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from inference import status as inference_status

log = logging.getLogger(__name__)

Database = Literal["ok", "unreachable", "migrations missing"]

_last_said = ""  # what the log was last told of who cannot use the chat
_migrated = False  # stays true once seen: code and migrations change only with a new process


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when people can use the chat, `degraded` where a server does not answer; else 503.

    `{"status": "ready|degraded|unavailable", "database": …, "worker": …, "servers": ["ok", …]}`
    """
    database = _database()
    worker, servers = "unknown", []
    if database == "ok":
        try:
            worker = "ok" if inference_status.worker_alive(timezone.now()) else "none"
            states = inference_status.servers()
            servers = ["ok" if state.answers else "unreachable" for state in states]
        except Error:
            log.exception("Could not read the state of the worker")
            database = "unreachable"
    usable = database == "ok" and worker == "ok"
    whole = servers and all(state == "ok" for state in servers)
    status = ("ready" if whole else "degraded") if usable else "unavailable"
    _say("" if usable else f"database {database}, worker {worker}")
    response = JsonResponse(
        {"status": status, "database": database, "worker": worker, "servers": servers},
        status=200 if usable else 503,
    )
    # Else Django writes a line for every 503, and whoever watches asks every few seconds.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _say(why: str) -> None:
    """Tells the log when people cannot use the chat, and when they can again: once each."""
    global _last_said
    if why != _last_said:
        _last_said = why
        if why:
            log.warning("People cannot use the chat: %s", why)
        else:
            log.info("People can use the chat again")


def _database() -> Database:
    global _migrated
    try:
        if _migrated:
            connections[DEFAULT_DB_ALIAS].cursor().execute("SELECT 1")
        elif missing_migrations():
            return "migrations missing"
    except Error:
        log.exception("The database does not answer")
        return "unreachable"
    _migrated = True
    return "ok"


def missing_migrations() -> bool:
    """Whether the database lacks a migration of this code."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
