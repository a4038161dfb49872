"""Which origins and which names for the host Ollama answers to."""

import ipaddress
import socket
from urllib.parse import urlsplit

from .exchange import Exchange

_LOCAL_NAMES = ("localhost", "127.0.0.1", "0.0.0.0")  # noqa: S104
_APP_SCHEMES = ("app", "file", "tauri", "vscode-webview", "vscode-file")
_ALLOWED_HEADERS = (
    "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,"
    "X-Stainless-Async,X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,"
    "X-Stainless-Os,X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,"
    "X-Stainless-Runtime,X-Stainless-Runtime-Version,X-Stainless-Timeout"
)


def turned_away(exchange: Exchange, *, on_loopback: bool) -> bool:
    """Answers a request from elsewhere, or a preflight; False: go on, with the headers it needs."""
    request = exchange.request
    host = request.headers.get("host", "")
    origin = request.headers.get("origin", "")
    if origin and origin not in (f"http://{host}", f"https://{host}"):
        if not _allowed_origin(origin):
            exchange.empty(403)
            return True
        exchange.extra.append(("Access-Control-Allow-Origin", origin))
        exchange.extra.append(("Vary", "Origin"))
        if request.method == "OPTIONS":
            _preflight(exchange)
            return True
    if not on_loopback:
        return False
    name = _host_name(host)
    if _own_address(name):
        return False
    if not _allowed_name(name):
        exchange.empty(403)
        return True
    if request.method == "OPTIONS":
        exchange.empty(204)
        return True
    return False


def _preflight(exchange: Exchange) -> None:
    exchange.empty(
        204,
        [
            ("Access-Control-Allow-Headers", _ALLOWED_HEADERS),
            ("Access-Control-Allow-Methods", "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"),
            ("Access-Control-Max-Age", "43200"),
            ("Vary", "Access-Control-Request-Method"),
            ("Vary", "Access-Control-Request-Headers"),
        ],
    )


def _allowed_origin(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        local = parts.scheme in ("http", "https") and parts.hostname in _LOCAL_NAMES
    except ValueError:
        return False
    return local or parts.scheme in _APP_SCHEMES


def _host_name(host: str) -> str:
    """Without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return host


def _own_address(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_private or address.is_unspecified


def _allowed_name(name: str) -> bool:
    return (
        name in ("", "localhost", socket.gethostname().lower())
        or name.endswith((".localhost", ".local", ".internal"))
    )  # fmt: skip
