"""Trials: a draft is asked something before a model is made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from inference import queue
from inference.live import frames, snapshot
from inference.live.snapshot import Snapshot
from inference.models import Model, Run
from inference.outcomes import explain
from inference.prompts import Prompt
from inference.signals import run_ended
from inference.wakeups import audience_group, show
from models_admin.creating.forms import CreateForm
from models_admin.models import Draft, TrialAnswer, Typed


@transaction.atomic
def begin(person: Person, form: CreateForm, typed: Typed, question: str, *, compare: bool) -> Draft:
    """Asks the draft, and its source too if they shall be compared; ends the person's last trial.

    `form` can be tried. The draft is not made: its source is asked, with what the draft adds.
    """
    for answer in TrialAnswer.objects.visible_to(person).select_related("run"):
        if answer.run and answer.run.is_open:
            answer.run.request_stop()
    draft = Draft.objects.keep(person, typed, question)
    asked = {"role": "user", "content": question}
    system: str = form.cleaned_data["system"]
    before = [{"role": "system", "content": system}] if system else []
    parameters = {"options": form.parameters} if form.parameters else {}
    _ask(draft, form, [*before, *form.messages, asked], parameters)
    if compare:
        _ask(draft, form, [asked], {}, of_source=True)
    return draft


def _ask(
    draft: Draft,
    form: CreateForm,
    messages: list[dict[str, Any]],
    parameters: dict[str, Any],
    *,
    of_source: bool = False,
) -> None:
    answer = TrialAnswer(draft=draft, of_source=of_source, messages=messages)
    answer.run = Run.objects.submit(
        person=draft.author,
        model_name=form.cleaned_data["source"],
        purpose=Run.Purpose.TRIAL,
        subject=answer.pk,
        audience=draft.author_id,
        parameters=parameters,
    )
    answer.save(force_insert=True)


def build(run: Run) -> Prompt:
    """What a trial's run sends. Raises TrialAnswer.DoesNotExist."""
    return Prompt(messages=TrialAnswer.objects.get(pk=run.subject).messages)


@receiver(run_ended, dispatch_uid="models_admin.show_trial")
def show_end(run: Run, **kwargs: Any) -> None:
    """Has the author's open pages fetch an answer that has ended."""
    audience, subject = run.audience, run.subject
    if run.purpose == Run.Purpose.TRIAL and audience is not None:
        transaction.on_commit(lambda: show(audience_group(audience), frames.hint(subject)))


@dataclass(frozen=True)
class Shown:
    """An answer of a trial, ready for its template."""

    answer: TrialAnswer

    @property
    def run(self) -> Run | None:
        return self.answer.run

    @property
    def is_open(self) -> bool:
        return self.run is not None and self.run.is_open

    @property
    def waits(self) -> bool:
        """Whether there is nothing to read yet, but words about why."""
        return self.run is not None and self.run.status == Run.Status.QUEUED

    @cached_property
    def snapshot(self) -> Snapshot | None:
        return snapshot.of(self.run) if self.run else None

    @property
    def words(self) -> str:
        """What it is doing, or how it ended if that was not well; "" for a whole answer."""
        run = self.run
        if run is None:
            return _("This answer was cleared away.")
        if run.status == Run.Status.QUEUED:
            place = queue.place(run).position
            return _("Place %(place)s in the line") % {"place": place} if place else _("In line")
        if run.status == Run.Status.RUNNING:
            loaded = Model.objects.filter(server=run.server_id, name=run.model_name, loaded=True)
            if run.first_token_at is None and not loaded.exists():
                return _("Loading %(model)s") % {"model": run.model_name}
            return _("Reading the question")
        if run.status == Run.Status.STOPPED:
            return _("Stopped.")
        if run.status != Run.Status.DONE:
            return explain(run)
        if not run.text:
            return _("The model ended without a word.")
        if run.done_reason == "length":
            return _("Cut off: the model reached the length that it may write at once.")
        return ""

    @property
    def is_bad(self) -> bool:
        return self.run is None or self.run.status in (Run.Status.FAILED, Run.Status.INTERRUPTED)

    @property
    def figures(self) -> list[str]:
        """What Ollama measured, in words."""
        run = self.run
        if run is None or run.answer_tokens is None:
            return []
        count = run.answer_tokens
        figures = [ngettext("%(n)s token", "%(n)s tokens", count) % {"n": number_format(count)}]
        if run.answer_ns and count > 1:
            speed = number_format(count / (run.answer_ns / 1e9), 1)
            figures.append(_("%(n)s tokens/s") % {"n": speed})
        return figures


def shown(draft: Draft) -> Sequence[Shown]:
    """The answers to a draft's question, the draft's own first."""
    return [Shown(answer) for answer in draft.answers.select_related("run")]
