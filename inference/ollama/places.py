"""Takes out of Ollama's words where its files and its neighbours are. No I/O."""

import re

_PLACES = re.compile(
    r"""
    \b[a-z][a-z0-9+.-]*://[^\s"'<>]*            # URLs
    | (?<![\w.:/\\-])(?:/[^\s/:"'()<>,;]+){2,}/?   # paths of two names or more
    | (?<![\w\\])[A-Za-z]:\\[^\s:"'()<>,;]*        # paths of Windows
    | (?<![\w.])\d{1,3}(?:\.\d{1,3}){3}+(?::\d+)?+(?![\w.]*/)   # addresses, but no names of models
    | \[[0-9a-fA-F:]*:[0-9a-fA-F:.]*(?:%\w+)?\](?::\d+)?      # the same of IPv6
    """,
    re.VERBOSE,
)


def without_places(said: str) -> str:
    """`said` with an ellipsis for each path, URL and numeric address in it."""
    return _PLACES.sub("…", said)
