"""Regular expressions that Ollama can make a grammar of. No I/O.

What it cannot follow it does not always refuse. Measured with 0.24: a quantifier with nothing
before it, as in "(?:a)", ends the whole server; a bare "]" keeps it busy for good; an escape such
as "\\d" ends the model's runner, and with it all answers of that model.
"""

import re

# How often a part may be repeated, and groups that may stand in each other.
MOST_TIMES = 2_000
DEEPEST = 20

_ESCAPED = r"\\(?:[tnr\\\"\[\]]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})"
_PART = re.compile(
    rf"""(?P<escaped>{_ESCAPED}|\\[\^$.()|{{}}*+?])
    | (?P<set>\[\^?(?:[^\]\\\x00-\x1f]|{_ESCAPED})*\])
    | (?P<open>\()
    | (?P<close>\))
    | (?P<either>\|)
    | (?P<times>[*+?]|\{{(?P<least>[0-9]{{0,4}})(?:(?P<comma>,)(?P<most>[0-9]{{0,4}}))?\}})
    | (?P<other>[^\\\[\](){{}}|*+?\x00-\x1f])""",
    re.VERBOSE,
)


def is_followed(pattern: str) -> bool:
    """Whether Ollama follows a pattern of a JSON Schema, which stands for the whole string."""
    if len(pattern) < 2 or not (pattern.startswith("^") and pattern.endswith("$")):
        return False
    end = len(pattern) - 1
    place, depth, repeatable = 1, 0, False
    while place < end:
        part = _PART.match(pattern, place, end)
        if part is None:
            return False
        place = part.end()
        kind = part.lastgroup if part["times"] is None else "times"
        if kind == "times" and not (repeatable and _is_sane(part)):
            return False
        depth += (kind == "open") - (kind == "close")
        if not 0 <= depth <= DEEPEST:
            return False
        repeatable = kind not in ("open", "either")
    return depth == 0


def _is_sane(part: re.Match[str]) -> bool:
    """Whether what a quantifier says of how often can be meant, and is not too much."""
    if part["least"] is None:  # one of * + ?
        return True
    least, most = part["least"], part["most"]
    if part["comma"] is None:
        return bool(least) and int(least) <= MOST_TIMES
    return bool(least or most) and int(least or 0) <= int(most or MOST_TIMES) <= MOST_TIMES
