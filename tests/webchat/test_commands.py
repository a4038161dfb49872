"""The real commands, in processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


def environment(folder: Path, **variables: str) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("WEBCHAT_")},
        "WEBCHAT_DATA_DIR": str(folder),
        "WEBCHAT_ENV_FILE": "",
        "WEBCHAT_OLLAMA_URL": "http://127.0.0.1:9",
        "PYTHONUNBUFFERED": "1",
        **variables,
    }


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(folder, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def assert_one_sentence(process: subprocess.CompletedProcess[str], *words: str) -> None:
    assert process.returncode == 1
    assert process.stdout == ""
    assert process.stderr.count("\n") == 1
    for word in words:
        assert word in process.stderr


@pytest.mark.parametrize("command", [("-m", "webchat", "serve"), ("manage.py", "check")])
def test_a_wrong_setting_ends_a_command_with_one_sentence(tmp_path, command):
    ended = run(tmp_path, *command, WEBCHAT_PORT="eighty")
    assert_one_sentence(ended, "WEBCHAT_PORT=eighty", "a whole number from 0 to 65535")


def test_a_taken_port_ends_the_start_with_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = run(tmp_path, "-m", "webchat", "serve", WEBCHAT_PORT=str(port))
    assert_one_sentence(ended, f"Port {port} on 127.0.0.1 is taken", "WEBCHAT_PORT=")
    assert not (tmp_path / "webchat.sqlite3").exists()


def test_an_address_of_another_machine_ends_the_start(tmp_path):
    ended = run(tmp_path, "-m", "webchat", "serve", WEBCHAT_HOST="192.0.2.1")
    assert_one_sentence(ended, "WEBCHAT_HOST=192.0.2.1 is not an address of this machine")


def test_a_database_without_tables_ends_the_start_unless_told_to_make_them(tmp_path):
    ended = run(tmp_path, "-m", "webchat", "serve", WEBCHAT_PORT="0")
    assert_one_sentence(ended, "webchat migrate")


def test_a_database_that_does_not_answer_ends_the_start(tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, but nobody listens
        url = f"postgresql://ann:hunter2@127.0.0.1:{nobody.getsockname()[1]}/chat"
        ended = run(tmp_path, "-m", "webchat", "serve", WEBCHAT_PORT="0", WEBCHAT_DATABASE_URL=url)
    assert_one_sentence(ended, "WEBCHAT_DATABASE_URL")
    assert "hunter2" not in ended.stderr


def test_a_worker_alone_needs_to_be_separate(tmp_path):
    assert_one_sentence(run(tmp_path, "-m", "webchat", "worker"), "WEBCHAT_WORKER=separate")


class Served:
    """`webchat serve --migrate` on a free port, with the lines that it has printed."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webchat", "serve", "--migrate"],
            cwd=ROOT,
            env=environment(folder, WEBCHAT_PORT="0", **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        # Ends the reading below, should the process hang.
        self.deadline = threading.Timer(PATIENCE_S, self.process.kill)
        self.deadline.start()

    def line(self, word: str) -> str:
        """The first line with the word in it."""
        assert self.process.stdout is not None
        for line in self.lines:
            if word in line:
                return line
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if word in line:
                return line.strip()
        raise AssertionError(f"No line with {word!r} in {self.lines}")

    def end(self) -> int:
        """Ends it as a service manager does, and returns its exit code."""
        assert self.process.stdout is not None
        self.process.send_signal(signal.SIGTERM)
        if not self.process.stdout.closed:
            self.lines += self.process.stdout
            self.process.stdout.close()
        self.deadline.cancel()
        return self.process.wait()


@pytest.fixture
def served(tmp_path):
    server = Served(tmp_path)
    yield server
    server.end()


def get(url: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.processes
def test_the_first_start_says_where_it_is_and_what_to_do(served):
    url = served.line("Webchat is on http://127.0.0.1:").split()[-1]
    assert get(f"{url}/healthz") == (200, "ok\n")
    set_up = served.line("/set-up/")
    assert set_up.startswith(url)
    assert get(set_up)[0] == 200
    assert "127.0.0.1:9" in served.line("127.0.0.1:9")  # which Ollama there is, or is not
    assert get(f"{url}/readyz")[0] == 200
    assert get(f"{url}/ws/")[0] == 426
    # Daphne alone would serve /healthz here.
    assert get(f"{url}/x/healthz", **{"Daphne-Root-Path": "/x"})[0] == 404
    assert served.end() == 0


@pytest.mark.processes
def test_the_first_administrator_may_come_from_the_settings(tmp_path):
    server = Served(
        tmp_path, WEBCHAT_ADMIN_USERNAME="ann", WEBCHAT_ADMIN_PASSWORD="a long pass phrase"
    )
    server.line("sign in")
    assert server.end() == 0
    assert not any("/set-up/" in line for line in server.lines)
