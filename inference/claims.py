"""What a worker fetches from the database in one go: runs to do, and runs to stop."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import CharField, UUIDField

from accounts.prepared import Prepared, PreparedRows, PreparedUpdate
from inference import context, outcomes, prompts, queue
from inference.clients import Way
from inference.models import Model, Run, Server
from inference.ollama import ChatRequest

log = logging.getLogger(__name__)

# Runs for programs are claimed by the process that serves the program.
PURPOSES = (
    Run.Purpose.ANSWER,
    Run.Purpose.SUMMARY,
    Run.Purpose.TITLE,
    Run.Purpose.MEASURE,
    Run.Purpose.TRIAL,
)
# Managers measure and try out what they manage, whoever it is for.
_OF_A_MEMBER = (Run.Purpose.ANSWER, Run.Purpose.SUMMARY, Run.Purpose.TITLE)


@dataclass(frozen=True)
class Claim:
    """A run that is ours now, with what to ask of which server."""

    run: Run
    way: Way
    request: ChatRequest
    before: str
    before_thinking: str
    knows_window: bool  # as far as the server tells: how many tokens the model takes in


@dataclass(frozen=True)
class Found:
    """The claims, and which of the worker's running runs somebody wants stopped."""

    claims: list[Claim]
    stops: set[UUID]


def look(owner: str, now: datetime, *, limit: int) -> Found:
    """Claims at most `limit` runs that have a free slot, and looks for requests to stop."""
    found = Found([], {pk for (pk,) in _stops.each(owner=owner)})
    runs = queue.claim(owner, now, purposes=PURPOSES, limit=limit)
    models = _models_of(runs)
    for run in runs:
        if run.purpose in _OF_A_MEMBER and not _is_allowed(run):
            _fail(run, "not_allowed", now)
            continue
        try:
            found.claims.append(_claim(run, models.get((run.server_id, run.model_name))))
        except (OperationalError, InterfaceError):
            raise  # the database is away: `put_back_unknown` comes when it is back
        except Exception:
            log.exception("run %s has no prompt", run.pk)
            _fail(run, "internal", now)
    if found.claims:
        with transaction.atomic():
            for claim in found.claims:
                _sent.save(claim.run, pk=claim.run.pk)
    return found


def _is_allowed(run: Run) -> bool:
    """Whether its person may still use the model: groups may have changed while it waited."""
    return run.person_id is None or Model.objects.is_for(run.person_id, run.model_name)


def _fail(run: Run, kind: str, now: datetime) -> None:
    end = outcomes.ended_by(kind, run.model_name)
    queue.finish(run.pk, run.epoch, end.status, now=now, error_kind=end.error_kind, error=end.error)


_stops = PreparedRows(
    lambda owner: Run.objects.running().filter(owner=owner, stop_requested=True).values_list("pk"),
    owner=CharField(),
)
_sent = PreparedUpdate(lambda pk: Run.objects.filter(pk=pk), ("sent",), pk=UUIDField())


def put_back_unknown(owner: str, known: set[UUID], now: datetime) -> None:
    """Lets runs wait again that were claimed for the owner when the database failed.

    The owner never heard of them, and Ollama was not asked.
    """
    claimed = Run.objects.running().filter(owner=owner, sent={}).exclude(pk__in=known)
    for pk, epoch in claimed.values_list("pk", "epoch"):
        queue.put_back(pk, epoch, now=now, at_once=True)


def give_up(now: datetime, patience: timedelta) -> None:
    """Ends waiting runs that no server will take: none has the model, or none answers for long."""
    if not Run.objects.waiting().exists():
        return
    if not Server.objects.filter(enabled=True, checked_at=None).exists():
        queue.fail_missing(now)
    reachable = Model.objects.runnable().filter(server__in=Server.objects.open())
    waiting = Run.objects.waiting().filter(queued_at__lt=now - patience)
    alone = waiting.exclude(model_name__in=reachable.values("name"))
    for run in alone.only("pk", "model_name"):
        end = outcomes.ended_by("unreachable", run.model_name)
        alone.end(run.pk, end.status, now=now, error_kind=end.error_kind, error=end.error)


def _models_of(runs: list[Run]) -> dict[tuple[UUID | None, str], Model]:
    wanted = {(run.server_id, run.model_name) for run in runs}
    found = {each: _copies.first(server=each[0], name=each[1]) for each in wanted}
    return {each: model for each, model in found.items() if model is not None}


_copies = Prepared(
    lambda server, name: Model.objects.filter(server=server, name=name),
    server=UUIDField(),
    name=CharField(),
)


def _claim(run: Run, model: Model | None) -> Claim:
    assert run.server is not None  # noqa: S101  claiming gave it one
    prompt = prompts.build(run)
    parameters: dict[str, Any] = run.parameters
    options: dict[str, Any] = parameters.get("options") or {}
    abilities = set(model.capabilities) if model else set()
    asked = options.get("num_ctx")
    num_ctx = _window(model, asked) if model else asked
    if model and asked:
        Model.objects.asked_for(model, asked)
    cut = context.cut(
        _what_it_takes(prompt.messages, abilities),
        num_ctx,
        answer_tokens=options.get("num_predict"),
        characters_per_token=model.characters_per_token if model else None,
        image_tokens=model.image_tokens if model else None,
    )
    think = parameters.get("think") if "thinking" in abilities else None
    run.sent = {
        **prompt.notes,
        "first": prompt.first,
        "sees": _first_seen(prompt, cut.dropped),
        "messages": len(cut.messages),
        "cut": cut.dropped,
        "characters": cut.characters,
        "images": _images_in(cut.messages),
        "unseen": 0 if "vision" in abilities else _images_in(prompt.messages, cut.dropped),
        "before": len(prompt.before),
        "think": think,
        "num_ctx": num_ctx,
        "digest": prompts.digest(cut.messages),
    }
    request = ChatRequest(
        model=run.model_name,
        messages=prompts.with_images(cut.messages, prompt.image),
        options=options,
        # Ollama refuses what a model is not able to do: only what the catalogue knows of.
        think=think,
        # Ollama's grammar begins a new value: what goes on from half of one goes on freely.
        format=None if prompt.before.strip() else _format(parameters.get("format")),
        tools=parameters.get("tools") if "tools" in abilities else None,
        keep_alive=parameters.get("keep_alive"),
        truncate=_may_be_cut(cut.messages, prompt),
    )
    return Claim(
        run,
        Way.to(run.server),
        request,
        prompt.before,
        prompt.before_thinking,
        knows_window=model is None or model.loaded or model.window(asked) is not None,
    )


def _may_be_cut(messages: list[dict[str, Any]], prompt: prompts.Prompt) -> bool | None:
    """Whether Ollama may cut what is longer than we reckoned; None: as it does by itself.

    Of a question without a history it would cut out the middle, and answer the rest without a word.
    Images it reckons up as 768 tokens for some models, and leaves out messages that fit.
    """
    has_images = any(message.get("images") for message in messages)
    questions = sum(message["role"] == "user" for message in messages)
    is_new = questions == 1 and not prompt.before.strip()
    return False if has_images or is_new else None


def _window(model: Model, asked: int | None) -> int | None:
    """The tokens that it takes in, as far as we know; None for what is usual."""
    known = model.window(asked)
    if known or model.context_length is None:
        return known
    return min(model.context_length, context.ASSUMED_NUM_CTX)


def _first_seen(prompt: prompts.Prompt, dropped: int) -> str | None:
    """The id of the first message of the history that was not left out."""
    known = [each for each in prompt.ids if each is not None]
    return known[dropped] if dropped < len(known) else None


def _format(wanted: Any) -> str | dict[str, Any] | None:
    if isinstance(wanted, str) and wanted.startswith("{"):
        schema: dict[str, Any] = json.loads(wanted)
        return schema
    return wanted or None


def _images_in(messages: Sequence[dict[str, Any]], dropped: int = 0) -> int:
    """How many images they have, without the first so many after the system messages."""
    said = [message for message in messages if message["role"] != "system"]
    return sum(len(message.get("images") or ()) for message in said[dropped:])


def _what_it_takes(messages: list[dict[str, Any]], abilities: set[str]) -> list[dict[str, Any]]:
    """The messages without images for a model that cannot see: it would fail, or make things up."""
    if "vision" in abilities:
        return messages
    return [{k: v for k, v in message.items() if k != "images"} for message in messages]
