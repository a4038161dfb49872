"""JSON Schemas that people give for answers: well-formed, and small enough to be made use of."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from inference.ollama import grammars
from inference.ollama.grammar_size import TooLarge

LONGEST = 20_000  # characters
LONGEST_QUOTED = 80  # characters of it in a message
DEEPEST = 20  # objects and lists in each other
TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


def check(text: str) -> str:
    """The schema as it is to be kept: in the order of its properties, without blanks.

    Raises ValidationError with words for the field.
    """
    if len(text) > LONGEST:
        raise ValidationError(
            _("A schema has at most %(most)s characters.") % {"most": LONGEST}, code="too_long"
        )
    try:
        schema = json.loads(text, parse_constant=_refuse)
        depth = _depth(schema)
        kept = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
        kept.encode()  # half of a surrogate pair cannot be sent
    except json.JSONDecodeError as error:
        raise ValidationError(
            _("This is not JSON: line %(line)s, column %(column)s.")
            % {"line": error.lineno, "column": error.colno},
            code="no_json",
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise ValidationError(_("This is not JSON."), code="no_json") from error
    if not isinstance(schema, dict) or not schema:
        raise ValidationError(
            _('A schema is an object, such as {"type": "object", "properties": {…}}.'),
            code="no_object",
        )
    if depth > DEEPEST:
        raise _too_deep()
    for each in _types(schema):
        if each not in TYPES:
            raise ValidationError(
                _("“%(type)s” is no type. There are: %(types)s.")
                % {"type": str(each)[:40], "types": ", ".join(TYPES)},
                code="no_type",
            )
    try:
        grammars.check(schema)
    except grammars.NotFollowed as error:
        raise _not_followed(error) from error
    except TooLarge as error:
        raise ValidationError(
            _("Ollama has no room for all of this: leave out properties, or shorten their names."),
            code="too_large",
        ) from error
    return kept


def indented(kept: str) -> str:
    """A checked schema as people like to read it."""
    return json.dumps(json.loads(kept), ensure_ascii=False, indent=2)


def _types(schema: Any) -> Iterator[Any]:
    """What a schema and those in it give as types. Ollama takes none that it does not know."""
    for each in grammars.schemas_in(schema):
        given = each.get("type", [])
        yield from given if isinstance(given, list) else [given]


def _not_followed(error: grammars.NotFollowed) -> ValidationError:
    if error.name == "pattern":
        words = _(
            "Ollama cannot follow the pattern %(pattern)s. It takes those that begin with ^ and "
            "end with $, with [0-9] in place of \\d and ( ) in place of (?: )."
        ) % {"pattern": _shortly(error.value)}
    else:
        words = _("Ollama cannot follow this part of the schema: %(part)s") % {
            "part": f'"{error.name}": {_shortly(error.value)}'
        }
    return ValidationError(words, code="not_followed")


def _shortly(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _too_deep() -> ValidationError:
    return ValidationError(
        _("More than %(most)s levels are more than a schema may have.") % {"most": DEEPEST},
        code="too_deep",
    )


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
