"""Ends open sockets from anywhere: by session, and by person.

What goes over the layer is a hint that may be lost; each socket is checked once a minute besides
(watch.py). So nothing here raises. Call it in `transaction.on_commit`.
"""

import asyncio
import hashlib
import logging
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

SIGNED_OUT = 4401  # a close code after which the page does not come back by itself
SEND_TIMEOUT_S = 2.0


def person_group(person_id: UUID) -> str:
    """The layer's group of all sockets of one person."""
    return f"person.{person_id.hex}"


def session_group(session_key: str) -> str:
    """The layer's group of one session's sockets; does not give the key away."""
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()[:40]}"


def close_sessions(*session_keys: str | None) -> None:
    """Closes the sockets of these sessions, which have ended."""
    for key in filter(None, session_keys):
        _send(session_group(key), {"type": "leave", "code": SIGNED_OUT})


def close_sockets_of(person_id: UUID) -> None:
    """Closes every socket of a person."""
    _send(person_group(person_id), {"type": "leave", "code": SIGNED_OUT})


def move_session(person_id: UUID, old_key: str | None, new_key: str) -> None:
    """Closes a person's sockets, but moves those of the session `old_key` to its new key."""
    if old_key:
        _send(session_group(old_key), {"type": "move", "session_key": new_key})
    keep = [session_group(key) for key in (old_key, new_key) if key]
    _send(person_group(person_id), {"type": "leave", "code": SIGNED_OUT, "keep": keep})


def _send(group: str, event: dict[str, Any]) -> None:
    try:
        async_to_sync(_send_in_time)(group, event)
    except Exception as error:
        log.warning("sockets of %s stay open until the next check: %r", group, error)


async def _send_in_time(group: str, event: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is not None:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await layer.group_send(group, event)
