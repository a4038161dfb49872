"""How many bytes a request's body may have, by route: checked before it is read (see serve.py)."""

from urllib.parse import unquote

KIB = 1024
MIB = 1024 * KIB

# A message of 1 MB is at most three times that in UTF-8 and three times more again as a form.
ROUTES: tuple[tuple[str, int], ...] = (
    ("/conversations/", 10 * MIB),
    ("/messages/", 10 * MIB),
)
ELSEWHERE = 64 * KIB


def body_limit(target: bytes) -> int:
    """The most bytes that a body for this request target (path and query as sent) may have."""
    path = unquote(target.split(b"?", 1)[0].decode("latin-1"))
    return next((limit for prefix, limit in ROUTES if path.startswith(prefix)), ELSEWHERE)
