"""What a file for a model costs on its whole way: from a browser to Webchat, and on to the server.

`python -m bench.uploads [bytes]` brings a file of 5 GB in pieces, cuts the connection in the middle
of one and goes on, has a model made of it, and prints the time and the memory of Webchat's process
(web and worker, SQLite) over that of idling. It needs as much room below the temporary folder.
"""

import http.client
import json
import re
import sqlite3
import struct
import sys
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.jobs import Models
from bench.processes import Webchat

SIZE = 5_000_000_000
PIECE = 4 << 20
MOST_MB = 60.0  # the goal, for a file of any size
UPLOADS = "/models/uploads/"
HEADER = b"GGUF" + struct.pack("<IQQ", 3, 0, 0)
PATIENCE_S = 3600.0


class Browser:
    """A manager's, which sends what the page's module sends."""

    def __init__(self, server: Webchat) -> None:
        self._host = urlsplit(server.url).netloc
        reader = server.readers[0]
        self._headers = {
            "Cookie": reader["cookies"],
            "Origin": server.url,
            "X-CSRFToken": reader["csrf"],
        }
        self._connection = http.client.HTTPConnection(self._host)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[str, str]:
        """The body and where the answer leads. Raises ConnectionError for a refusal."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, self._headers | named)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 400:
            raise ConnectionError(f"{method} {path}: {answer.status} {text[:300]}")
        return text, answer.headers.get("Location", "")

    def post(self, path: str, **form: str) -> str:
        """Where the answer to a form leads."""
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urlencode(form).encode(), Content_Type=kind)[1]

    def cut(self, path: str, offset: int) -> None:
        """Begins to send a piece, and breaks off in its middle."""
        connection = http.client.HTTPConnection(self._host)
        connection.putrequest("PATCH", path)
        for name, value in self._headers.items():
            connection.putheader(name, value)
        connection.putheader("Upload-Offset", str(offset))
        connection.putheader("Content-Length", str(PIECE))
        connection.endheaders(bytes(PIECE // 2))
        connection.close()


def bring(browser: Browser, size: int) -> str:
    """Sends a file of zeros in pieces, cut off once; the address of its upload."""
    listed = [{"role": "files", "name": "large.gguf", "size": size, "fingerprint": "0"}]
    form = {"name": "large", "who": "everybody", "listed": json.dumps(listed)}
    there = browser.post(UPLOADS, **form)
    file = _found(r'data-file="([^"]+)"', browser.ask("GET", there)[0])
    at, is_cut, zeros = 0, False, bytes(PIECE)
    while at < size:
        if at > size / 2 and not is_cut:
            is_cut = True
            browser.cut(file, at)
            at = int(_found(r'data-offset="(\d+)"', browser.ask("GET", there)[0]))
        piece = (zeros if at else HEADER + zeros[len(HEADER) :])[: size - at]
        browser.ask("PATCH", file, piece, Upload_Offset=str(at))
        at += len(piece)
    return there


def made(server: Webchat, job: str) -> None:
    """Waits for the end of the job that sends the file on. Raises RuntimeError for a bad one."""
    deadline = time.monotonic() + PATIENCE_S
    state = "queued"
    while state in ("queued", "running") and time.monotonic() < deadline:
        time.sleep(0.2)
        with sqlite3.connect(server.folder / "webchat.sqlite3") as database:
            sql = "SELECT state FROM inference_job WHERE id = ?"
            (state,) = database.execute(sql, [job]).fetchone()
        database.close()
    if state != "done":
        raise RuntimeError(f"the job is {state}")


def run(server: Webchat, size: int) -> None:
    with sqlite3.connect(server.folder / "webchat.sqlite3") as database:
        database.execute("UPDATE accounts_person SET role = 'administrator'")
    database.close()
    browser = Browser(server)
    browser.ask("GET", UPLOADS)  # what a first page loads is not the upload's
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # forgets the peak
    idle = server.memory("VmRSS")
    began = time.monotonic()
    there = bring(browser, size)
    here, peak = time.monotonic(), server.peak_memory()
    _tell("to Webchat", size, here - began, peak - idle)
    job = browser.post(f"{there}creation/").rstrip("/").rpartition("/")[2]
    made(server, job.replace("-", ""))
    _tell("and to the server", size, time.monotonic() - here, server.peak_memory() - idle)
    print(f"idle: {idle:.0f} MB; goal: at most {MOST_MB:.0f} MB more")


def _tell(what: str, size: int, seconds: float, growth: float) -> None:
    speed = size / seconds / 1e6
    print(f"{what}: {seconds:.0f} s, {speed:.0f} MB/s, {growth:.0f} MB more at its highest")


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise LookupError(pattern)
    return found[1]


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with Models() as models, Webchat(models.url, 1) as server:
        run(server, size)


if __name__ == "__main__":
    main()
