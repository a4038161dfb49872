"""The queue under everything that can happen to it, in any order, by two workers.

Hypothesis looks for a sequence of steps after which the database and a plain model of it differ,
or a rule of the queue is broken.
"""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from inference import queue
from inference.models import AlreadyRunning, Model, Run, Server, SlotTime
from inference.queue import Progress
from inference.signals import run_ended
from tests.factories import WORKER_PURPOSES, a_server, at
from tests.people import a_person

pytestmark = pytest.mark.django_db
Status = Run.Status

MODELS = ("owl:latest", "pip:latest")
SLOTS = 2
ENDS = (Status.DONE, Status.STOPPED, Status.FAILED)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
which = st.integers(0, 1_000)


@dataclass
class Expected:
    """What the database must say of a run."""

    subject: UUID
    status: Status = Status.QUEUED
    epoch: int = 0
    text: str = ""
    stop: bool = False

    @property
    def is_open(self) -> bool:
        return self.status in Run.OPEN


@dataclass
class Claim:
    """What a worker believes of a run, rightly or not."""

    run: UUID
    epoch: int
    start: int = 0
    # Saved, but the worker does not know it.
    unknown: str = ""


@dataclass
class Worker:
    name: str
    claims: list[Claim] = field(default_factory=list)


class QueueMachine(RuleBasedStateMachine):
    @initialize(resident=st.integers(1, 2))
    def begin(self, resident):
        for model in (Run, SlotTime, Model, Server):
            model.objects.all().delete()
        self.people = list(Run._meta.get_field("person").related_model.objects.order_by("username"))
        self.server = a_server(*MODELS, slots=SLOTS, resident=resident)
        self.subjects = [uuid4() for _ in range(6)]
        self.expected: dict[UUID, Expected] = {}
        self.workers = [Worker("one"), Worker("two")]
        self.seconds = 0.0
        self.ends: Counter[UUID] = Counter()
        run_ended.connect(self.hear)

    def teardown(self):
        run_ended.disconnect(self.hear)

    def hear(self, run, **_):
        self.ends[run.pk] += 1
        assert run.status not in Run.OPEN

    @property
    def now(self):
        return at(self.seconds)

    def is_ours(self, claim: Claim) -> bool:
        found = self.expected.get(claim.run)
        return found is not None and found.status == Status.RUNNING and found.epoch == claim.epoch

    def end(self, run: UUID, status: Status) -> None:
        self.expected[run].status = status

    @rule(seconds=st.sampled_from([0.1, 1, 5, 11, 61]))
    def time_passes(self, seconds):
        self.seconds += seconds

    @rule(
        person=which,
        model=st.sampled_from(MODELS),
        purpose=st.sampled_from(WORKER_PURPOSES),
        n=which,
    )
    def submit(self, person, model, purpose, n):
        subject = self.subjects[n % len(self.subjects)]
        taken = any(run.subject == subject and run.is_open for run in self.expected.values())
        try:
            run = Run.objects.submit(
                person=self.people[person % len(self.people)],
                model_name=model,
                purpose=purpose,
                subject=subject,
                now=self.now,
            )
        except AlreadyRunning:
            assert taken
        else:
            assert not taken
            self.expected[run.pk] = Expected(subject)

    @rule(n=which, limit=st.sampled_from([None, None, 1]))
    def claim(self, n, limit):
        worker = self.workers[n % 2]
        before = list(Run.objects.waiting())
        claimed = queue.claim(worker.name, self.now, purposes=WORKER_PURPOSES, limit=limit)
        for run in claimed:
            expected = self.expected[run.pk]
            assert expected.status == Status.QUEUED
            expected.status, expected.epoch = Status.RUNNING, expected.epoch + 1
            assert run.epoch == expected.epoch
            assert run.not_before is None
            worker.claims.append(Claim(run.pk, run.epoch))
        ids = {run.pk for run in claimed}
        left = [run for run in before if run.pk not in ids and not run.background]
        # Who waits for a model that is nowhere holds up nobody.
        people_left = [run for run in left if self.is_somewhere(run)]
        if any(run.background for run in claimed):
            assert people_left == []
        if limit is None and not Run.objects.running().exists():
            assert not any(self.can_run(run) for run in people_left), "idle, and somebody waits"

    def can_run(self, run: Run) -> bool:
        due = run.not_before is None or run.not_before <= self.now
        return due and self.is_somewhere(run)

    def is_somewhere(self, run: Run) -> bool:
        takers = Server.objects.taking_runs(self.now)
        return Model.objects.runnable().filter(name=run.model_name, server__in=takers).exists()

    @rule(n=which, text=texts, lost=st.booleans())
    def append(self, n, text, lost):
        """A worker saves something for all that it believes to hold; or does and never hears."""
        worker = self.workers[n % 2]
        newest = {claim.run: claim for claim in worker.claims}
        news = [
            Progress(claim.run, claim.epoch, claim.start, "", claim.unknown + text)
            for claim in newest.values()
        ]
        saved = queue.save(worker.name, news, self.now)
        assert saved.kept == {claim.run for claim in newest.values() if self.is_ours(claim)}
        assert saved.stop == {run for run in saved.kept if self.expected[run].stop}
        for run in saved.kept:
            claim = newest[run]
            expected = self.expected[run]
            expected.text = expected.text[: claim.start] + claim.unknown + text
            claim.unknown += text
            if not lost:
                claim.start += len(claim.unknown)
                claim.unknown = ""

    @precondition(lambda self: any(worker.claims for worker in self.workers))
    @rule(n=which, status=st.sampled_from(ENDS), text=texts)
    def finish(self, n, status, text):
        worker, claim = self.some_claim(n)
        written = claim.unknown + text
        ended = queue.finish(
            claim.run, claim.epoch, status, now=self.now, start=claim.start, text=written
        )
        assert (ended is not None) == self.is_ours(claim)
        if ended is not None:
            expected = self.expected[claim.run]
            expected.text = expected.text[: claim.start] + written
            self.end(claim.run, status)
        if n % 3:  # else it goes on with what it has no more
            worker.claims.remove(claim)

    @precondition(lambda self: any(worker.claims for worker in self.workers))
    @rule(n=which, error=st.sampled_from(["", "It cannot be reached."]))
    def put_back(self, n, error):
        _, claim = self.some_claim(n)
        may = self.is_ours(claim) and not self.expected[claim.run].text
        assert queue.put_back(claim.run, claim.epoch, now=self.now, error=error) == may
        if may:
            expected = self.expected[claim.run]
            expected.status = Status.STOPPED if expected.stop else Status.QUEUED

    @precondition(lambda self: self.expected)
    @rule(n=which)
    def stop(self, n):
        run, expected = self.some_run(n)
        assert Run(pk=run).request_stop(self.now) == expected.is_open
        if expected.status == Status.QUEUED:
            self.end(run, Status.STOPPED)
        elif expected.status == Status.RUNNING:
            expected.stop = True

    @precondition(lambda self: self.expected)
    @rule(n=which)
    def delete(self, n):
        run, _ = self.some_run(n)
        Run.objects.filter(pk=run).delete()
        del self.expected[run]
        self.ends.pop(run, None)

    @rule(n=which)
    def crash(self, n):
        self.workers[n % 2].claims.clear()

    @rule()
    def reap(self):
        lapsed = set(
            Run.objects.running().filter(lease_until__lt=self.now).values_list("pk", flat=True)
        )
        assert {run.pk for run in queue.reap(self.now)} == lapsed
        for run in lapsed:
            self.end(run, Status.INTERRUPTED)

    @rule(present=st.booleans())
    def a_model_comes_or_goes(self, present):
        Model.objects.filter(name=MODELS[0]).update(present=present)
        failed = {run.pk for run in queue.fail_missing(self.now)}
        for run in failed:
            assert not present
            assert self.expected[run].status == Status.QUEUED
            self.end(run, Status.FAILED)

    @rule(draining=st.booleans())
    def the_server_is_drained_or_not(self, draining):
        Server.objects.update(draining=draining)

    def some_run(self, n) -> tuple[UUID, Expected]:
        return list(self.expected.items())[n % len(self.expected)]

    def some_claim(self, n) -> tuple[Worker, Claim]:
        claims = [(worker, claim) for worker in self.workers for claim in worker.claims]
        return claims[n % len(claims)]

    @invariant()
    def the_database_says_what_is_expected(self):
        if not hasattr(self, "expected"):
            return
        rows = {run.pk: run for run in Run.objects.prefetch_related("pieces")}
        assert set(rows) == set(self.expected)
        for pk, expected in self.expected.items():
            row = rows[pk]
            assert (row.status, row.epoch, row.text) == (
                expected.status,
                expected.epoch,
                expected.text,
            )
            assert row.offset == len(expected.text)
            assert self.ends[pk] == (not expected.is_open)
            assert (row.ended_at is None) == expected.is_open

    @invariant()
    def slots_and_memory_are_never_exceeded(self):
        running = Counter(Run.objects.running().values_list("model_name", flat=True))
        assert all(count <= SLOTS for count in running.values())
        if hasattr(self, "server"):
            assert len(running) <= self.server.resident


def test_the_queue_keeps_its_rules_in_any_order():
    for name in ("ann", "bob", "eve"):
        a_person(name)
    run_state_machine_as_test(
        QueueMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
