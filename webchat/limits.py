"""How many bytes a request's body may have, by route: checked before it is read (see serve.py)."""

from urllib.parse import unquote

KIB = 1024
MIB = 1024 * KIB

# An attached file has at most 25 MB. Without JavaScript it comes along with its message, which has
# 1 MB, or three times that as a form.
WITH_A_FILE = 26 * MIB
WITH_A_TEXT = 4 * MIB
ROUTES: tuple[tuple[str, int], ...] = (
    ("/attachments/", WITH_A_FILE),
    ("/conversations/", WITH_A_FILE),
    ("/messages/", WITH_A_FILE),
    ("/data/imports/", 50 * MIB),
    ("/prompts/", WITH_A_TEXT),  # what is filled in may be a whole message
    ("/summaries/", WITH_A_TEXT),
    ("/models/create/", 10 * MIB),  # a template, a licence and a hundred turns, as a form
    ("/models/uploads/", 10 * MIB),  # the same, or a piece of a file
)
ELSEWHERE = 64 * KIB


def body_limit(target: bytes) -> int:
    """The most bytes that a body for this request target (path and query as sent) may have."""
    path = unquote(target.split(b"?", 1)[0].decode("latin-1"))
    return next((limit for prefix, limit in ROUTES if path.startswith(prefix)), ELSEWHERE)
