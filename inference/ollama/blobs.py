"""What is uploaded to Ollama: files of models, each under the digest of its bytes."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from .errors import BlobMissing, OllamaError
from .exchange import Reading
from .job_refusals import job_refusal

LARGEST_PART = 256 * 1024  # bytes that are written at once

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _refusal_of_asking(status: int, body: bytes) -> OllamaError:
    return BlobMissing() if status == 404 else job_refusal(status, body)


ASKING = Reading(refusal=_refusal_of_asking)
SENDING = Reading(good=(200, 201), refusal=job_refusal)  # 200: it was there already


def blob_path(digest: str) -> str:
    """Raises ValueError for anything but "sha256:" and 64 small hex digits."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"not a digest: {digest[:80]!r}")
    return f"/api/blobs/{digest}"


async def parts(
    chunks: AsyncIterator[bytes], size: int, sent: Callable[[], None]
) -> AsyncGenerator[bytes, None]:
    """The bytes of `chunks`, `size` in all, in parts after each of which `sent` is called.

    Takes a chunk only when the one before it is written, so that memory stays flat, and closes
    `chunks`, if it can be closed, at the end. Raises ValueError for too few bytes or too many.
    """
    left = size
    try:
        async for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                raise ValueError("more bytes than announced")
            for at in range(0, len(chunk), LARGEST_PART):
                yield chunk[at : at + LARGEST_PART]
                sent()
        if left:
            raise ValueError(f"{left} bytes fewer than announced")
    finally:
        if close := getattr(chunks, "aclose", None):
            await close()
