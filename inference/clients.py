"""The worker's way to each server: one client for each address, made when it is first needed."""

import asyncio

from inference.ollama import Client


class Clients:
    """Clients of the running loop; close() before it ends."""

    def __init__(self) -> None:
        self._by_url: dict[str, Client] = {}

    def of(self, url: str) -> Client:
        """The client of the server at `url`."""
        if url not in self._by_url:
            self._by_url[url] = Client(url)
        return self._by_url[url]

    async def close(self) -> None:
        """Closes all connections."""
        clients = list(self._by_url.values())
        self._by_url.clear()
        await asyncio.gather(*(client.close() for client in clients), return_exceptions=True)
