"""What is kept of those who are not in yet: set-up links and attempts to sign in."""

from django.conf import settings
from django.db import models


class SetUpLink(models.Model):
    """A one-time link to make the first administrator; only a hash of its token is stored."""

    hash = models.CharField(max_length=64, unique=True)  # SHA-256 of the token, hex
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"


class FirstAdministrator(models.Model):
    """At most one row, which is the lock: of two who make an administrator one inserts it."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="only_one_first_administrator")
        ]

    def __str__(self) -> str:
        return str(self.person)


class SignInAttempts(models.Model):
    """How often one account, address or browser failed of late, and when it may try again."""

    # A keyed hash: a password that somebody types into the wrong field must not stay here.
    whose = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(db_index=True)
    free_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sign-in attempts"

    def __str__(self) -> str:
        return f"{self.failures} failures"
