"""The tokens of the bench: each says when it was sent, so that a reader can tell its delay.

Six digits and a space, about as long as a token of English with its share of the punctuation:
tenths of milliseconds of the machine's monotonic clock, which all processes share, from 0 again
after 100 seconds. Nothing else in a frame or a page is a word of six digits.
"""

import re

PARAGRAPH = 60  # tokens: about 420 characters
END = b"the-end."  # stands behind the last one
UNITS = 10_000  # of a stamp in a second
ROUND = 1_000_000

_STAMP = re.compile(rb"\b\d{6}\b")


def stamp(now: float) -> bytes:
    """`now` in seconds of time.monotonic(), as a token without the space."""
    return b"%06d" % (int(now * UNITS) % ROUND)


def arrivals(came: list[tuple[float, bytes]], asked: float) -> list[tuple[float, float]]:
    """When each token was sent and when it came first, from what came when.

    Times are in seconds of the monotonic clock; `asked` is before all of them. What comes again,
    as an open block does in every frame, is counted once.
    """
    found: list[tuple[float, float]] = []
    last = asked - 1 / UNITS
    for now, data in came:
        for word in _STAMP.findall(data):
            # The moment nearest to `now` that has this stamp.
            behind = (now * UNITS - int(word)) % ROUND
            sent = now - (behind if behind < ROUND / 2 else behind - ROUND) / UNITS
            if sent > last + 0.5 / UNITS:
                last = sent
                found.append((sent, now))
    return found
