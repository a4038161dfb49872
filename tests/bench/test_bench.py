"""The bench runs, and what it prints is whole: figures are only taken by hand, so this keeps it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import processes

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.processes
def test_two_streams_are_read_whole_and_every_goal_is_judged() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--streams", "2", "--tokens", "20", "--messages", "400"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    loads = re.findall(r"^(\S.*?) +2 +[\d.]+ .* (\d+)$", done.stdout, re.MULTILINE)
    assert loads == [("upstream", "2"), ("plain relay", "2"), ("Webchat", "2")]
    assert "nan" not in done.stdout
    assert len(re.findall(r" (?:met|missed)$", done.stdout, re.MULTILINE)) == 12


def test_what_is_set_here_is_not_what_is_measured(monkeypatch):
    monkeypatch.setenv("WEBCHAT_WORKER", "separate")
    monkeypatch.setenv("OLLAMA_HOST", "gpu.lan")
    monkeypatch.setenv("KEPT", "yes")
    found = processes.environment(WEBCHAT_PORT="0")
    ours = {name: value for name, value in found.items() if name.startswith("WEBCHAT_")}
    assert ours == {"WEBCHAT_ENV_FILE": "", "WEBCHAT_PORT": "0"}
    assert "OLLAMA_HOST" not in found
    assert found["KEPT"] == "yes"


def test_a_server_that_ends_before_it_is_ready_is_an_error():
    with (
        pytest.raises(RuntimeError, match="ended before it was ready"),
        processes.Upstream(50.0, "no number"),
    ):
        pass
