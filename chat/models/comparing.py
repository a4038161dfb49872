"""One question to several models: which one is compared, and how that ends."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from chat.models.lifespan import Lifespan
from inference.models import Run

if TYPE_CHECKING:
    from chat.models.message import Message


class Comparing(Lifespan):
    """A conversation whose last question may have several answers side by side.

    Each has its own run, and these alone may be open at one time. While any is, `latest_run` is an
    open one: so that alone says whether the conversation is answering.
    """

    if TYPE_CHECKING:
        latest_run_id: UUID | None
        model_name: str

    # The question, until a person goes on with one answer or with another question.
    compared = models.ForeignKey(
        "chat.Message", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True

    def compares(self, answer: "Message") -> bool:
        """Whether this answer is one of those side by side."""
        return self.compared_id is not None and answer.parent_id == self.compared_id

    def stop_answers(self) -> None:
        """Stops whatever is queued or running for its answers."""
        for run in self.unfinished_runs():
            run.request_stop()

    def go_on_with(self, answer: "Message") -> list[Run]:
        """Ends the comparison in favour of one answer; call it locked, and save it.

        Returns the runs of the others that are still open: who calls stops them after the
        transaction, as a worker that ends one locks it before the conversation.
        """
        runs = self.unfinished_runs()
        others = [run for run in runs if run.subject != answer.pk]
        latest = [run.pk for run in runs if run.subject == answer.pk] + [run.pk for run in others]
        self.latest_run_id = latest[0] if latest else answer.run_id or self.latest_run_id
        self.model_name = answer.model_name
        self.compared = None
        return others

    def hand_on(self) -> None:
        """After the end of one of several answers: has `latest_run` be one that is still open."""
        # Locked, so that of two that end at once the second sees that the first has ended.
        rows = self.row().select_for_update().values_list("latest_run", flat=True)
        latest = rows.first()
        still_open = [run.pk for run in self.unfinished_runs()]
        if still_open and latest not in still_open:
            self.row().update(latest_run=still_open[0])
