"""Templates of models, in the language of Go's text/template: what Ollama could not use. No I/O.

Ollama finds out whether a template can be parsed when a model is made, and fails on a value that is
not there whenever the model is asked: so both are looked for here, before. What is not understood
passes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from .sentences import Sentence
from .sentences import gettext_noop as _

# What a template is given, and what each of its messages has, with what can be done with it.
VALUES = {
    **dict.fromkeys(("System", "Prompt", "Response", "Suffix", "ThinkLevel"), "text"),
    **dict.fromkeys(("Tools", "Think", "IsThinkSet"), "any"),
    "Messages": "messages",
}
OF_A_MESSAGE = {
    **dict.fromkeys(("Role", "Content", "Thinking", "ToolName", "ToolCallID"), "text"),
    **dict.fromkeys(("ToolCalls", "Images"), "any"),
}
# Only where .Messages is used: older templates are run without them.
OLLAMAS = frozenset(("json", "currentDate", "yesterdayDate", "toTypeScriptType"))
GOS = frozenset(
    [
        *("and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice"),
        *("print", "printf", "println", "html", "js", "urlquery", "call"),
    ]
)
CONSTANTS = frozenset(("true", "false", "nil"))
BLOCKS = ("if", "range", "with")
# Go knows these; Ollama loses what they define.
NESTED = ("define", "block", "template")
LONGEST = 100_000  # characters that are looked at

_OPEN = re.compile(r"\{\{(-(?=\s))?")
_COMMENT = re.compile(r"\s*/\*.*?\*/(\s+-)?\s*\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<end>(?:\s-)?\}\})
    |(?P<space>\s+)
    |(?P<literal>"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])+'|[+-]?[0-9][\w.]*)
    |(?P<value>(?:\$\w*)?(?:\.[^\W\d]\w*)+|\$\w*|\.)
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>:=|[=|(),])
    |(?P<wrong>.)""",
    re.VERBOSE | re.DOTALL,
)


class _Problem(Exception):
    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # a group of _TOKEN
    text: str


@dataclass(slots=True)
class _Block:
    word: str
    dot: str  # what "." is in it: "root", "message", "messages", "text" or "any"
    variables: dict[str, str]
    outer: "_Block | None" = None
    has_else: bool = False

    def variable(self, name: str) -> str | None:
        block: _Block | None = self
        while block is not None:
            if name in block.variables:
                return block.variables[name]
            block = block.outer
        return None


def check(template: str) -> Sentence | None:
    """The first thing that keeps Ollama from using the template; None if nothing is known to."""
    if not template.strip():
        return None
    reader = _Reader()
    at = _Line()
    try:
        for tokens in _actions(template[:LONGEST], at):
            reader.take(tokens)
        at.number = template.count("\n") + 1
        reader.end()
    except _Problem as error:
        return Sentence(_("Line %(line)d: %(what)s"), line=at.number, what=error.sentence)
    return reader.missing()


@dataclass(slots=True)
class _Line:
    number: int = 1


def _actions(template: str, line: _Line) -> Iterator[list[_Token]]:
    """Each `{{…}}` that is no comment; `line` says where it begins. Raises _Problem."""
    at = 0
    while start := _OPEN.search(template, at):
        line.number = template.count("\n", 0, start.start()) + 1
        if comment := _COMMENT.match(template, start.end()):
            at = comment.end()
            continue
        tokens: list[_Token] = []
        at, before = start.end(), ""
        while True:
            found = _TOKEN.match(template, at)
            if found is None:
                raise _Problem(Sentence(_("“{{” is not followed by “}}”.")))
            at, kind = found.end(), found.lastgroup or ""
            if kind == "end":
                break
            if kind == "wrong":
                quote = found[0] in "\"'`"
                words = _("Ollama does not understand %(what)s here.")
                if quote:
                    words = _("The quotation mark %(what)s is not closed.")
                raise _Problem(Sentence(words, what=f"“{found[0]}”"))
            if kind == "value" and before == ")":
                kind = "literal"  # a part of what the parentheses come to
            if kind != "space":
                tokens.append(_Token(kind, found[0]))
            before = found[0]
        yield tokens


class _Reader:
    """Follows the blocks of a template and what "." is in them."""

    def __init__(self) -> None:
        self._block = _Block("", "root", {"$": "root"})
        self._used: set[str] = set()
        self._function = ""

    def take(self, tokens: list[_Token]) -> None:
        """An action. Raises _Problem."""
        if not tokens:
            raise _Problem(Sentence(_("There is nothing between “{{” and “}}”.")))
        first = tokens[0].text if tokens[0].kind == "name" else ""
        if first in NESTED:
            words = _("Ollama cannot use %(word)s in a template.")
            raise _Problem(Sentence(words, word=f"“{first}”"))
        if first in BLOCKS:
            self._open(first, tokens[1:])
        elif first == "else":
            self._else(tokens[1:])
        elif first == "end":
            self._end()
        elif first in ("break", "continue"):
            self._leave(first)
        else:
            self._pipeline(tokens)

    def end(self) -> None:
        """The template is over. Raises _Problem."""
        if self._block.word:
            words = _("%(word)s has no “{{ end }}”.")
            raise _Problem(Sentence(words, word=f"“{{{{ {self._block.word} }}}}”"))

    def missing(self) -> Sentence | None:
        """What is wrong with the template as a whole."""
        if self._function and "Messages" not in self._used:
            words = _("Ollama has %(function)s only in templates that use .Messages.")
            return Sentence(words, function=self._function)
        if not self._used & {"Messages", "Prompt"}:
            return Sentence(_("The model would not see what it is asked: .Messages is not used."))
        return None

    def _open(self, word: str, tokens: list[_Token]) -> None:
        if not tokens:
            words = _("Something must follow %(word)s.")
            raise _Problem(Sentence(words, word=f"“{word}”"))
        declared, rest = _declaration(tokens)
        kind = self._kind(rest)
        dot = self._block.dot
        if word == "range":
            if kind == "text":
                raise _Problem(Sentence(_("“range” goes through a list, and this is a text.")))
            kind = "message" if kind == "messages" else "any"
        if word != "if":
            dot = kind
        variables = dict.fromkeys(declared, "any")
        if declared:
            variables[declared[-1]] = kind
        self._block = _Block(word, dot, variables, self._block)

    def _else(self, tokens: list[_Token]) -> None:
        block, outer = self._block, self._block.outer
        if outer is None or block.has_else:
            raise _Problem(Sentence(_("There is no block that this “{{ else }}” belongs to.")))
        block.dot = outer.dot
        if not tokens:
            block.has_else = True
        elif tokens[0].text in ("if", "with"):
            self._block = outer
            self._open(tokens[0].text, tokens[1:])
        else:
            raise _Problem(Sentence(_("After “else” comes nothing, or “if”.")))

    def _end(self) -> None:
        if self._block.outer is None:
            raise _Problem(Sentence(_("There is no block that this “{{ end }}” belongs to.")))
        self._block = self._block.outer

    def _leave(self, word: str) -> None:
        block: _Block | None = self._block
        while block is not None and block.word != "range":
            block = block.outer
        if block is None:
            words = _("%(word)s is only for the inside of “range”.")
            raise _Problem(Sentence(words, word=f"“{word}”"))

    def _pipeline(self, tokens: list[_Token]) -> None:
        declared, rest = _declaration(tokens)
        if any(token.text == "=" for token in tokens):
            for name in declared:
                self._value(name)
        kind = self._kind(rest)
        self._block.variables |= dict.fromkeys(declared, kind)

    def _kind(self, tokens: list[_Token]) -> str:
        """What a pipeline comes to, all of it looked at."""
        if sum({"(": 1, ")": -1}.get(token.text, 0) for token in tokens if token.kind == "sign"):
            raise _Problem(Sentence(_("A parenthesis is not closed, or closes nothing.")))
        kinds = [self._look(token) for token in tokens]
        plain = [
            (token, kind)
            for token, kind in zip(tokens, kinds, strict=True)
            if token.text not in ("(", ")")
        ]
        if len(plain) == 1:
            return plain[0][1]
        if any(token.text == "|" for token, _kind in plain):
            return "any"
        if len(plain) > 1 and plain[1][1] == "messages":
            return {"slice": "messages", "index": "message"}.get(plain[0][0].text, "any")
        return "any"

    def _look(self, token: _Token) -> str:
        if token.kind == "value":
            return self._value(token.text)
        if token.kind == "name" and token.text not in GOS | CONSTANTS:
            if token.text not in OLLAMAS:
                raise _Problem(_unknown(token.text, "", [*GOS, *OLLAMAS]))
            self._function = self._function or token.text
        return "any"

    def _value(self, text: str) -> str:
        variable, *path = text.split(".")
        if text == ".":
            return self._block.dot
        kind: str | None = self._block.dot
        if variable:
            kind = self._block.variable(variable)
            if kind is None:
                words = _("There is no variable %(name)s here.")
                raise _Problem(Sentence(words, name=variable))
        for name in path:
            kind = self._part(kind or "any", name)
        return kind or "any"

    def _part(self, kind: str, name: str) -> str:
        if kind == "any":
            return "any"
        if kind in ("text", "messages"):
            raise _Problem(Sentence(_("There is nothing named .%(name)s in this."), name=name[:40]))
        known = VALUES if kind == "root" else OF_A_MESSAGE
        if name not in known:
            raise _Problem(_unknown(name, ".", known))
        if kind == "root":
            self._used.add(name)
        return known[name]


def _declaration(tokens: list[_Token]) -> tuple[list[str], list[_Token]]:
    """The variables that an action begins with, as in `$i, $m := …`, and the rest."""
    texts = [token.text for token in tokens]
    for sign in (":=", "="):
        if sign in texts and tokens[0].text.startswith("$"):
            end = texts.index(sign)
            return [text for text in texts[:end] if text.startswith("$")], tokens[end + 1 :]
    return [], tokens


def _unknown(name: str, mark: str, known: "dict[str, str] | list[str]") -> Sentence:
    shown = f"{mark}{name[:40]}"
    if close := get_close_matches(name[:40], known, n=1):
        words = _("Ollama knows no %(name)s in a template. Is it %(close)s?")
        return Sentence(words, name=shown, close=f"{mark}{close[0]}")
    return Sentence(_("Ollama knows no %(name)s in a template."), name=shown)
