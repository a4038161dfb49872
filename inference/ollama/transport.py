"""httpx's way to the network, with a connection for each request and no pool."""

import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import httpcore
import httpx

from .network import PacedBackend, PacedStream

# httpcore imports sniffio, which is not a dependency, for each of its locks. Python looks for what
# is missing in all its paths each time, an eighth of what a request costs, unless it is told so.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

# httpcore's exceptions and httpx's for them, the narrow ones first.
EXCEPTIONS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
)


class UnpooledTransport(httpx.AsyncBaseTransport):
    """Opens a connection for each request and closes it with the response.

    httpcore's pool can lose connections for good to a cancelled request that waits in it
    (encode/httpcore#1093), and hands out a kept connection in the moment in which the server
    closes it. A connection costs a fraction of a millisecond, a run takes seconds.
    """

    def __init__(self, ssl_context: ssl.SSLContext | None) -> None:
        self._ssl_context = ssl_context
        self._network = PacedBackend()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        connection = httpcore.AsyncHTTPConnection(
            url.origin, ssl_context=self._ssl_context, network_backend=self._network
        )
        question = httpcore.Request(
            request.method,
            url,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _httpx_exceptions():
            try:
                response = await connection.handle_async_request(question)
            except BaseException:
                # httpcore does, but not when it is cancelled between connecting and sending.
                await connection.aclose()
                raise
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(connection, response),
            extensions=response.extensions,
        )


class _Body(httpx.AsyncByteStream):
    def __init__(
        self, connection: httpcore.AsyncHTTPConnection, response: httpcore.Response
    ) -> None:
        self._connection = connection
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        network: PacedStream = self._response.extensions["network_stream"]
        with _httpx_exceptions():
            while (content := await network.contents()) is not None:
                yield content
            async for data in self._response.aiter_stream():
                yield data

    async def aclose(self) -> None:
        await self._connection.aclose()


@contextmanager
def _httpx_exceptions() -> Iterator[None]:
    try:
        yield
    except tuple(ours for ours, _ in EXCEPTIONS) as error:
        theirs = next(theirs for ours, theirs in EXCEPTIONS if isinstance(error, ours))
        raise theirs(str(error)) from error
