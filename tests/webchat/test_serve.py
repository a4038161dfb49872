"""webchat/serve.py as a real process over real sockets, measured where Daphne by itself fails."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
FORM = "application/x-www-form-urlencoded"
MUCH = 40  # MB that a reader who never reads, or a large body, may cost
DEADLINE_S = 20


class Process:
    """The small application of serve_app.py, and what it says on its standard output."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.webchat.serve_app", *arguments],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def hear(self, word: str) -> dict:
        """Reads on until it says the word."""
        for line in self.process.stdout:
            said = json.loads(line)
            if said["word"] == word:
                return said
        pytest.fail(f"it ended without saying {word!r}: {self.process.stderr.read()}")

    def listening(self) -> "Process":
        self.port = self.hear("listening")["port"]
        return self

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_S)

    def ask(self, request: bytes) -> bytes:
        """Sends raw bytes and reads to the end of the connection."""
        with self.connect() as connection:
            connection.sendall(request)
            return read_all(connection)

    def refuses(self, request: bytes) -> bool:
        """Whether the answer to these raw bytes is one 413 and nothing else (it closes later)."""
        with self.connect() as connection:
            connection.sendall(request)
            answer = connection.recv(1000)
        return answer.startswith(b"HTTP/1.1 413 ") and answer.count(b"HTTP/1.1") == 1

    def memory(self) -> int:
        statm = Path(f"/proc/{self.process.pid}/statm").read_text()
        return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000

    def most_memory(self) -> int:
        """That it ever had."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1000

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def read_all(connection: socket.socket) -> bytes:
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


@contextmanager
def running(*arguments: str, **variables: str) -> Iterator[Process]:
    process = Process(*arguments, **variables)
    try:
        yield process.listening()
    finally:
        process.end()


@pytest.fixture
def server() -> Iterator[Process]:
    with running() as process:
        yield process


@pytest.fixture(scope="module")
def shared() -> Iterator[Process]:
    with running() as process:
        yield process


def settled(server: Process) -> int:
    """The memory once the sender has come to rest: nothing more is said for half a second."""
    os.set_blocking(server.process.stdout.fileno(), False)
    quiet_since, until = time.monotonic(), time.monotonic() + DEADLINE_S
    while time.monotonic() - quiet_since < 0.5 and time.monotonic() < until:
        if server.process.stdout.readline():
            quiet_since = time.monotonic()
    return server.memory()


def test_a_reader_that_never_reads_costs_little_memory(server):
    before = server.memory()
    with server.connect() as connection:
        connection.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        assert settled(server) - before < MUCH


def test_a_socket_that_never_reads_costs_little_memory(server):
    before = server.memory()
    with connect(
        f"ws://127.0.0.1:{server.port}/flood", max_queue=1, max_size=None, close_timeout=0.1
    ):
        assert settled(server) - before < MUCH


def test_what_is_pushed_arrives_whole_and_in_order_and_waits_for_its_reader(server):
    with connect(f"ws://127.0.0.1:{server.port}/push", max_queue=1, max_size=None) as connection:
        said = server.hear("pushed")
        assert (said["early"], said["taken"]) == (False, [True] * 2)
        full = server.hear("full")
        assert full["pieces"] < 1000
        came = [connection.recv(DEADLINE_S) for _ in range(5 + full["pieces"])]
    assert came[:4] == ["first", "a", "ä" * 200, "x" * 64_000]
    assert set(came[4:-1]) <= {"x" * 64 * 1024}
    assert came[-1] == "last"


def test_a_reader_that_takes_nothing_is_dropped():
    with running(STUCK_S="0.2") as server, server.connect() as connection:
        connection.sendall(b"GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        settled(server)
        taken = read_all(connection)  # what was under way, then the end
        assert len(taken) < 150_000_000


def test_a_reader_that_reads_gets_everything(shared):
    answer = shared.ask(b"GET /all HTTP/1.0\r\nHost: x\r\n\r\n")
    assert answer.count(b"x") >= 3200 * 64 * 1024


def test_a_large_body_is_not_held_in_memory(server):
    before, size = server.memory(), 300_000_000
    with server.connect() as connection:
        connection.sendall(
            b"POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            % size
        )
        piece = b"y" * 1_000_000
        for _ in range(size // len(piece)):
            connection.sendall(piece)
        seen = json.loads(read_all(connection).split(b"\r\n\r\n", 1)[1])
    assert seen["size"] == size
    assert seen["memory"] - before < MUCH


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", FORM])
def test_a_large_form_is_left_to_the_application(server, kind):
    parts = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n%s\r\n--x--\r\n"
    content = (b"a=1&" * 5_000_000) if kind == FORM else parts % (b"y" * 20_000_000)
    before = server.memory()
    seen = server.ask(
        b"POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: %s\r\n"
        b"Content-Length: %d\r\n\r\n" % (kind.encode(), len(content)) + content
    )
    assert b'"size": %d' % len(content) in seen
    assert server.most_memory() - before < MUCH


def test_a_chunked_body_arrives_whole(shared):
    answer = shared.ask(
        b"POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    )
    assert b'"size": 11' in answer


def test_a_body_over_its_routes_limit_is_refused_before_it_is_sent(shared):
    assert shared.refuses(b"POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")


def test_the_refusal_is_worded_after_the_requests_headers(shared):
    with shared.connect() as connection:
        connection.sendall(
            b"POST /small HTTP/1.1\r\nHost: x\r\nWho: Ann\r\nContent-Length: 1001\r\n\r\n"
        )
        head, _, words = connection.recv(1000).partition(b"\r\n\r\n")
    assert b"\r\nX-Why: size" in head
    assert words == b"Too much, Ann."


def test_the_refusal_can_be_read_by_one_who_is_still_sending(shared):
    with shared.connect() as connection:
        connection.sendall(b"POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n")
        for _ in range(50):
            connection.sendall(b"z" * 100_000)
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_small_body_over_the_limit_never_reaches_the_application(shared):
    body = b"z" * 1001
    assert shared.refuses(
        b"POST /small?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )


def test_a_chunked_body_over_the_limit_is_refused(shared):
    assert shared.refuses(
        b"POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"400\r\n" + b"z" * 1024 + b"\r\n0\r\n\r\n"
    )


def test_the_application_hears_that_the_client_left(server):
    with server.connect() as connection:
        connection.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
    server.hear("gone")


def test_a_client_that_floods_a_socket_loses_it(shared):
    def flood() -> None:
        for _ in range(100_000):
            client.send("hello")

    with (
        connect(f"ws://127.0.0.1:{shared.port}/deaf", compression=None) as client,
        pytest.raises(ConnectionClosed),
    ):
        flood()


@pytest.mark.parametrize("code", [1000, 1008, 1012, 1013, 4401])
def test_a_socket_is_closed_with_the_code_that_the_application_gives(shared, code):
    with (
        connect(f"ws://127.0.0.1:{shared.port}/close/{code}") as client,
        pytest.raises(ConnectionClosed) as closed,
    ):
        client.recv(DEADLINE_S)
    assert closed.value.rcvd.code == code


def test_sigterm_saves_first_and_lets_a_request_finish(server):
    with server.connect() as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        server.hear("slow began")
        server.process.send_signal(signal.SIGTERM)
        server.hear("saved")
        assert connection.recv(1000).endswith(b"finished")
    assert server.process.wait(DEADLINE_S) == 0


def test_sigterm_tells_sockets_to_come_back(server):
    with connect(f"ws://127.0.0.1:{server.port}/") as client:
        server.hear("open")
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=DEADLINE_S)
    assert closed.value.rcvd.code == 1012


def test_sigterm_ends_it_although_a_request_is_half_received(server):
    with server.connect() as connection:
        connection.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        server.hear("started")
        server.process.send_signal(signal.SIGTERM)
        server.hear("saved")
        assert server.process.wait(DEADLINE_S) == 0


def test_a_taken_port_is_an_error_of_its_own():
    with socket.create_server(("127.0.0.1", 0)) as other:
        process = Process(str(other.getsockname()[1]))
        _, words = process.process.communicate(timeout=DEADLINE_S)
    assert process.process.returncode == 1
    assert "CannotListenError" in words


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /scope HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /scope HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"GET /scope HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n",
        b"GET /scope HTTP/1.1\r\nHost: x\r\nX(A): b\r\n\r\n",
        b"GET /scope HTTP/1.1\r\nHost: x\r\nX-A: b\x0bc\r\n\r\n",
        b"GET /scope HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
    ],
)
def test_refuses_headers_that_two_servers_could_read_differently(shared, request_bytes):
    answer = shared.ask(request_bytes.replace(b"Host: x", b"Host: x\r\nConnection: close"))
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1


def test_headers_with_underscores_and_a_root_path_never_arrive(shared):
    answer = shared.ask(
        b"GET /scope HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX_Real_IP: 1.2.3.4\r\n"
        b"Daphne-Root-Path: /scope\r\n\r\n"
    )
    seen = json.loads(answer.split(b"\r\n\r\n", 1)[1])
    assert seen["root_path"] == ""
    assert {name for name, _ in seen["headers"]} == {"host", "connection"}


def test_does_not_say_which_server_it_is(shared):
    assert b"server:" not in shared.ask(b"GET /memory HTTP/1.0\r\nHost: x\r\n\r\n").lower()
