"""Files of models pass through with little memory, however large they are."""

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


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the peak")
def test_a_large_file_passes_with_little_memory(practice, instance):
    processes = {instance.web, instance.runner()}
    idle = {process: forget_peak(process) for process in processes}
    upload(instance, SIZE)
    state = "SELECT state FROM inference_job WHERE kind = 'create'"
    until(lambda: instance.one(state) == "done", "the model is made", PATIENCE_S)
    for process, before in idle.items():
        assert peak(process) - before < MOST_GROWTH
    assert len(processes) == 1 + SEPARATE
    assert not list((instance.database.folder / "spool").glob("*"))
