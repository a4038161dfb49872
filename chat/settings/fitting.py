"""Settings that come in a file, brought to what the form would have stored."""

import math
from typing import Any

from django.core.exceptions import ValidationError

from chat.settings import schemas
from chat.settings.form import LONGEST_STOP_WORD, LONGEST_SYSTEM, MOST_STOP_WORDS
from chat.settings.options import OPTIONS, Option
from chat.settings.think import LEVELS
from chat.text import clean


def fitted(found: Any) -> dict[str, Any]:
    """What can be stored of any JSON: each setting within its limits, all else left out."""
    given = found if isinstance(found, dict) else {}
    wanted = {
        "system": _text(given.get("system"))[:LONGEST_SYSTEM],
        "options": _options(given.get("options")),
        "format": _format(given.get("format")),
        "think": _think(given.get("think")),
    }
    return {name: value for name, value in wanted.items() if value not in ("", {}, None)}


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _options(value: Any) -> dict[str, Any]:
    given = value if isinstance(value, dict) else {}
    options = {each.name: given[each.name] for each in OPTIONS if _fits(each, given.get(each.name))}
    stop = given.get("stop")
    words = [word for each in stop if (word := _text(each))] if isinstance(stop, list) else []
    if 0 < len(words) <= MOST_STOP_WORDS and max(map(len, words)) <= LONGEST_STOP_WORD:
        options["stop"] = words
    return options


def _fits(option: Option, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if option.is_whole else int | float):
        return False
    return math.isfinite(value) and option.least <= value <= option.most


def _format(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    try:
        return value if value == "json" else schemas.check(value)
    except ValidationError:
        return ""


def _think(value: Any) -> bool | str | None:
    return value if isinstance(value, bool) or value in LEVELS else None
