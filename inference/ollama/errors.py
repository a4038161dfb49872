"""What can go wrong with an Ollama server, named for what a person can do about it.

OllamaError
├── Unreachable    nobody answers there: look whether the server runs, then try again
├── Refused        the server says no to this request: change it, or ask who runs the server
├── Busy           the server has too much to do: wait and try again
├── ModelMissing   the server does not have that model: choose another, or install it
├── NotAble        this model or server cannot do that: choose another
├── BadAnswer      what answers does not speak as Ollama does: look at its address and version
├── Interrupted    the answer broke off: go on from what has come, or try again
└── TooLong        more text than the model can take: shorten it, or start anew
"""

from typing import ClassVar


class OllamaError(Exception):
    """A request to Ollama that did not end well; always one of the subclasses.

    `message` is a sentence for people, with what Ollama said (`said`, which may be empty).
    `before_first_byte` is True while not one piece of the answer had come, so that nothing
    would be done twice by asking again.
    """

    kind: ClassVar[str] = "error"
    sentence: ClassVar[str] = "The Ollama server did not do it."

    def __init__(self, said: str = "", *, before_first_byte: bool = True) -> None:
        self.said = said
        self.message = f"{self.sentence} ({said})" if said else self.sentence
        self.before_first_byte = before_first_byte
        super().__init__(self.message)


class Unreachable(OllamaError):
    """No connection, or one that was closed before an answer began."""

    kind = "unreachable"
    sentence = "The Ollama server cannot be reached."


class Refused(OllamaError):
    """A wrong field, a wrong option, no permission, or a failure that only its log explains."""

    kind = "refused"
    sentence = "The Ollama server refused the request."


class Busy(OllamaError):
    """The server's queue is full (503, 429), or all the connections we allow ourselves are used."""

    kind = "busy"
    sentence = "The Ollama server is busy."


class ModelMissing(OllamaError):
    """No model of that name is installed."""

    kind = "model_missing"
    sentence = "The Ollama server does not have this model."


class NotAble(OllamaError):
    """A capability, an endpoint or the memory for it is lacking."""

    kind = "not_able"
    sentence = "The model or its server is not able to do this."


class BadAnswer(OllamaError):
    """Not the JSON that was due, or more of it than is sane."""

    kind = "bad_answer"
    sentence = "The answer of the Ollama server cannot be read."


class Interrupted(OllamaError):
    """An error line or an end before `done`, a silence too long, a lost connection."""

    kind = "interrupted"
    sentence = "The Ollama server broke off."


class TooLong(OllamaError):
    """The text does not fit into the context of the model."""

    kind = "too_long"
    sentence = "The text is too long for the model."
