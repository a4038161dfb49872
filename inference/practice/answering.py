"""/api/chat and /api/generate: from the request to the last line of the answer."""

import asyncio
import secrets
import string
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import go, lines, options, prompts, tokens
from .exchange import Exchange
from .looking import find
from .memory import Runner
from .outcome import Failure
from .question import Question
from .script import Kind
from .speech import Speech, spoken
from .streaming import Stream
from .wording import checked_format, say

if TYPE_CHECKING:
    from .server import PracticeServer


async def chat(server: "PracticeServer", exchange: Exchange) -> None:
    await _answer(server, exchange, Question.of_chat(exchange.request.body))


async def generate(server: "PracticeServer", exchange: Exchange) -> None:
    await _answer(server, exchange, Question.of_generate(exchange.request.body))


@dataclass(frozen=True)
class Work:
    """A question whose model is loaded. Times are nanoseconds of the monotonic clock."""

    server: "PracticeServer"
    exchange: Exchange
    question: Question
    runner: Runner
    chosen: Mapping[str, Any]
    began: int
    loaded: int

    def start(self) -> dict[str, Any]:
        return {"model": self.question.model, "created_at": go.now()}

    def metrics(self, answer: "Answer", first: int) -> dict[str, Any]:
        """Counts and times; `first` is when the first token came."""
        now = time.monotonic_ns()
        return go.present(
            {
                "context": answer.context,
                "total_duration": now - self.began,
                "load_duration": self.loaded - self.began,
                "prompt_eval_count": answer.prompt_tokens,
                "prompt_eval_duration": max(1, first - self.loaded),
                "eval_count": answer.speech.tokens,
                "eval_duration": max(1, now - first),
            }
        )


@dataclass(frozen=True)
class Answer:
    """What is going to be said, and what it takes."""

    speech: Speech
    prompt_tokens: int
    context: list[int] | None


async def _answer(server: "PracticeServer", exchange: Exchange, question: Question) -> None:
    began = time.monotonic_ns()
    model = find(server, question.model, f"model '{question.model}' not found")
    if question.only_loads and question.keep_alive == 0:
        server.memory.unload(model)
        await _reply_without_words(exchange, question, "unload")
        return
    question.check_able(model)
    chosen = options.checked(model.parameters, question.options)
    async with server.memory.use(model, chosen, question.keep_alive, server.script) as runner:
        if question.only_loads:
            await _reply_without_words(exchange, question, "load")
            return
        work = Work(server, exchange, question, runner, chosen, began, time.monotonic_ns())
        try:
            await _work(work)
        except Failure as failure:
            exchange.fail(failure, stream=question.streams)
        finally:
            if exchange.struck_by(Kind.CRASH):
                server.memory.crash(model)


async def _reply_without_words(exchange: Exchange, question: Question, reason: str) -> None:
    """The answer to a request that only loads or unloads."""
    start = {"model": question.model, "created_at": go.now()}
    dialect = question.dialect
    await exchange.reply(start | dialect.last(dialect.filled(), reason, {}, None))


async def _work(work: Work) -> None:
    question, runner = work.question, work.runner
    messages, prompt_tokens = prompts.fitted(
        question.messages(runner.model),
        question.tools,
        runner.num_ctx,
        may_cut=question.may_cut,
        sees=runner.model.can("vision"),
    )
    if question.raw:
        prompt = question.asked["prompt"]
    else:
        prompt = prompts.rendered(messages, question.tools)
    if question.only_renders:
        await _show_prompt(work, prompt)
        return
    wanted = checked_format(question.asked.get("format"))
    work.exchange.raise_early_faults()
    await asyncio.sleep(work.server.script.prompt_seconds)
    said = say(
        runner.model,
        messages,
        work.server.script,
        thinks=question.thinks(runner.model),
        tools=question.tools,
        wanted=wanted,
    )
    speech = spoken(
        said,
        work.chosen,
        prefill=prompts.prefill(messages),
        prompt_tokens=prompt_tokens,
        num_ctx=runner.num_ctx,
        shift=question.shifts,
    )
    context = None
    if question.dialect.has_context and not question.raw:
        context = question.context + tokens.ids(prompt + "".join(speech.said.text))
    answer = Answer(speech, prompt_tokens + len(question.context), context)
    if question.streams:
        await _stream(work, answer)
    else:
        await _whole(work, answer)


async def _show_prompt(work: Work, prompt: str) -> None:
    content = work.question.dialect.filled()
    if "message" in content:
        content["message"]["role"] = ""
    rendered = {"done": False, "_debug_info": {"rendered_template": prompt}}
    await work.exchange.reply(work.start() | content | rendered)


async def _stream(work: Work, answer: Answer) -> None:
    dialect, said = work.question.dialect, answer.speech.said
    first = time.monotonic_ns()

    def last() -> bytes:
        metrics = work.metrics(answer, first)
        return lines.tail(dialect.last(dialect.filled(), answer.speech.done_reason, metrics, None))

    thinking = [dialect.thinking(piece) for piece in said.thinking]
    tails = dialect.around_thinking(thinking) if thinking else []
    tails += _text_lines(work.question, said.text)
    if said.tool_calls:
        tails.append(dialect.calls(_numbered(said.tool_calls)))
    stream = Stream(
        work.exchange,
        lines.head(work.question.model),
        work.server.ticker,
        work.server.script.speed,
        dialect.text("%"),
    )
    await stream.run(tails, last)


def _text_lines(question: Question, pieces: Sequence[str]) -> list[bytes]:
    texts = [question.dialect.text(piece) for piece in pieces]
    if not question.wants_logprobs:
        return texts
    top = question.top_logprobs
    pairs = zip(texts, pieces, strict=True)
    return [lines.with_logprobs(line, piece, top) for line, piece in pairs]


async def _whole(work: Work, answer: Answer) -> None:
    question, said = work.question, answer.speech.said
    first = time.monotonic_ns()
    if speed := work.server.script.speed:
        await asyncio.sleep((len(said.text) + len(said.thinking)) / speed)
    logprobs = None
    if question.wants_logprobs:
        logprobs = [lines.logprob(piece, question.top_logprobs) for piece in said.text]
    content = question.dialect.filled(
        "".join(said.text), "".join(said.thinking), _numbered(said.tool_calls)
    )
    metrics = work.metrics(answer, first)
    last = question.dialect.last(content, answer.speech.done_reason, metrics, logprobs)
    await work.exchange.reply(work.start() | last)


def _numbered(calls: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The calls as Ollama sends them, each with an id."""
    signs = string.ascii_lowercase + string.digits
    return [
        {
            "id": "call_" + "".join(secrets.choice(signs) for _ in range(8)),
            "function": {"index": index, "name": call["name"], "arguments": call["arguments"]},
        }
        for index, call in enumerate(calls)
    ]
