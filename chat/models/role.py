"""Who speaks in a message."""

from django.db import models


class Role(models.TextChoices):
    """As Ollama names them."""

    USER = "user"
    ASSISTANT = "assistant"
