"""Who is at the other end: only a proxy that the settings name is believed."""

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

ADDRESS, SCHEME = b"x-real-ip", b"x-forwarded-proto"
# What only a proxy may tell, and what Daphne believes from anybody. None of it goes further in.
DROPPED = {
    ADDRESS,
    SCHEME,
    b"daphne-root-path",
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"x-forwarded-server",
}


class TrustedProxies:
    """ASGI, outermost: puts X-Real-IP and X-Forwarded-Proto of a trusted proxy into the scope.

    The application sees the person's address and scheme as if there were no proxy, no header of
    this kind, and never a root path.
    """

    def __init__(
        self, application: Application, trusted: Iterable[IPv4Network | IPv6Network]
    ) -> None:
        self.application = application
        self.trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = self._seen_through(scope)
        await self.application(scope, receive, send)

    def _seen_through(self, scope: Scope) -> Scope:
        kept = [header for header in scope["headers"] if header[0].lower() not in DROPPED]
        return {**scope, "headers": kept, "root_path": ""} | self._told(scope)

    def _told(self, scope: Scope) -> Scope:
        """What a trusted proxy says of the person; a header that comes twice says nothing."""
        peer = _address((scope.get("client") or ("",))[0])
        if peer is None or not any(peer in network for network in self.trusted):
            return {}
        told: Scope = {}
        address = _address(_only(scope, ADDRESS))
        if address is not None:
            told["client"] = (str(address), 0)
        scheme = _only(scope, SCHEME)
        if scheme in ("http", "https"):
            secure = scheme == "https"
            plain = "http" if scope["type"] == "http" else "ws"
            told["scheme"] = f"{plain}s" if secure else plain
        return told


def _only(scope: Scope, name: bytes) -> str:
    values = [value for header, value in scope["headers"] if header.lower() == name]
    return values[0].decode("latin-1").strip() if len(values) == 1 else ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
