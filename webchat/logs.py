"""What must not stand in a log."""

import logging
import re
from typing import Any

# The one-time set-up link, and whatever follows a question mark.
_SECRETS = re.compile(r"(/set-up/)[^/\s]+|(\?)[^\s'\"]+")


class NoSecrets(logging.Filter):
    """Takes tokens and queries out of the addresses in a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _without(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(_without, record.args))
        return True


def _without(part: Any) -> Any:
    if not isinstance(part, str) or "/" not in part:
        return part
    return _SECRETS.sub(lambda found: f"{found[1] or found[2]}…", part)
