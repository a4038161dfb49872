"""Addresses of servers that people type, read strictly and explained in words."""

import re
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inference import addresses

# What people copy from a browser or a configuration, and what is no part of the server's address.
ENDPOINT = re.compile(r"/(api|v1)(/.*)?$", re.IGNORECASE)


def checked(text: str) -> str:
    """The address in the one spelling that we keep. Raises ValidationError."""
    text = text.strip()
    parts = _parts(text)
    if "@" in parts.netloc:
        raise ValidationError(
            _("Leave out the name and the password, and use the header below instead.")
        )
    if found := ENDPOINT.search(parts.path):
        bare = parts._replace(path=parts.path[: found.start()], query="", fragment="").geturl()
        raise ValidationError(
            _("Leave out “%(part)s”: the address of the server itself is %(address)s.")
            % {"part": found[0], "address": bare}
        )
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise ValidationError(_("Leave out what stands after “?” or “#”."))
    try:
        return addresses.normal(text)
    except ValueError:
        raise ValidationError(
            _("This is not the address of a server. One looks like %(address)s.")
            % {"address": "http://gpu-1:11434"}
        ) from None


def _parts(text: str) -> SplitResult:
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", text)
    if scheme is None:
        raise ValidationError(
            _("Begin the address with “http://” or “https://”: %(address)s.")
            % {"address": f"http://{text[:200].lstrip('/')}"}
        )
    if scheme[1].lower() not in ("http", "https"):
        raise ValidationError(
            _("Ollama speaks http and https, not “%(scheme)s”.") % {"scheme": scheme[1]}
        )
    try:
        return urlsplit(text)
    except ValueError:
        raise ValidationError(_("This is not the address of a server.")) from None
