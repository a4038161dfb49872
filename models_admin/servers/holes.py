"""Versions of Ollama with holes that are known and mended.

From the advisories that say in which version the hole was closed; each is described in the
National Vulnerability Database, at nvd.nist.gov/vuln/detail/ and its number. As of August 2026:

    CVE-2024-28224  0.1.29  another site's page reaches the API (DNS rebinding)
    CVE-2024-37032  0.1.34  a digest with a path in it writes any file
    CVE-2024-39720  0.1.46  a broken GGUF file ends the server
    CVE-2024-39722  0.1.46  a push tells which files the server has
    CVE-2024-45436  0.1.47  a ZIP archive writes outside of its folder
    CVE-2026-7482   0.17.1  a broken GGUF file gives away the server's memory

Those for which no mended version is named are not here: nothing could be advised.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Version = tuple[int, int, int]


@dataclass(frozen=True)
class Hole:
    """A known fault of all versions before `mended`."""

    cve: str
    mended: Version
    words: str | Promise

    @property
    def mended_in(self) -> str:
        return ".".join(map(str, self.mended))


HOLES = (
    Hole("CVE-2024-28224", (0, 1, 29), _("web pages of others can use it")),
    Hole("CVE-2024-37032", (0, 1, 34), _("who can reach it can write any file, and so run code")),
    Hole("CVE-2024-39720", (0, 1, 46), _("a broken model file ends it")),
    Hole("CVE-2024-39722", (0, 1, 46), _("it tells which files its machine has")),
    Hole("CVE-2024-45436", (0, 1, 47), _("a ZIP archive can write files outside of its folder")),
    Hole("CVE-2026-7482", (0, 17, 1), _("a broken model file gives away what is in its memory")),
)


def holes_of(version: str) -> list[Hole]:
    """The holes that this version has, the oldest first; none where it is not understood."""
    number = parsed(version)
    return [hole for hole in HOLES if number < hole.mended] if number else []


def mended_by(version: str) -> str:
    """The first version that has none of its holes; "" where it has none."""
    last = max(holes_of(version), key=lambda hole: hole.mended, default=None)
    return last.mended_in if last else ""


def parsed(version: str) -> Version | None:
    """ "0.17.1" as numbers; a candidate ("0.17.1-rc0") counts as the version before it.

    None for what is no version, and for 0.0.0, which Ollama says when it was built from source.
    """
    match = re.match(r"v?(\d{1,4})\.(\d{1,4})\.(\d{1,5})(-rc\d+)?", version)
    if match is None:
        return None
    major, minor, patch = (int(part) for part in match.groups()[:3])
    if match[4]:
        patch -= 1
    return None if (major, minor, patch) <= (0, 0, 0) else (major, minor, patch)
