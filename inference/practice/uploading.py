"""/api/blobs: files that are uploaded for a create."""

import re
from typing import TYPE_CHECKING

from .blobs import Blob
from .body import HungUp
from .exchange import Exchange
from .outcome import Failure
from .progress import no_space
from .script import Kind

if TYPE_CHECKING:
    from .server import PracticeServer

DIGEST = re.compile(r"sha256[:-][0-9a-fA-F]{64}")


def checked(digest: str, *, at_work: bool = False) -> str:
    if not DIGEST.fullmatch(digest):
        raise Failure(400, "invalid digest format", at_work=at_work)
    return digest


async def look(server: "PracticeServer", exchange: Exchange) -> None:
    digest = checked(exchange.request.path.rpartition("/")[2])
    if not server.blobs.has(digest):
        raise Failure(404, f'blob "{digest}" not found')
    exchange.bare(200)


async def take(server: "PracticeServer", exchange: Exchange) -> None:
    """Answers at once, without reading, where the file is there already."""
    digest = checked(exchange.request.path.rpartition("/")[2])
    if server.blobs.has(digest):
        exchange.empty(200)
        return
    await _receive(exchange)
    upload = exchange.request.upload
    assert upload is not None  # noqa: S101 - a POST to this path has one
    # Ollama stores what came under its true name, even where that is not the one it was sent to.
    server.blobs.put(upload.digest, Blob(upload.size, upload.start))
    if upload.digest != digest:
        raise Failure(400, f'digest mismatch, expected "{digest}", got "{upload.digest}"')
    exchange.empty(201)


async def _receive(exchange: Exchange) -> None:
    """Reads all of it, through what the script does after so many bytes."""
    upload = exchange.request.upload
    assert upload is not None  # noqa: S101 - a POST to this path has one
    faults = exchange.struck_by(Kind.CUT, Kind.STALL, Kind.NO_SPACE, Kind.ERROR)
    for fault in sorted(faults, key=lambda each: each.after_bytes or 0):
        await upload.received(fault.after_bytes or 0)
        if fault.kind is Kind.CUT:
            raise HungUp
        if fault.kind is Kind.NO_SPACE:
            raise no_space("")
        if fault.kind is Kind.ERROR:
            exchange.raise_early_faults(after_lines=True)
        upload.pause()
        try:
            await exchange.stall(fault)
        finally:
            upload.resume()
    await upload.received()
