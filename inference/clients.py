"""The way to each server: its address, the headers it wants, and whose certificates it shows."""

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inference import secrets
from inference.ollama import Client, Timeouts

if TYPE_CHECKING:
    from inference.models import Server

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Way:
    """All that a client of a server is made of. Equal ways lead through one client."""

    url: str
    sealed: str = ""  # headers, as inference.secrets keeps them
    ca: str = ""  # PEM; the system's certificates count where it is ""

    @classmethod
    def to(cls, server: "Server") -> "Way":
        """The way to a server, as its row says now."""
        return cls(server.url, server.sealed_headers, server.ca)

    def client(self, timeouts: Timeouts | None = None) -> Client:
        """A new client for the running loop; close() it.

        Headers that can't be read are left out: the proxy before the server then says no, and the
        page of the server says why.
        """
        try:
            headers = secrets.unseal(self.sealed)
        except secrets.Unreadable:
            log.error("the headers for %s were sealed under another secret key", self.url)
            headers = {}
        return Client(self.url, timeouts=timeouts, headers=headers, ca=self.ca)


class Clients:
    """Clients of the running loop; close() before it ends.

    Where a server's row changes, answers that are being read go on through the client of before.
    """

    def __init__(self) -> None:
        self._by_way: dict[Way, Client] = {}

    def to(self, way: Way) -> Client:
        """The client for this way, made when it is first needed."""
        if way not in self._by_way:
            self._by_way[way] = way.client()
        return self._by_way[way]

    async def close(self) -> None:
        """Closes all connections."""
        clients = list(self._by_way.values())
        self._by_way.clear()
        await asyncio.gather(*(client.close() for client in clients), return_exceptions=True)
