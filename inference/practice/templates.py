"""Templates in Go's language: what is wrong with one, and what a model with it can."""

import re
from collections.abc import Iterable

_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_BLOCKS = ("if", "range", "with", "define", "block")
_KNOWN = {
    "end", "else", "template", "break", "continue", "and", "or", "not", "eq", "ne", "lt", "le",
    "gt", "ge", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery",
    "call", "json", "currentDate", "yesterdayDate", "toTypeScriptType", "true", "false", "nil",
    *_BLOCKS,
}  # fmt: skip
_STRINGS = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`|/\*.*?\*/', re.DOTALL)
_WORDS = re.compile(r"(?<![\w.$])[A-Za-z_]\w*")


def problem(template: str) -> str:
    """Go's words for the first thing that is wrong, "" if nothing is. Not all that Go finds."""
    open_blocks = 0
    for found in _ACTION.finditer(template):
        line = template.count("\n", 0, found.start()) + 1
        action = _STRINGS.sub('""', found.group(1).strip("- \t\n"))
        words = action.split()
        if words[:1] and words[0] in ("if", "range", "with") and len(words) == 1:
            return f"template: :{line}: missing value for {words[0]}"
        unknown = next((word for word in _WORDS.findall(action) if word not in _KNOWN), None)
        if unknown:
            return f'template: :{line}: function "{unknown}" not defined'
        if words[:1] == ["end"]:
            open_blocks -= 1
        elif words[:1] and words[0] in _BLOCKS:
            open_blocks += 1
        if open_blocks < 0:
            return f"template: :{line}: unexpected {{{{end}}}}"
    last = template.count("\n") + 1
    if "{{" in _ACTION.sub("", template):
        return f"template: :{last}: unclosed action"
    return f"template: :{last}: unexpected EOF" if open_blocks else ""


def capabilities(template: str, of_weights: Iterable[str]) -> tuple[str, ...]:
    """What the weights can, and what the template has places for."""
    found = [each for each in of_weights if each not in ("tools", "insert", "thinking")]
    named = {"tools": ".Tools", "insert": ".Suffix", "thinking": ".Thinking"}
    return (*found, *(name for name, place in named.items() if place in template))
