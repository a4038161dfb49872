"""The server as a process of its own."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.processes


def practice(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "inference.practice", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    with practice("--port", "0", "--speed", "20", "--load-seconds", "0") as process:
        yield process
        process.kill()


def test_prints_its_address_and_ends_with_sigterm_in_mid_answer(process: subprocess.Popen[str]):
    line = process.stdout.readline()
    url = line.removeprefix("practice server on ").strip()

    body = {"model": "practice", "prompt": "a very long answer"}
    with httpx.stream("POST", f"{url}/api/generate", json=body, trust_env=False) as answer:
        assert next(answer.iter_raw()).startswith(b'{"model":"practice"')
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)

    assert (process.returncode, errors) == (0, "")


def test_says_that_a_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with practice("--port", port) as process:
            _, errors = process.communicate(timeout=10)

    assert process.returncode == 1
    assert errors.startswith(f"cannot listen on 127.0.0.1:{port}: ")
