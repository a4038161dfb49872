"""Which pages may open a socket: those that we served.

Browsers send cookies with a handshake from any site, and no CSRF token; only Origin tells. The
validator of Channels compares names without scheme and port, and lets everything in for `*`.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

Origin = tuple[str, str, int]  # scheme, host, port

_PORTS = {"http": 80, "https": 443}
_DEBUG_HOSTS = [".localhost", "127.0.0.1", "[::1]"]


def is_own(scope: dict[str, Any]) -> bool:
    """Whether a handshake's Origin is where the socket's own pages come from, or trusted besides.

    Scheme, host and port must equal those of the handshake; the scheme is what the wrapper for
    trusted proxies put into the scope. No Origin, two of them, and `null` are refused.
    """
    origins, hosts = _headers(scope, b"origin"), _headers(scope, b"host")
    origin = _parsed(origins[0]) if len(origins) == 1 else None
    if origin is None:
        return False
    if any(_matches(origin, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS):
        return True
    if len(hosts) != 1 or not _is_allowed(hosts[0]):
        return False
    secure = scope.get("scheme", "ws") in ("wss", "https")
    return origin == _parsed(f"{'https' if secure else 'http'}://{hosts[0]}")


def _headers(scope: dict[str, Any], name: bytes) -> list[str]:
    return [value.decode("latin-1") for header, value in scope["headers"] if header == name]


def _parsed(text: str) -> Origin | None:
    try:
        parts = urlsplit(text)
        port = parts.port  # raises ValueError for one that is none
    except ValueError:
        return None
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if not bare or parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port


def _matches(origin: Origin, trusted: str) -> bool:
    if "://*." not in trusted:
        return origin == _parsed(trusted)
    pattern = _parsed(trusted.replace("://*.", "://"))
    if pattern is None:
        return False
    scheme, host, port = pattern
    return origin[0] == scheme and origin[2] == port and origin[1].endswith(f".{host}")


def _is_allowed(host: str) -> bool:
    allowed = settings.ALLOWED_HOSTS or (_DEBUG_HOSTS if settings.DEBUG else [])
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)
