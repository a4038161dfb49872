"""The first start: how the first administrator comes to be, once."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit, usernames
from accounts.models import FirstAdministrator, Person, SetUpLink

LIFETIME = timedelta(hours=1)


class AlreadySetUp(Exception):
    """Somebody is there already."""


def console_lines(base_url: str) -> list[str]:
    """What `webchat serve` prints of this: a new link while nobody is there, else nothing.

    Each process that starts makes a link of its own; they all work until one is used.
    """
    if Person.objects.exists():
        return []
    url = base_url.rstrip("/") + reverse("accounts:set_up", args=[new_link(timezone.now())])
    return [
        "Nobody has an account yet. Open this link to make the first administrator;",
        "it works once, for an hour:",
        f"    {url}",
    ]


def new_link(now: datetime) -> str:
    """Makes a link and returns its token, which is stored nowhere."""
    token = secrets.token_urlsafe(24)
    SetUpLink.objects.filter(expires_at__lte=now).delete()
    SetUpLink.objects.create(hash=_hash(token), expires_at=now + LIFETIME)
    return token


def is_open(token: str, now: datetime) -> bool:
    """Whether the link of that token may still be used."""
    link = SetUpLink.objects.filter(hash=_hash(token), expires_at__gt=now)
    return link.exists() and not Person.objects.exists()


def make_first_administrator(
    username: str, password: str, *, display_name: str = "", **details: str
) -> Person:
    """Makes them from clean values, and every set-up link useless.

    Raises AlreadySetUp where somebody is there, also to all but one of several who race, and
    ValidationError for a username that is not one. `details` go into the audit log.
    """
    person = Person(
        username=usernames.normalised(username),
        display_name=display_name,
        role=Person.Role.ADMINISTRATOR,
    )
    usernames.validate(person.username)
    person.set_password(password)  # slow: before the transaction
    try:
        with transaction.atomic():
            if Person.objects.exists():
                raise AlreadySetUp
            person.save(force_insert=True)
            # Its one possible key is the lock: a second insert waits for this commit and fails.
            FirstAdministrator.objects.create(person=person)
            SetUpLink.objects.all().delete()
            audit.record("set_up", person, person, **details)
    except IntegrityError as error:
        raise AlreadySetUp from error
    return person


def make_administrator_of_settings() -> Person | None:
    """Makes the one of WEBCHAT_ADMIN_USERNAME and _PASSWORD when nobody is there, else None.

    Raises ImproperlyConfigured, with one sentence that names the variable, for a bad value.
    """
    username, password = settings.ADMIN_USERNAME, settings.ADMIN_PASSWORD
    if not username or not password or Person.objects.exists():
        return None
    _check("WEBCHAT_ADMIN_USERNAME", username, usernames.validate, usernames.normalised(username))
    person = Person(username=usernames.normalised(username))
    _check("WEBCHAT_ADMIN_PASSWORD", "", validate_password, password, person)
    try:
        return make_first_administrator(username, password, by="settings")
    except AlreadySetUp:  # another process was quicker
        return None


def _check(variable: str, shown: str, check: Callable[..., None], *values: Any) -> None:
    try:
        check(*values)
    except ValidationError as error:
        given = f"={shown!r}" if shown else " (not shown)"
        raise ImproperlyConfigured(
            f"{variable}{given} cannot be used: {' '.join(error.messages)}"
        ) from error


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
