"""Modelfiles: read into what a create asks for, and written. No I/O.

An instruction a line, its name in any case; "#" begins a line of comment. A value goes to the end
of its line, or stands between two quotes `"` or `\"""`; then it may hold lines, and ends with the
first line that ends with its quotes. There are no escapes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from . import names, parameters
from .lines import clean_text
from .requests import CreateRequest, Message
from .sentences import Sentence
from .sentences import gettext_noop as _

MOST_PROBLEMS = 100  # that are told of one file
ROLES = ("system", "user", "assistant")

_LISTS = {"from": "sources", "adapter": "adapters", "draft": "drafts", "license": "licenses"}
_TEXTS = ("template", "system", "renderer", "parser", "requires")
INSTRUCTIONS = (*_LISTS, *_TEXTS, "parameter", "message")


class BadModelfile(ValueError):
    """`problems` says what is wrong by the number of the line, 0 for the file as a whole."""

    def __init__(self, problems: dict[int, Sentence]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{line}: {words}" for line, words in problems.items()))


class Unwritable(ValueError):
    """A value that no Modelfile can hold, as one with both kinds of quotes at ends of lines."""

    def __init__(self, instruction: str) -> None:
        self.instruction = instruction
        self.sentence = Sentence(
            _("No Modelfile can hold this %(instruction)s: it has no way to write its quotes."),
            instruction=instruction,
        )
        super().__init__(self.sentence)


@dataclass(slots=True)
class Modelfile:
    """What the instructions say; "" and empty lists for those that are not there."""

    sources: list[str] = field(default_factory=list)  # FROM: a name, or the paths of files
    template: str = ""
    system: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)  # as `parameters.check` wants them
    messages: list[Message] = field(default_factory=list)  # role and content
    licenses: list[str] = field(default_factory=list)
    adapters: list[str] = field(default_factory=list)  # paths of files
    drafts: list[str] = field(default_factory=list)  # paths of files
    renderer: str = ""
    parser: str = ""
    requires: str = ""
    ignored: list[str] = field(default_factory=list)  # parameters that Ollama has given up

    @property
    def source(self) -> str:
        """The model that it is made from; "" if it is made from files."""
        return next((text for text in reversed(self.sources) if not is_file(text)), "")

    @property
    def files(self) -> list[str]:
        """The paths in FROM, which lie where the Modelfile was written and must be uploaded."""
        return [text for text in self.sources if is_file(text)]

    def request(
        self,
        model: str,
        files: Mapping[str, str] | None = None,
        adapters: Mapping[str, str] | None = None,
        drafts: Mapping[str, str] | None = None,
    ) -> CreateRequest:
        """The request that makes `model`; the maps give the digests of the uploaded files."""
        return CreateRequest(
            model=model,
            source="" if files else self.source,
            files=dict(files or {}),
            adapters=dict(adapters or {}),
            draft_files=dict(drafts or {}),
            template=self.template,
            system=self.system,
            license=self.licenses,
            parameters=self.parameters,
            messages=self.messages,
            renderer=self.renderer,
            parser=self.parser,
            requires=self.requires,
        )


_FILE = re.compile(r"[/~\\.]|[A-Za-z]:[\\/]|.*\.(gguf|ggml|safetensors|bin|pth|pt)$", re.IGNORECASE)


def is_file(source: str) -> bool:
    """Whether a FROM means a file or folder. Ollama's own tool looks whether there is one."""
    return bool(_FILE.match(source))


def parse(text: str) -> Modelfile:
    """Raises BadModelfile with everything that is wrong, and not just the first."""
    found = Modelfile()
    problems: dict[int, Sentence] = {}
    lines = _plain(text).split("\n")
    at = 0
    while at < len(lines) and len(problems) < MOST_PROBLEMS:
        problem, end = _take(lines, at, found)
        if problem:
            problems[at + 1] = problem
        at = end
    if not problems and not found.sources:
        words = _("A line is missing that begins with FROM and says what the model is made from.")
        problems[0] = Sentence(words)
    if problems:
        raise BadModelfile(problems)
    return found


def write(modelfile: Modelfile) -> str:
    """The text of a Modelfile. Raises Unwritable."""
    written = [_written("FROM", source) for source in modelfile.sources]
    written += [_written("ADAPTER", adapter) for adapter in modelfile.adapters]
    written += [_written("DRAFT", draft) for draft in modelfile.drafts]
    for name in _TEXTS:
        if value := getattr(modelfile, name):
            written.append(_written(name.upper(), value))
    for name, value in modelfile.parameters.items():
        for one in value if isinstance(value, list) else [value]:
            shown = str(one).lower() if isinstance(one, bool) else str(one)
            written.append(_written(f"PARAMETER {name}", shown))
    written += [_written("LICENSE", text) for text in modelfile.licenses]
    for message in modelfile.messages:
        role = message.get("role")
        if role not in ROLES:
            raise Unwritable("MESSAGE")
        written.append(_written(f"MESSAGE {role}", message.get("content", "")))
    return "".join(f"{line}\n" for line in written)


def _written(instruction: str, value: str) -> str:
    value = _plain(value)
    quotes = ('"""', '"') if '"' in value else ('"', '"""')
    for written in (value, *(f"{quote}{value}{quote}" for quote in quotes)):
        lines = written.split("\n")
        if _value(lines, 0, lines[0]) == (value, len(lines)) and written:
            return f"{instruction} {written}"
    raise Unwritable(instruction)


def _plain(text: str) -> str:
    """`text` with one kind of line end, and nothing that JSON or a database would not take."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def _value(lines: list[str], at: int, beginning: str) -> tuple[str, int] | None:
    """The value that begins with the rest of line `at`, and the line after it.

    None if its quotes are not closed.
    """
    first = beginning.strip()
    if not first.startswith('"'):
        return first, at + 1
    quotes = '"""' if first.startswith('"""') else '"'
    if len(first) >= 2 * len(quotes) and first.endswith(quotes):
        return first[len(quotes) : -len(quotes)], at + 1
    for end in range(at + 1, len(lines)):
        last = lines[end].rstrip()
        if last.endswith(quotes):
            inside = [beginning.lstrip(), *lines[at + 1 : end], last]
            return "\n".join(inside)[len(quotes) : -len(quotes)], end + 1
    return None


_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+(.*))?$")
_WORD = re.compile(r"([A-Za-z0-9_]+)(?:\s+(.*))?$")
_VERSION = re.compile(r"v?([0-9]+(\.[0-9]+){0,2}([-+][0-9A-Za-z.+-]+)?)")


def _take(lines: list[str], at: int, found: Modelfile) -> tuple[Sentence | None, int]:
    """Puts what begins at line `at` into `found`: what is wrong with it, and where it ends."""
    line = lines[at].strip()
    if not line or line.startswith("#"):
        return None, at + 1
    instruction = _INSTRUCTION.match(lines[at])
    if not instruction:
        return Sentence(_("A line begins with an instruction such as FROM or SYSTEM.")), at + 1
    name, rest = instruction[1].lower(), instruction[2] or ""
    word = ""
    if name in ("parameter", "message") and (split := _WORD.match(rest)):
        word, rest = split[1], split[2] or ""
    value = _value(lines, at, rest)
    if value is None:
        words = _("The quotes that open here are not closed at the end of any line.")
        return Sentence(words), len(lines)
    if name not in INSTRUCTIONS:
        return _unknown(name), value[1]
    if not rest.strip():
        words = _("Something must follow %(instruction)s in its line.")
        return Sentence(words, instruction=f"{name} {word}".strip().upper()), value[1]
    return _put(found, name, word, value[0]), value[1]


def _put(found: Modelfile, name: str, word: str, value: str) -> Sentence | None:
    if name == "parameter":
        return _put_parameter(found, word, value)
    if name == "message":
        if word not in ROLES:
            return Sentence(_("After MESSAGE comes one of “system”, “user” and “assistant”."))
        found.messages.append({"role": word, "content": value})
    elif name in _LISTS:
        if name == "from" and not is_file(value):
            try:
                names.parse(value)
            except names.BadName as error:
                return error.sentence
        getattr(found, _LISTS[name]).append(value)
    elif name == "requires":
        version = _VERSION.fullmatch(value)
        if not version:
            return Sentence(_("A version of Ollama is needed here, such as 0.14.0."))
        found.requires = version[1]
    else:
        setattr(found, name, value)
    return None


def _put_parameter(found: Modelfile, name: str, text: str) -> Sentence | None:
    if name in parameters.REMOVED:
        found.ignored.append(name)
        return None
    try:
        value = parameters.read(name, text)
    except parameters.BadParameter as error:
        return error.sentence
    if parameters.PARAMETERS[name].kind is parameters.Kind.TEXTS:
        found.parameters.setdefault(name, []).append(value)
    else:
        found.parameters[name] = value
    return None


def _unknown(name: str) -> Sentence:
    if close := get_close_matches(name[:40], INSTRUCTIONS, n=1):
        words = _("There is no such instruction. Is it %(instruction)s?")
        return Sentence(words, instruction=close[0].upper())
    return Sentence(
        _("There is no such instruction. There are %(instructions)s."),
        instructions=", ".join(INSTRUCTIONS).upper(),
    )
