"""Where links may lead."""

import re

_SCHEME = re.compile(r"https?://|mailto:", re.IGNORECASE)
# What has a meaning in HTML, or none in an address: written in percent.
_FOREIGN = re.compile(r"[\x00-\x20\"'<>\\^`{|}\x7f]")


def address(url: str) -> str:
    """A link's address fit for an attribute; "" if its scheme is not one that we link to."""
    url = url.strip()
    if not _SCHEME.match(url):
        return ""
    return _FOREIGN.sub(lambda match: f"%{ord(match[0]):02X}", url)
