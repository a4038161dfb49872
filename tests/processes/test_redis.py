"""Redis goes in the middle of an answer and comes back: no more than hints is lost."""

import shutil
import socket
import subprocess
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.instance import READY_S, Instance, until

PROGRAM = shutil.which("redis-server")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(PROGRAM is None, reason="needs a Redis that can be killed"),
]

MODEL = "practice:latest"
WORDS = [f"word{n} " for n in range(60)]
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}
TRY_AGAIN = 1013


class Redis:
    """A Redis of its own, on a port that it has again when it comes back."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [str(PROGRAM), *options, "--dir", self._folder], stdout=subprocess.DEVNULL
        )
        until(self._listens, "Redis listens")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0


@pytest.fixture
def redis(tmp_path) -> Iterator[Redis]:
    server = Redis(str(tmp_path))
    yield server
    server.kill()


def listen(instance: Instance, path: str) -> ClientConnection:
    """The socket of Ann's page."""
    people = instance.people
    return connect(
        f"{instance.url.replace('http', 'ws')}/ws{path}",
        origin=instance.url,
        additional_headers={"Cookie": f"{people['session_cookie']}={people['sessions']['ann']}"},
        proxy=None,
    )


def hear(page: ClientConnection, kind: str) -> None:
    while f'"kind":"{kind}"' not in str(page.recv(READY_S)).replace('": "', '":"'):
        pass


def test_an_answer_goes_on_while_redis_is_away_and_pages_come_back(practice, new_instance, redis):
    instance = new_instance(WEBCHAT_REDIS_URL=redis.url)
    ann = instance.visitor("ann")
    practice.script(answer=WORDS, faults=WAITS)
    path = ann.ask("Count, please.", MODEL)
    with listen(instance, path) as page:
        hear(page, "thread")
        redis.kill()
        with pytest.raises(ConnectionClosed) as closed:
            hear(page, "nothing")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == TRY_AGAIN  # the page says so, and asks by HTTP until then
    with pytest.raises(InvalidStatus), listen(instance, path):
        pass
    practice.release()
    until(lambda: "word59" in ann.http.get(f"{path}messages/").text, "the page shows all of it")

    redis.start()
    with listen(instance, path) as page:
        hear(page, "thread")
        practice.script(answer=WORDS * 4, faults=[], speed=20)  # hints pause for a second
        form = {"text": "Are you there?", "model": MODEL}
        ann.http.post(f"{path}messages/", data=form).raise_for_status()
        hear(page, "live")
