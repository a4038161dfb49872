"""A pytest plugin: whole instances of Webchat as real processes, for browser and kill tests.

With WEBCHAT_DATABASE_URL, WEBCHAT_REDIS_URL and WEBCHAT_WORKER set, as .ci/run does, an instance is
PostgreSQL, Redis and a web and a worker process; else one process and SQLite.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[1]
READY_S = 120.0  # for a start while the machine is busy with other things
LOOK_S = 0.05  # between two looks at something that another process changes
CSRF = "c" * 32
MODEL = "practice:latest"
POSTGRES = os.environ.get("WEBCHAT_DATABASE_URL", "")
SEPARATE = os.environ.get("WEBCHAT_WORKER") == "separate"


def until(seen: Callable[[], Any], what: str, seconds: float = READY_S) -> Any:
    """What `seen` returns, once that is true; fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := seen()):
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds:.0f} s: {what}")
        time.sleep(LOOK_S)  # another process changes it, which nothing here can wait on
    return found


class Database:
    """A database of an instance: a SQLite file, or one on the PostgreSQL server."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name

    @property
    def variables(self) -> dict[str, str]:
        if not POSTGRES:
            return {}
        return {"WEBCHAT_DATABASE_URL": POSTGRES.rsplit("/", 1)[0] + "/" + self.name}

    def copy_to(self, folder: Path, name: str) -> "Database":
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        if POSTGRES:
            self.command(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')
        return Database(folder, name)

    def create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if POSTGRES:
            self.command(f'CREATE DATABASE "{self.name}"')

    def drop(self) -> None:
        if POSTGRES:
            self.command(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    @staticmethod
    def command(sql: str) -> None:
        import psycopg

        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(sql.encode())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query finds, read beside the running instance."""
        if POSTGRES:
            import psycopg

            with psycopg.connect(self.variables["WEBCHAT_DATABASE_URL"]) as connection:
                return connection.execute(sql.encode()).fetchall()
        path = self.folder / "webchat.sqlite3"
        connection = sqlite3.connect(path, timeout=READY_S)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


class Process:
    """One process of an instance, its output kept in a file of the data folder."""

    def __init__(self, arguments: list[str], variables: dict[str, str], log: Path) -> None:
        self.log = log
        self._file = log.open("ab")
        self.begins = self._file.tell()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webchat", *arguments],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=self._file,
        )

    def said(self) -> str:
        return self.log.read_bytes()[self.begins :].decode()

    def hear(self, word: str) -> str:
        """The first line that holds the word, waited for."""

        def line() -> str | None:
            if self.process.poll() is not None and word not in self.said():
                pytest.fail(f"it ended with {self.process.returncode}: {self.said()}")
            return next((each for each in self.said().splitlines() if word in each), None)

        return until(line, f"a line with {word!r} in {self.log}")

    def send(self, what: signal.Signals) -> None:
        self.process.send_signal(what)

    def ended(self, seconds: float = READY_S) -> int:
        return self.process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL, and waits until it is gone."""
        self.process.kill()
        self.process.wait()
        self._file.close()


class Visitor:
    """A signed-in person's browser, as far as HTTP goes."""

    def __init__(self, instance: "Instance", username: str) -> None:
        self.instance = instance
        cookies = {
            instance.people["session_cookie"]: instance.people["sessions"][username],
            instance.people["csrf_cookie"]: CSRF,
        }
        self.http = httpx.Client(
            base_url=instance.url,
            cookies=cookies,
            headers={"X-CSRFToken": CSRF, "HX-Request": "true"},
            trust_env=False,
            timeout=READY_S,
        )

    def ask(self, text: str, model: str) -> str:
        """Begins a conversation; its path, such as /conversations/…/."""
        form = {"text": text, "model": model, "key": str(uuid.uuid4())}
        answer = self.http.post("/conversations/", data=form, headers={"HX-Request": ""})
        answer = answer if answer.is_redirect else answer.raise_for_status()
        return str(httpx.URL(answer.headers.get("HX-Redirect") or answer.headers["Location"]).path)

    def talk(self, *texts: str, path: str = "", model: str = MODEL) -> str:
        """A conversation (that of the path) with these questions more, each answered; its path."""
        for text in texts:
            if path:
                form = {"text": text, "model": model, "key": str(uuid.uuid4())}
                self.http.post(f"{path}messages/", data=form).raise_for_status()
            else:
                path = self.ask(text, model)
            until(self.instance.is_idle, "the answer has ended")
        return path


class Instance:
    """One Webchat with its people ann, bob, eve and admin."""

    def __init__(self, database: Database, people: dict[str, Any], **variables: str) -> None:
        self.database = database
        self.people = people  # what instance_people.py printed
        self.variables = {
            "WEBCHAT_DATA_DIR": str(database.folder),
            "WEBCHAT_PORT": "0",
            "WEBCHAT_ALLOWED_HOSTS": "chat.lan",
            **database.variables,
            **variables,
        }
        self.visitors: list[Visitor] = []
        self.web: Process | None = None
        self.worker: Process | None = None

    def start(self) -> "Instance":
        """Starts what is not running and waits until the pages answer."""
        if self.web is None:
            self.web = Process(["serve"], self.variables, self.database.folder / "web.log")
            line = self.web.hear("http://127.0.0.1:")
            self.url = next(word for word in line.split() if word.startswith("http")).rstrip("/.")
        if SEPARATE and self.worker is None:
            arguments, log = ["worker"], self.database.folder / "worker.log"
            self.worker = Process(arguments, self.variables, log)
        until(lambda: self.ready()["status"] == "ready", "/readyz says ready")
        until(self.models, "the catalogue has been read")
        return self

    def ready(self) -> dict[str, Any]:
        try:
            return dict(httpx.get(f"{self.url}/readyz", trust_env=False).json())
        except httpx.TransportError:
            return {"status": "starting"}

    def models(self) -> list[tuple[Any, ...]]:
        return self.database.rows("SELECT name FROM inference_model WHERE present")

    def is_idle(self) -> bool:
        """Nothing is answered or waited for."""
        return not self.database.rows(
            "SELECT 1 FROM inference_run WHERE status IN ('queued', 'running')"
        )

    def runner(self) -> Process:
        """The process that answers: the worker where there is one of its own."""
        process = self.worker if SEPARATE else self.web
        assert process is not None
        return process

    def kill(self, process: Process) -> None:
        """SIGKILL to the web process or the worker."""
        process.kill()
        self.forget(process)

    def forget(self, process: Process) -> None:
        if process is self.web:
            self.web = None
        else:
            self.worker = None

    def stop(self) -> None:
        for process in (self.worker, self.web):
            if process is not None:
                process.kill()
        self.web = self.worker = None
        for visitor in self.visitors:
            visitor.http.close()

    def visitor(self, username: str) -> Visitor:
        self.visitors.append(Visitor(self, username))
        return self.visitors[-1]

    def one(self, sql: str) -> Any:
        """The only column of the only row that a query finds."""
        ((value,),) = self.database.rows(sql)
        return value


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, dict[str, Any]]]:
    """A database with tables and people, made once and copied for each instance."""
    folder = tmp_path_factory.mktemp("made")
    database = Database(folder, f"made_{uuid.uuid4().hex}")
    database.create()
    done = subprocess.run(
        [sys.executable, "-m", "tests.instance_people", "--people"],
        cwd=ROOT,
        env={**os.environ, "WEBCHAT_DATA_DIR": str(folder), **database.variables},
        stdout=subprocess.PIPE,
        check=True,
    )
    yield database, json.loads(done.stdout)
    database.drop()


@pytest.fixture
def new_instance(
    _made: tuple[Database, dict[str, Any]], tmp_path: Path, practice: Any
) -> Iterator[Callable[..., Instance]]:
    """A function: a started instance in front of the practice server, with the variables given."""
    instances: list[Instance] = []

    def make(**variables: str) -> Instance:
        made, people = _made
        name = f"instance_{uuid.uuid4().hex}"
        database = made.copy_to(tmp_path / name, name)
        instance = Instance(database, people, **{"WEBCHAT_OLLAMA_URL": practice.url, **variables})
        instances.append(instance)
        return instance.start()

    yield make
    for instance in instances:
        instance.stop()
        instance.database.drop()


@pytest.fixture
def instance(new_instance: Callable[..., Instance]) -> Instance:
    """An instance of its own for the test."""
    return new_instance()
