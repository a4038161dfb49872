"""What can go wrong with an Ollama server, named for what a person can do about it.

OllamaError
├── Unreachable          nobody answers there: look whether the server runs, then try again
│   └── RegistryUnreachable   Ollama got no answer from where models come from: try again
├── Refused              the server says no to this request: change it, or ask who runs the server
│   ├── NameRefused           not a name for a model: correct it
│   ├── NotAllowed            the registry wants another account: ask who runs the server
│   ├── UntrustedRegistry     plain http or an unknown certificate: allow it, or choose another
│   ├── BadFile               not a model, or not the bytes that were announced: look at the file
│   └── BlobMissing           the file is not on the server (any more): upload it again
├── Busy                 the server has too much to do: wait and try again
├── ModelMissing         the server does not have that model: choose another, or install it
│   └── NotInRegistry         neither has the registry: look at the name
├── NotAble              this model or server cannot do that: choose another
├── NoSpace              the disk of the server is full: delete models, or ask who runs it
├── BadAnswer            what answers does not speak as Ollama does: look at its address and version
├── Interrupted          the answer broke off: go on from what has come, or try again
│   └── EndedEarly            it was ended without `done`, as where a model repeats itself
└── TooLong              more text than the model can take: shorten it, or start anew
"""

from typing import ClassVar

from .places import without_places


class OllamaError(Exception):
    """A request to Ollama that did not end well; always one of the subclasses.

    `message` is a sentence for people, with what Ollama said as far as everybody may read it
    (`shown`); `said` (which may be empty) is all of it, paths and addresses included.
    `before_first_byte` is True while not one piece of the answer had come, so that nothing
    would be done twice by asking again. `retryable` tells whether the same request may do better
    later; for the others something has to change first.
    """

    kind: ClassVar[str] = "error"
    sentence: ClassVar[str] = "The Ollama server did not do it."
    retryable: ClassVar[bool] = False

    def __init__(self, said: str = "", *, before_first_byte: bool = True) -> None:
        self.said = said
        self.shown = without_places(said)
        self.message = f"{self.sentence} ({self.shown})" if said else self.sentence
        self.before_first_byte = before_first_byte
        super().__init__(self.message)


class Unreachable(OllamaError):
    """No connection, or one that was closed before an answer began.

    `dropped` is True where the server took the request and was gone: it may have died of it.
    """

    kind = "unreachable"
    sentence = "The Ollama server cannot be reached."
    retryable = True

    def __init__(
        self, said: str = "", *, before_first_byte: bool = True, dropped: bool = False
    ) -> None:
        super().__init__(said, before_first_byte=before_first_byte)
        self.dropped = dropped


class RegistryUnreachable(Unreachable):
    """The network between Ollama and the registry, or the registry itself, failed."""

    kind = "registry_unreachable"
    sentence = "The Ollama server cannot reach the registry of models."


class Refused(OllamaError):
    """A wrong field, a wrong option, no permission, or a failure that only its log explains."""

    kind = "refused"
    sentence = "The Ollama server refused the request."


class NameRefused(Refused):
    """A name outside the grammar of `names`, or for a push without a namespace."""

    kind = "name_refused"
    sentence = "The Ollama server does not take this name for a model."


class NotAllowed(Refused):
    """The registry knows the server's key and its rights, not those of the person."""

    kind = "not_allowed"
    sentence = "The registry does not allow this to the Ollama server."


class UntrustedRegistry(Refused):
    """Speaks http where https was tried, or shows a certificate that the server does not trust."""

    kind = "untrusted_registry"
    sentence = "The Ollama server has no safe connection to the registry."


class BadFile(Refused):
    """A file that is no GGUF, an architecture that is unknown, a digest that does not match."""

    kind = "bad_file"
    sentence = "The file is not a model that the Ollama server can use."


class BlobMissing(Refused):
    """Uploads that no model uses are removed when the server starts."""

    kind = "blob_missing"
    sentence = "The uploaded file is not on the Ollama server."


class Busy(OllamaError):
    """The server's queue is full (503, 429), or all the connections we allow ourselves are used."""

    kind = "busy"
    sentence = "The Ollama server is busy."
    retryable = True


class ModelMissing(OllamaError):
    """No model of that name is installed."""

    kind = "model_missing"
    sentence = "The Ollama server does not have this model."


class NotInRegistry(ModelMissing):
    """No model of that name can be pulled."""

    kind = "not_in_registry"
    sentence = "The registry has no model of this name."


class NotAble(OllamaError):
    """A capability, an endpoint or the memory for it is lacking."""

    kind = "not_able"
    sentence = "The model or its server is not able to do this."


class NoSpace(OllamaError):
    """Nothing more can be written on the server."""

    kind = "no_space"
    sentence = "The disk of the Ollama server is full."


class BadAnswer(OllamaError):
    """Not the JSON that was due, or more of it than is sane."""

    kind = "bad_answer"
    sentence = "The answer of the Ollama server cannot be read."


class Interrupted(OllamaError):
    """An error line or an end before `done`, a silence too long, a lost connection."""

    kind = "interrupted"
    sentence = "The Ollama server broke off."
    retryable = True


class EndedEarly(Interrupted):
    """An answer's end as all is well, but without `done`: Ollama saw the model repeat itself."""

    kind = "ended_early"
    sentence = "Ollama ended the answer before it was done."


class TooLong(OllamaError):
    """The text does not fit into the context of the model."""

    kind = "too_long"
    sentence = "The text is too long for the model."
