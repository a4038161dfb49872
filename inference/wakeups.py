"""Hints between the parts of the system: "look again" to a worker, ready text to open pages.

A hint may be lost, doubled or late, and nothing may depend on it: the database is the truth,
workers poll and pages catch up. So nothing here raises, and a channel layer that fails or hangs is
left alone for a while.
"""

import asyncio
import contextvars
import json
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

log = logging.getLogger(__name__)

WORKERS = "workers"
MODELS = "models"  # the group of the pages that show jobs on models
# Seconds that one send may take, and that a layer which failed is not tried again.
SEND_TIMEOUT = 2.0
PAUSE_AFTER_FAILURE = 1.0

_listeners: "set[Listener]" = set()
_listeners_lock = threading.Lock()
_tasks: set[asyncio.Task[None]] = set()
_paused_until = 0.0


@dataclass(frozen=True, eq=False)
class Listener:
    """A worker in this process: its loop, and what to call there when it should look again."""

    loop: asyncio.AbstractEventLoop
    wake: Callable[[], None]


def listen(wake: Callable[[], None]) -> Listener:
    """Calls `wake` in the running loop at each wake_worker() of this process, until ignore()."""
    listener = Listener(asyncio.get_running_loop(), wake)
    with _listeners_lock:
        _listeners.add(listener)
    return listener


def ignore(listener: Listener) -> None:
    """Ends what listen() began."""
    with _listeners_lock:
        _listeners.discard(listener)


def audience_group(audience: UUID) -> str:
    """The group of the pages that show one audience's runs (a conversation's, for chat)."""
    return f"audience.{audience.hex}"


def wake_worker() -> None:
    """Tells the workers that there is something to claim or to stop; from any thread, at once.

    The one in this process is woken directly, those in others by a hint over the layer.
    """
    with _listeners_lock:
        listeners = list(_listeners)
    for listener in listeners:
        _call_in(listener.loop, listener.wake)
    if _layer_is_shared():
        _send_from_anywhere(WORKERS, {"type": "wake"})


def tell_of_jobs(*, figures_only: bool = False) -> None:
    """Tells the pages that show jobs to look again; from sync or async code.

    `figures_only` says that the same jobs are there, in the same states.
    """
    _send_from_anywhere(MODELS, {"type": "jobs.changed", "figures_only": figures_only})


def show(group: str, payload: dict[str, Any] | str) -> None:
    """Sends ready text (or a dict, as JSON) to the sockets of a group; from sync or async code."""
    _send_from_anywhere(group, {"type": "show", "text": _text(payload)})


async def ashow(group: str, payload: dict[str, Any] | str) -> None:
    """The same from async code, which waits until the layer has it (at most SEND_TIMEOUT)."""
    await _send(group, {"type": "show", "text": _text(payload)})


async def worker_hints(wake: Callable[[], None]) -> None:
    """Calls `wake` for each hint of another process, until cancelled.

    Returns at once where the layer is not shared with other processes.
    """
    if not _layer_is_shared():
        return
    layer = get_channel_layer()
    wait = 1.0
    while True:
        try:
            channel = await layer.new_channel()
            await layer.group_add(WORKERS, channel)
            while True:
                await layer.receive(channel)
                wait = 1.0
                wake()
        except Exception as error:
            log.warning("no hints to the worker for %.0f s: %s", wait, error)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 30.0)


def _text(payload: dict[str, Any] | str) -> str:
    return payload if isinstance(payload, str) else json.dumps(payload, separators=(",", ":"))


def _layer_is_shared() -> bool:
    layer = get_channel_layer()
    return layer is not None and not isinstance(layer, InMemoryChannelLayer)


async def _send(group: str, event: dict[str, Any]) -> None:
    global _paused_until
    if time.monotonic() < _paused_until:
        return
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        if isinstance(layer, InMemoryChannelLayer):  # never waits: spare it the timer
            await layer.group_send(group, event)
        else:
            async with asyncio.timeout(SEND_TIMEOUT):
                await layer.group_send(group, event)
    except Exception as error:
        _paused_until = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("a hint to %s was lost: %s", group, error or type(error).__name__)


def _send_from_anywhere(group: str, event: dict[str, Any]) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        _keep(_send(group, event))
        return
    # A worker in this process shares its loop with the sockets: no need to wait for the layer.
    with _listeners_lock:
        loops = [listener.loop for listener in _listeners]
    if loops and _call_in(loops[0], lambda: _keep(_send(group, event))):
        return
    try:
        async_to_sync(_send)(group, event)
    except RuntimeError as error:  # the server's loop is closing
        log.warning("a hint to %s was lost: %s", group, error)


def _keep(coroutine: Coroutine[Any, Any, None]) -> None:
    # A task nobody refers to may be collected; an empty context keeps a request's variables out.
    task = asyncio.get_running_loop().create_task(coroutine, context=contextvars.Context())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


def _call_in(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> bool:
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:  # closed
        return False
    return True
