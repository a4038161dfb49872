"""The address in OLLAMA_HOST, read as Ollama's own clients read it."""

import ipaddress
import re
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Where a client on the same machine finds a server that listens everywhere.
_CONNECTABLE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def from_ollama_host(value: str) -> str:
    """The URL that OLLAMA_HOST means: 'gpu', ':8080', '[::1]:8080', 'https://ai.example/ollama', …

    Without a scheme it is http and port 11434; http:// and https:// alone mean 80 and 443. A port
    that is none gives way to the default, as in Ollama. Addresses to listen on become the ones to
    connect to.
    """
    value = value.strip().strip("\"'").strip()
    scheme, separator, rest = value.partition("://")
    port_unless_named = _DEFAULT_PORTS.get(scheme, "11434") if separator else "11434"
    if not separator:
        scheme, rest = "http", value
        if value == "ollama.com":
            scheme, rest = "https", "ollama.com:443"
    place, _, path = rest.partition("/")
    host, port = _split(place) or (_bare_host(place), port_unless_named)
    if not re.fullmatch(r"\d{1,9}", port) or int(port) > 65535:
        port = port_unless_named
    host = _CONNECTABLE.get(host, host)
    if ":" in host:
        host = f"[{host}]"
    return normal(f"{scheme}://{host}:{port}/{path}")


def normal(url: str) -> str:
    """One spelling for each address, so that a server has one row: no closing slash, lower case.

    Raises ValueError for what is not an http or https URL with a host.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"not the address of a server: {url}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port is None else f":{parts.port}"
    signed_in = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return f"{parts.scheme}://{signed_in}{host}{port}{parts.path.rstrip('/')}"


def _split(place: str) -> tuple[str, str] | None:
    """Host and port as Go's net.SplitHostPort cuts them, None where it finds an error."""
    bracketed = re.fullmatch(r"\[([^\[\]]*)\]:([^:\[\]]*)", place)
    plain = re.fullmatch(r"([^:\[\]]*):([^:\[\]]*)", place)
    match = bracketed or plain
    return (match[1], match[2]) if match else None


def _bare_host(place: str) -> str:
    try:
        return str(ipaddress.ip_address(place.strip("[]")))
    except ValueError:
        return place
