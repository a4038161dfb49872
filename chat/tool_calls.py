"""The tool calls that a model answered with, to be read. Nothing runs them here."""

from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from inference.live import json_tree
from inference.live.plain import plain

# Calls that a page shows of one answer, and characters of a name.
MOST = 50
LONGEST_NAME = 200


@dataclass(frozen=True)
class Call:
    """What the model wants to be called; `arguments` is HTML, "" for none."""

    name: str
    arguments: SafeString


def calls_of(tool_calls: list[dict[str, Any]]) -> list[Call]:
    """As Ollama sent them, whatever is in them."""
    return [_call(each.get("function")) for each in tool_calls[:MOST]]


def _call(function: Any) -> Call:
    if not isinstance(function, dict):
        function = {}
    arguments = function.get("arguments")
    return Call(
        name=plain(str(function.get("name") or "?"))[:LONGEST_NAME],
        arguments=_tree(arguments) if arguments else SafeString(""),
    )


def _tree(arguments: Any) -> SafeString:
    try:
        return mark_safe(json_tree.tree_of(arguments))  # noqa: S308  escaped in there
    except json_tree.NoJson:
        return escape(plain(str(arguments))[: json_tree.LONGEST])
