"""The JSON of answers: /api/chat and /api/generate say the same in different fields."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from . import go

# Lines of nothing that /api/generate sends while it takes the tags around the thinking out.
_BEFORE_THINKING, _AFTER_THINKING = 4, 6


def head(model: str) -> bytes:
    """What every line begins with, up to the time."""
    return b'{"model":%b,"created_at":"' % go.dump_bytes(model)


def tail(fields: Mapping[str, Any]) -> bytes:
    """The rest of a line, after the time."""
    return b'",%b\n' % go.dump_bytes(fields)[1:]


class Dialect(Protocol):
    """How one endpoint words its lines: whole ones as bytes after the time, or their fields."""

    name: str
    has_context: bool

    def text(self, piece: str) -> bytes: ...
    def thinking(self, piece: str) -> bytes: ...
    def around_thinking(self, pieces: list[bytes]) -> list[bytes]: ...
    def calls(self, calls: Sequence[Mapping[str, Any]]) -> bytes: ...
    def filled(
        self, text: str = "", thinking: str = "", calls: Sequence[Mapping[str, Any]] = ()
    ) -> dict[str, Any]: ...
    def last(
        self, content: dict[str, Any], reason: str, metrics: dict[str, Any], logprobs: Any
    ) -> dict[str, Any]: ...


class Chat:
    """Lines with a `message`."""

    name = "chat"
    has_context = False

    def text(self, piece: str) -> bytes:
        return _chat_text(piece)

    def thinking(self, piece: str) -> bytes:
        return tail(self.filled(thinking=piece) | {"done": False})

    def around_thinking(self, pieces: list[bytes]) -> list[bytes]:
        return pieces

    def calls(self, calls: Sequence[Mapping[str, Any]]) -> bytes:
        return tail(self.filled(calls=calls) | {"done": False})

    def filled(
        self, text: str = "", thinking: str = "", calls: Sequence[Mapping[str, Any]] = ()
    ) -> dict[str, Any]:
        more = go.present({"thinking": thinking, "tool_calls": list(calls)})
        return {"message": {"role": "assistant", "content": text} | more}

    def last(
        self, content: dict[str, Any], reason: str, metrics: dict[str, Any], logprobs: Any
    ) -> dict[str, Any]:
        ended = {"done": True, "done_reason": reason}
        return content | ended | go.present({"logprobs": logprobs}) | metrics


class Generate:
    """Lines with a `response`; `context` belongs to the last one."""

    name = "generate"
    has_context = True

    def text(self, piece: str) -> bytes:
        return _generate_text(piece)

    def thinking(self, piece: str) -> bytes:
        return tail(self.filled(thinking=piece) | {"done": False})

    def around_thinking(self, pieces: list[bytes]) -> list[bytes]:
        empty = self.text("")
        return [empty] * _BEFORE_THINKING + pieces + [empty] * _AFTER_THINKING

    def calls(self, calls: Sequence[Mapping[str, Any]]) -> bytes:
        return tail({"response": "", "done": False, "tool_calls": list(calls)})

    def filled(
        self, text: str = "", thinking: str = "", calls: Sequence[Mapping[str, Any]] = ()
    ) -> dict[str, Any]:
        return {"response": text} | go.present({"thinking": thinking, "tool_calls": list(calls)})

    def last(
        self, content: dict[str, Any], reason: str, metrics: dict[str, Any], logprobs: Any
    ) -> dict[str, Any]:
        calls = content.pop("tool_calls", None)
        ended = {"done": True, "done_reason": reason}
        return content | ended | metrics | go.present({"tool_calls": calls, "logprobs": logprobs})


@lru_cache(maxsize=16_384)
def _chat_text(piece: str) -> bytes:
    return tail({"message": {"role": "assistant", "content": piece}, "done": False})


@lru_cache(maxsize=16_384)
def _generate_text(piece: str) -> bytes:
    return tail({"response": piece, "done": False})


def with_logprobs(line: bytes, piece: str, top: int) -> bytes:
    """The same line with the probabilities of its text."""
    return line[:-2] + b',"logprobs":%b}\n' % go.dump_bytes([logprob(piece, top)])


def logprob(piece: str, top: int) -> dict[str, Any]:
    """Made-up probabilities: this token nearly sure, `top` - 1 others hardly."""

    def entry(token: str, value: float) -> dict[str, Any]:
        return {"token": token, "logprob": value, "bytes": list(token.encode())}

    chosen = entry(piece, -0.00123)
    if not top:
        return chosen
    others = [entry(f" other{number}", -7.5 - number) for number in range(1, top)]
    return chosen | {"top_logprobs": [dict(chosen), *others]}
