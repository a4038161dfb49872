import json
from typing import Any

from django.db import models


class DescriptionQuerySet(models.QuerySet["Description"]):
    def keep(self, digest: str, shown: dict[str, Any]) -> bool:
        """Keeps what /api/show said of the model with this digest; False if that is too much."""
        if not digest:
            return False
        answer = {name: shown[name] for name in Description.FIELDS if name in shown}
        if len(answer.get("tensors") or ()) > Description.MOST_TENSORS:
            del answer["tensors"]
        text = json.dumps(answer, ensure_ascii=False)
        if len(text) > Description.LONGEST:
            return False
        self.update_or_create(digest=digest[:100], defaults={"text": text})
        return True


class Description(models.Model):
    """All that Ollama says of a model: the same wherever its digest is."""

    FIELDS = (
        *("license", "modelfile", "parameters", "template", "system", "details", "messages"),
        *("model_info", "projector_info", "tensors", "capabilities"),
    )
    LONGEST = 2_000_000  # characters
    MOST_TENSORS = 10_000

    digest = models.CharField(primary_key=True, max_length=100)
    # JSON as it came: PostgreSQL would sort its fields, and refuses numbers that are not finite.
    text = models.TextField()

    objects = DescriptionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def shown(self) -> dict[str, Any]:
        """The answer of /api/show, whose types nobody has checked."""
        answer: dict[str, Any] = json.loads(self.text)
        return answer
