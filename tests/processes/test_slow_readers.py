"""A page that never reads its socket while a long answer is written."""

import os
import socket
import struct
from pathlib import Path
from secrets import token_bytes

import pytest

from tests.instance import Instance, until

pytestmark = pytest.mark.processes

MODEL = "practice:latest"
LINES = [f"Line {n} of a long answer, in which nothing needs to be said.\n\n" for n in range(6_000)]
MUCH = 60  # MB that it may cost: the answer itself is a part of that, in the worker


def memory(instance: Instance) -> int:
    """Of the web process, in MB."""
    assert instance.web is not None
    statm = Path(f"/proc/{instance.web.process.pid}/statm").read_text()
    return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def open_and_never_read(instance: Instance, path: str) -> socket.socket:
    """Ann's page, as a browser opens it; with the smallest window that the system gives."""
    host, port = instance.url.removeprefix("http://").split(":")
    page = socket.socket()
    page.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    page.connect((host, int(port)))
    people = instance.people
    headers = [
        f"GET /ws{path} HTTP/1.1",
        f"Host: {host}:{port}",
        f"Origin: {instance.url}",
        f"Cookie: {people['session_cookie']}={people['sessions']['ann']}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {'A' * 22}==",
    ]
    page.sendall("\r\n".join([*headers, "", ""]).encode())
    assert page.recv(12) == b"HTTP/1.1 101"
    return page


def flood(page: socket.socket) -> None:
    """Many masked frames of a word each; raises ConnectionError once the page is dropped."""
    frame = struct.pack("!BB", 0x81, 0x80 | 4) + token_bytes(4) + bytes(4)
    for _ in range(10_000):
        page.sendall(frame * 100)


def test_it_holds_up_nobody_and_costs_little(practice, instance):
    ann = instance.visitor("ann")
    practice.script(answer="Hello!")
    path = ann.ask("Hello?", MODEL)
    until(lambda: "Hello!" in ann.http.get(f"{path}messages/").text, "the answer is there")
    before = memory(instance)
    pages = [open_and_never_read(instance, path) for _ in range(20)]
    practice.script(answer=LINES, speed=3_000)
    form = {"text": "Write at length", "model": MODEL}
    ann.http.post(f"{path}messages/", data=form).raise_for_status()
    until(lambda: "Line 5999" in ann.http.get(f"{path}messages/").text, "the answer is whole")
    assert memory(instance) - before < MUCH
    with pytest.raises(ConnectionError):
        flood(pages[0])
    assert ann.http.get(path).is_success
    for page in pages:
        page.close()
