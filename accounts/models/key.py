"""A key: how a program acts for a person."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models


class Key(models.Model):
    """A secret of which only a hash is stored; the prefix is what people recognise it by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="keys"
    )
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    hash = models.CharField(max_length=64, unique=True)  # SHA-256, hex: the secret is random
    scopes = models.JSONField(default=list)  # of str
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def is_valid(self, now: datetime) -> bool:
        """Neither revoked nor expired; says nothing of the person's being active."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
