"""What a first visit costs: bytes over the wire and requests, as a browser that takes gzip."""

import re
import time
import urllib.request
from dataclasses import dataclass
from gzip import decompress

from bench.processes import Webchat


@dataclass
class Page:
    name: str
    kilobytes: float
    requests: int
    ms: float


def fetch(server: Webchat, path: str, cookies: str) -> tuple[int, str, float]:
    """Bytes of head and body as sent, the text, and the milliseconds it took."""
    headers = {"Cookie": cookies, "Accept-Encoding": "gzip"}
    request = urllib.request.Request(server.url + path, headers=headers)
    began = time.monotonic()
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
        took = (time.monotonic() - began) * 1000
        head = len(str(answer.headers).encode())
        zipped = answer.headers.get("Content-Encoding") == "gzip"
    text = (decompress(body) if zipped else body).decode("utf-8", "replace")
    return head + len(body), text, took


def weigh(server: Webchat) -> list[Page]:
    """The empty chat page and one with 30 messages of 2 kB, with all that they load."""
    pages = []
    for name, path, reader in (
        ("empty page", "/", server.readers[0]),
        (
            "30 messages of 2 kB",
            f"/conversations/{server.long_page['conversation']}/",
            server.long_page,
        ),
    ):
        size, text, ms = fetch(server, path, reader["cookies"])
        assets = sorted(set(re.findall(r'(?:href|src)="(/static/[^"#]+)"', text)))
        size += sum(fetch(server, asset, reader["cookies"])[0] for asset in assets)
        pages.append(Page(name, size / 1000, 1 + len(assets), ms))
    return pages
