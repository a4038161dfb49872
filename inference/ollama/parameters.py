"""The parameters of models: what there are, what they may be, and how they are written. No I/O.

Ollama takes any name and type when a model is made. It ignores what it does not know, and fails
on a wrong type whenever the model is used: so they are checked here, before.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Any

from .sentences import Sentence
from .sentences import gettext_noop as _

LARGEST = 2**31 - 1  # of an integer, in the runner
# Of what a server shows, this much is read.
MOST_LINES = 200
LONGEST_LINE = 2_000


class Kind(Enum):
    INTEGER = "integer"
    NUMBER = "number"
    SWITCH = "switch"  # true or false
    TEXTS = "texts"  # a list


@dataclass(frozen=True, slots=True)
class Parameter:
    """`default` holds unless the model says otherwise; None: the server decides."""

    name: str
    kind: Kind
    default: float | bool | None = None
    least: float | None = None
    most: float | None = None
    usual: tuple[float, float] | None = None  # a hint: what people choose between
    at_load: bool = False  # a value other than the one in force has the model loaded again


PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        Parameter("temperature", Kind.NUMBER, 0.8, least=0, usual=(0, 2)),
        Parameter(
            "num_ctx", Kind.INTEGER, least=0, most=LARGEST, usual=(2048, 131072), at_load=True
        ),
        Parameter("top_k", Kind.INTEGER, 40, least=0, most=LARGEST, usual=(1, 100)),
        Parameter("top_p", Kind.NUMBER, 0.9, least=0, most=1, usual=(0, 1)),
        Parameter("min_p", Kind.NUMBER, 0.0, least=0, most=1, usual=(0, 1)),
        Parameter("seed", Kind.INTEGER, -1, least=-LARGEST - 1, most=2**32 - 1),
        Parameter("stop", Kind.TEXTS),
        # -1: as many as the context allows, ten times over. -2 was "until the context is full".
        Parameter("num_predict", Kind.INTEGER, -1, least=-2, most=LARGEST, usual=(128, 8192)),
        # The default was 1.1 until 0.32.9, with a break from 0.17.5 to 0.17.7.
        Parameter("repeat_penalty", Kind.NUMBER, 1.0, least=0.01, usual=(1, 1.5)),
        Parameter("repeat_last_n", Kind.INTEGER, 64, least=-1, most=LARGEST, usual=(0, 256)),
        Parameter("presence_penalty", Kind.NUMBER, 0.0, usual=(-2, 2)),
        Parameter("frequency_penalty", Kind.NUMBER, 0.0, usual=(-2, 2)),
        Parameter("typical_p", Kind.NUMBER, 1.0, least=0, most=1, usual=(0, 1)),
        Parameter("num_keep", Kind.INTEGER, 4, least=-1, most=LARGEST),
        Parameter("num_batch", Kind.INTEGER, 512, least=1, most=LARGEST, at_load=True),
        Parameter("num_gpu", Kind.INTEGER, -1, least=-1, most=LARGEST, at_load=True),
        Parameter("main_gpu", Kind.INTEGER, least=0, most=LARGEST, at_load=True),
        Parameter("use_mmap", Kind.SWITCH, at_load=True),
        Parameter("num_thread", Kind.INTEGER, 0, least=0, most=LARGEST, at_load=True),
        Parameter("draft_num_predict", Kind.INTEGER, 4, least=0, most=LARGEST, at_load=True),
    )
}

# What Ollama once knew, and now ignores.
REMOVED = frozenset(
    [
        *("mirostat", "mirostat_tau", "mirostat_eta", "tfs_z", "penalize_newline", "num_gqa"),
        *("low_vram", "f16_kv", "vocab_only", "use_mlock", "logits_all", "numa"),
        *("embedding_only", "rope_frequency_base", "rope_frequency_scale"),
    ]
)


class BadParameter(ValueError):
    """A text that is no value for a parameter; `sentence` says what would be one."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__(sentence)


_EXPECTED = {
    Kind.INTEGER: _("A whole number is needed here, such as 40."),
    Kind.NUMBER: _("A number is needed here, such as 0.8."),
    Kind.SWITCH: _("Either true or false is needed here."),
    Kind.TEXTS: _("A list of texts is needed here, none of them empty."),
}


def check(parameters: Mapping[str, Any]) -> dict[str, Sentence]:
    """What is wrong, by name; nothing if Ollama can work with all of them.

    The values are as in JSON; a float without a fraction is an integer, as it is for Ollama.
    """
    problems = ((name, _problem(name, value)) for name, value in parameters.items())
    return {name: problem for name, problem in problems if problem}


def read(name: str, text: str) -> Any:
    """The value that `text` is for the parameter: of `stop` one text, for others the whole.

    Raises BadParameter for what is none, or no name of a parameter.
    """
    parameter = PARAMETERS.get(name)
    if parameter is None:
        raise BadParameter(_unknown(name))
    value = _value(parameter.kind, text)
    if value is None:
        raise BadParameter(Sentence(_EXPECTED[parameter.kind]))
    if problem := _problem(name, [value] if parameter.kind is Kind.TEXTS else value):
        raise BadParameter(problem)
    return value


def read_shown(text: str) -> dict[str, Any]:
    """The parameters of a model, from `parameters` of /api/show.

    A value that is of no use is kept as the text that it is, for `check` to name. Text that goes on
    and on is cut: a model has about ten lines.
    """
    found: dict[str, Any] = {}
    for line in text.split("\n", MOST_LINES)[:MOST_LINES]:
        name, _space, rest = line[:LONGEST_LINE].strip().partition(" ")
        if not rest:
            continue
        shown = rest.strip()
        quoted = len(shown) > 1 and shown[0] == shown[-1] == '"'
        if name == "stop":
            found.setdefault(name, []).append(_unquoted(shown[1:-1]) if quoted else shown)
        elif quoted:
            found[name] = _unquoted(shown[1:-1])
        else:
            kind = PARAMETERS[name].kind if name in PARAMETERS else Kind.NUMBER
            value = _value(kind, shown)
            found[name] = shown if value is None else value
    return found


def _problem(name: str, value: Any) -> Sentence | None:
    parameter = PARAMETERS.get(name)
    if parameter is None:
        return _unknown(name)
    if not _is_of(parameter.kind, value):
        return Sentence(_EXPECTED[parameter.kind])
    if parameter.least is not None and value < parameter.least:
        return Sentence(_("This must be %(least)s or more."), least=parameter.least)
    if parameter.most is not None and value > parameter.most:
        return Sentence(_("This must be %(most)s or less."), most=parameter.most)
    return None


def _unknown(name: str) -> Sentence:
    if name in REMOVED:
        return Sentence(_("Ollama does not use this parameter any more."))
    if close := get_close_matches(name[:40], PARAMETERS, n=1):
        return Sentence(_("Ollama knows no parameter of this name. Is it %(name)s?"), name=close[0])
    return Sentence(_("Ollama knows no parameter of this name."))


def _is_of(kind: Kind, value: Any) -> bool:
    if kind is Kind.TEXTS:
        return isinstance(value, list) and all(isinstance(text, str) and text for text in value)
    if kind is Kind.SWITCH or isinstance(value, bool):
        return kind is Kind.SWITCH and isinstance(value, bool)
    if isinstance(value, float):
        return math.isfinite(value) and (kind is Kind.NUMBER or value.is_integer())
    return isinstance(value, int)


_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")
_SWITCHES = {
    **dict.fromkeys(("1", "t", "T", "true", "True", "TRUE"), True),
    **dict.fromkeys(("0", "f", "F", "false", "False", "FALSE"), False),
}


def _value(kind: Kind, text: str) -> int | float | bool | str | None:
    """By the rules of Go, which Ollama reads Modelfiles with; None for what is no value."""
    match kind:
        case Kind.TEXTS:
            return text
        case Kind.SWITCH:
            return _SWITCHES.get(text)
        case Kind.INTEGER:
            return int(text) if _INTEGER.fullmatch(text) else None
        case Kind.NUMBER:
            number = float(text) if _NUMBER.fullmatch(text) else math.inf
            return number if math.isfinite(number) else None


_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)")
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _unquoted(text: str) -> str:
    """The inside of a text as Go quotes it."""

    def character(escape: re.Match[str]) -> str:
        spelt = escape[1]
        if len(spelt) == 1:
            return _ESCAPED.get(spelt, spelt)
        number = int(spelt[1:], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"

    return _ESCAPE.sub(character, text)
