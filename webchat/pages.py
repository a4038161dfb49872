"""Django's pages, each answered in one go in one thread of a small pool.

Django's own handler makes a thread for each request and hops between it and the loop for every
middleware and signal. Our views are short and sync, so one hop is enough. Measured, Daphne on 2
cores: GET /healthz 3.8 ms of processor time before, 0.9 ms now; of 50 at once, half within 206 ms
before, 29 ms now. A burst queues here instead of piling up threads and database connections.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import request_started
from django.urls import set_script_prefix

# Views work rather than wait, and one works at a time in Python: with more threads each is slower,
# and the loop waits for all of them. Measured, 50 questions within a second, SQLite: half of them
# had their first token after 300 ms with 12 threads, after 215 ms with 3. PostgreSQL is waited for.
THREADS = 8 if settings.ON_POSTGRES else 3
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="pages")
# An image that comes with a form is unpacked and made anew, which takes up to three seconds: apart,
# so that nobody's page waits for it.
_files = ThreadPoolExecutor(2, thread_name_prefix="files")


class Pages(ASGIHandler):
    """Where a view is async it runs in the loop, and its thread waits for it."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001 (Django's)
        super().load_middleware(is_async=False)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        pool = _files if _brings_files(scope) else _pool
        answer = sync_to_async(self._answer, thread_sensitive=False, executor=pool)
        response = await answer(scope, body)
        if response.streaming:
            await self._stream(response, receive, send)
        else:
            await self.send_response(response, send)

    def _answer(self, scope: dict[str, Any], body: IO[bytes]) -> Any:
        """The response, which is whole and closed unless it streams."""
        set_script_prefix("/")
        request_started.send(sender=type(self), scope=scope)
        request, unreadable = self.create_request(scope, body)
        response: Any = unreadable if request is None else self.get_response(request)
        response._handler_class = type(self)
        if not response.streaming:
            response.close()  # here, as it also gives back this thread's database connection
            body.close()
        return response

    async def _stream(self, response: Any, receive: Any, send: Any) -> None:
        """Sends until the end, or until the reader has gone."""
        gone = asyncio.ensure_future(self.listen_for_disconnect(receive))
        sending = asyncio.ensure_future(self.send_response(response, send))
        try:
            await asyncio.wait((gone, sending), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            for task in (gone, sending):
                task.cancel()
                with suppress(asyncio.CancelledError, RequestAborted):
                    await task
            await sync_to_async(response.close, thread_sensitive=False, executor=_pool)()


def _brings_files(scope: dict[str, Any]) -> bool:
    """Whether the body is a form that may hold files."""
    return any(
        name == b"content-type" and value.lower().startswith(b"multipart/")
        for name, value in scope["headers"]
    )
