"""Files of models on their way through real processes: with little memory, and past a kill."""

import json
import re
from pathlib import Path

import pytest

from tests.instance import SEPARATE, Instance, Process, until
from tests.models_admin.uploads.conftest import GGUF, PRINT, UPLOADS

pytestmark = pytest.mark.processes

SIZE = 200_000_000  # bytes
PIECE = 4 << 20
MOST_GROWTH = 60_000_000  # bytes of memory, for a file of any size
PATIENCE_S = 60.0


def peak(process: Process) -> int:
    """The most memory that a process has had, in bytes, since `forget_peak`."""
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def forget_peak(process: Process) -> int:
    """Its memory of now, from which the next peak counts."""
    Path(f"/proc/{process.process.pid}/clear_refs").write_text("5")
    return peak(process)


def upload(instance: Instance, size: int) -> None:
    """Brings a file of `size` bytes, which are mostly zeros, and has a model made of it."""
    http = instance.visitor("admin").http
    listed = [{"role": "files", "name": "large.gguf", "size": size, "fingerprint": PRINT}]
    form = {"name": "uploaded", "who": "everybody", "listed": json.dumps(listed)}
    there = http.post(UPLOADS, data=form).headers["Location"]
    (url,) = re.findall(r'data-file="([^"]+)"', http.get(there).text)
    at, zeros = 0, bytes(PIECE)
    while at < size:
        piece = GGUF + zeros[len(GGUF) :] if at == 0 else zeros
        piece = piece[: size - at]
        http.patch(url, content=piece, headers={"Upload-Offset": str(at)}).raise_for_status()
        at += len(piece)
    assert http.post(f"{there}creation/").is_redirect


STATE = "SELECT state FROM inference_job WHERE kind = 'create'"


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the peak")
def test_a_large_file_passes_with_little_memory(practice, instance):
    processes = {instance.web, instance.runner()}
    idle = {process: forget_peak(process) for process in processes}
    upload(instance, SIZE)
    until(lambda: instance.one(STATE) == "done", "the model is made", PATIENCE_S)
    for process, before in idle.items():
        assert peak(process) - before < MOST_GROWTH
    assert len(processes) == 1 + SEPARATE
    assert not list((instance.database.folder / "spool").glob("*"))


def test_a_file_goes_on_to_the_server_when_the_worker_was_killed(practice, instance):
    practice.script(faults={"kind": "stall", "path": "/api/blobs", "after_bytes": PIECE})
    upload(instance, 8 * PIECE)  # more than fits into the buffers between them
    until(lambda: blobs(practice, "POST"), "the server takes it")
    instance.kill(instance.runner())
    practice.script(faults=[])
    instance.start()
    until(lambda: instance.one(STATE) == "done", "the model is made", PATIENCE_S)
    assert len(blobs(practice, "POST")) == 2
    assert instance.one("SELECT losses FROM inference_job WHERE kind = 'create'") == 1
    assert "uploaded:latest" in practice.names()
    assert not list((instance.database.folder / "spool").glob("*"))


def blobs(practice, method: str) -> list[dict]:
    """What the server was asked of files."""
    return [
        each
        for each in practice.requests()
        if each["method"] == method and each["path"].startswith("/api/blobs/")
    ]
