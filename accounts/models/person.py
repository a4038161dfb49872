"""A person: an account of this installation."""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import closing, usernames
from accounts.models.audit import AuditEntry
from accounts.signals import person_deactivated


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
    # Counted up to end every session for good: sessions are signed with it.
    sign_in_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["folded_username"]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(
        self,
        *,
        force_insert: bool | tuple[models.base.ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Saves, and keeps the folded username in step with the one that is shown."""
        self.folded_username = usernames.folded(self.username)
        if update_fields is not None and "username" in (fields := set(update_fields)):
            update_fields = fields | {"folded_username"}
        super().save(
            force_insert=force_insert,
            force_update=force_update,
            using=using,
            update_fields=update_fields,
        )

    @classmethod
    def normalize_username(cls, username: str) -> str:
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

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be valid; changes with the password and the epoch."""
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under each older secret key that is still accepted."""
        yield from map(self._session_hash, settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, secret: str | bytes | None) -> str:
        value = f"{self.sign_in_epoch}:{self.password}"
        return salted_hmac("accounts.session", value, secret=secret, algorithm="sha256").hexdigest()

    def deactivate(self, by: "Person | None" = None) -> bool:
        """Ends their sessions and sockets and lets them in no more; False if it was so already.

        Receivers of `person_deactivated` run in the same transaction.
        """
        active = Person.objects.filter(pk=self.pk, is_active=True)
        with transaction.atomic():
            if not active.update(is_active=False, sign_in_epoch=models.F("sign_in_epoch") + 1):
                return False
            self.refresh_from_db(fields=["is_active", "sign_in_epoch"])
            AuditEntry.objects.record("person_deactivated", by, self)
            person_deactivated.send(Person, person=self)
            transaction.on_commit(lambda: closing.close_sockets_of(self.pk))
        return True
