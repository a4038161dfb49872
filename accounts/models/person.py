"""A person: an account of this installation."""

import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import usernames


class PersonManager(BaseUserManager["Person"]):
    """Makes people and finds them by username, without regard to case."""

    def create_person(self, username: str, password: str | None, **fields: Any) -> "Person":
        """Makes a person from clean values; None as password makes one who cannot sign in yet.

        Raises ValidationError for a username that is not one and IntegrityError for one taken.
        """
        person = self.model(username=usernames.normalised(username), **fields)
        usernames.validate(person.username)
        person.set_password(password)
        person.save(force_insert=True, using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person of that username, in whatever case; raises DoesNotExist."""
        return self.get(folded_username=usernames.folded(username or ""))


class Person(AbstractBaseUser):
    """Somebody who may sign in, with a role and their own way to see the pages."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        MODEL_MANAGER = "model_manager", _("Model manager")
        ADMINISTRATOR = "administrator", _("Administrator")

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("Username"), max_length=usernames.LONGEST, unique=True)
    folded_username = models.CharField(max_length=usernames.LONGEST, unique=True, editable=False)
    display_name = models.CharField(_("Display name"), max_length=100, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    # Empty means: as the browser asks, and as the server has it.
    language = models.CharField(_("Language"), max_length=16, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)
    theme = models.CharField(_("Theme"), max_length=8, choices=Theme.choices, default=Theme.AUTO)
    role = models.CharField(_("Role"), max_length=16, choices=Role.choices, default=Role.MEMBER)
    is_active = models.BooleanField(_("Active"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()  # type: ignore[assignment]

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["folded_username"]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(self, *, update_fields: Collection[str] | None = None, **kwargs: Any) -> None:
        """Saves, and keeps the folded username in step with the one that is shown."""
        self.folded_username = usernames.folded(self.username)
        if update_fields is not None and "username" in update_fields:
            update_fields = {*update_fields, "folded_username"}
        super().save(update_fields=update_fields, **kwargs)

    @classmethod
    def normalize_username(cls, username: str) -> str:  # type: ignore[override]
        """Django's hook, with our rule."""
        return usernames.normalised(username)

    def get_full_name(self) -> str:
        """The display name, or else the username."""
        return self.display_name or self.username

    def get_short_name(self) -> str:
        """As other people see this one in a line of text."""
        return self.get_full_name()

    @property
    def administers(self) -> bool:
        """May run this installation: people, groups, servers, settings."""
        return self.is_active and self.role == self.Role.ADMINISTRATOR

    @property
    def manages_models(self) -> bool:
        """May pull, delete and restrict models; an administrator may too."""
        return self.is_active and self.role in (self.Role.MODEL_MANAGER, self.Role.ADMINISTRATOR)
