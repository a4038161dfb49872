"""Takes the paths of a server's disk out of what Ollama says of a model. No I/O."""

import re

# Where a Modelfile names files, and a value that is nothing but a path.
_NAMED = re.compile(r"(?im)^([ \t]*(?:#[ \t]*)?(?:FROM|ADAPTER|DRAFT)[ \t]+)\"*(.+?)\"*[ \t]*$")
_PATH = re.compile(r"(?:[/~\\]|\.{1,2}[/\\]|[A-Za-z]:[\\/]|file:).*", re.DOTALL | re.IGNORECASE)
_BLOB = re.compile(r"sha256[-:][0-9a-f]{6,64}", re.IGNORECASE)


def without_disk_paths(text: str) -> str:
    """`text` in which a path is only the digest that it ends with, or an ellipsis.

    Links within it stay, and so do the names of models.
    """
    if _PATH.fullmatch(text):
        return _instead_of(text)
    return _NAMED.sub(_line, text)


def _line(found: re.Match[str]) -> str:
    value = found[2]
    return f"{found[1]}{_instead_of(value)}" if _PATH.fullmatch(value) else found[0]


def _instead_of(path: str) -> str:
    blob = _BLOB.search(path)
    return f"@{blob[0].replace('-', ':')[:19]}…" if blob else "…"
