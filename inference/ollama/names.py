"""Names of models: `[scheme://][host/][namespace/]model[:tag]`. No I/O."""

import re
from dataclasses import dataclass

from .sentences import Sentence
from .sentences import gettext_noop as _

DEFAULT_SCHEME = "https"
DEFAULT_HOST = "registry.ollama.ai"
DEFAULT_NAMESPACE = "library"
DEFAULT_TAG = "latest"


class BadName(ValueError):
    """Not a name for a model. `sentence` says which part, which character, and what is allowed."""

    def __init__(self, part: str, sentence: Sentence) -> None:
        self.part = part  # "scheme", "host", "namespace", "model", "tag"; "" for all of it
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True, eq=False)
class ModelName:
    """A name with what it leaves out filled in. Those that differ in case only are equal."""

    scheme: str
    host: str
    namespace: str
    model: str
    tag: str

    def __str__(self) -> str:
        """As Ollama shows it: without the host and namespace that go without saying."""
        shown = f"{self.model}:{self.tag}"
        if self.is_remote:
            return f"{self.host}/{self.namespace}/{shown}"
        if self.namespace.lower() != DEFAULT_NAMESPACE:
            return f"{self.namespace}/{shown}"
        return shown

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, ModelName) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def key(self) -> str:
        """The same text for equal names. The scheme is the way to a name, and no part of it."""
        return f"{self.host}/{self.namespace}/{self.model}:{self.tag}".lower()

    @property
    def is_remote(self) -> bool:
        """Whether a pull or push would go to another registry than Ollama's own."""
        return self.host.lower() != DEFAULT_HOST

    @property
    def is_cloud(self) -> bool:
        """Whether Ollama (0.18 and later) sends the prompts to ollama.com instead of running it."""
        tag = self.tag.lower()
        return tag == "cloud" or tag.endswith("-cloud")


def parse(text: str) -> ModelName:
    """The name that `text` is, white space around it aside. Raises BadName.

    Splits from the end, as Ollama does: "a/b" is a namespace and a model, never a host.
    """
    rest = text.strip()
    if not rest:
        raise BadName("", Sentence(_("Give the model a name.")))
    scheme, host = DEFAULT_SCHEME, DEFAULT_HOST
    namespace, tag = DEFAULT_NAMESPACE, DEFAULT_TAG
    before, colon, after = rest.rpartition(":")
    if colon and "/" not in after:
        rest, tag = before, after
    rest, slash, model = rest.rpartition("/")
    if slash:
        rest, slash, namespace = rest.rpartition("/")
    if slash:
        scheme, host = _scheme_and_host(rest)
    for part, value in (("tag", tag), ("model", model), ("namespace", namespace), ("host", host)):
        _check(part, value)
    return ModelName(scheme, host, namespace, model, tag)


def _scheme_and_host(text: str) -> tuple[str, str]:
    scheme, separator, host = text.rpartition("://")
    if not separator:
        if text.lower() in ("http:", "https:", "http:/", "https:/"):
            words = _("After the scheme come three parts: host/namespace/model.")
            raise BadName("host", Sentence(words))
        return DEFAULT_SCHEME, text
    if scheme.lower() not in ("http", "https"):
        words = _("Only http:// and https:// can stand before the host.")
        raise BadName("scheme", Sentence(words))
    return scheme.lower(), host


_NOT_ALLOWED = {
    "host": re.compile(r"[^A-Za-z0-9_.:-]"),
    "namespace": re.compile(r"[^A-Za-z0-9_-]"),
    "model": re.compile(r"[^A-Za-z0-9_.-]"),
    "tag": re.compile(r"[^A-Za-z0-9_.-]"),
}
_LONGEST = {"host": 350, "namespace": 80, "model": 80, "tag": 80}
_PARTS = {
    "host": _("host"),
    "namespace": _("namespace"),
    "model": _("name of the model"),
    "tag": _("tag"),
}
_ALLOWED = {
    "host": _("letters from a to z, digits, “_”, “-”, “.” and “:”"),
    "namespace": _("letters from a to z, digits, “_” and “-”"),
    "model": _("letters from a to z, digits, “_”, “-” and “.”"),
    "tag": _("letters from a to z, digits, “_”, “-” and “.”"),
}


def _check(part: str, value: str) -> None:
    if wrong := _wrong(part, value):
        raise BadName(part, wrong)


def _wrong(part: str, value: str) -> Sentence | None:
    what = Sentence(_PARTS[part])
    if not value:
        words = _("The %(part)s is empty. A name is host/namespace/model:tag, or the end of that.")
        return Sentence(words, part=what)
    if part == "host" and "/" in value:
        return Sentence(_("A name has three parts between slashes at most: host/namespace/model."))
    if len(value) > _LONGEST[part]:
        return Sentence(
            _("The %(part)s is %(length)d characters long; no more than %(most)d are allowed."),
            part=what,
            length=len(value),
            most=_LONGEST[part],
        )
    if found := _NOT_ALLOWED[part].search(value):
        return Sentence(
            _("The %(part)s cannot hold %(character)s. Allowed are %(allowed)s."),
            part=what,
            character=_shown(found[0]),
            allowed=Sentence(_ALLOWED[part]),
        )
    if value[0] in "-.:":
        return Sentence(
            _("The %(part)s cannot begin with %(character)s, but with a letter, a digit or “_”."),
            part=what,
            character=_shown(value[0]),
        )
    return None


def _shown(character: str) -> str:
    if character == " ":
        return Sentence(_("a space"))
    return f"“{character}”" if character.isprintable() else f"U+{ord(character):04X}"
