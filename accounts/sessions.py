"""Who a session belongs to, read without a request.

As Django's middleware reads it, with SECRET_KEY_FALLBACKS. It only reads: Channels' own way signs
people out of the whole site when the secret key has changed.
"""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.http import parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import Person


def key_of(headers: Collection[tuple[bytes, bytes]]) -> str:
    """The session key in an ASGI scope's headers, or ""."""
    cookies = b"; ".join(value for name, value in headers if name == b"cookie")
    return parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")


def people_of(session_keys: Collection[str]) -> dict[str, Person]:
    """The active people whom valid sessions belong to, by session key, in two queries.

    Pass at most a few hundred keys: databases bound the parameters of a query.
    """
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    seats = {row.session_key: SessionStore().decode(row.session_data) for row in rows}
    ids = {key: _person_id(data) for key, data in seats.items()}
    wanted = {person_id for person_id in ids.values() if person_id}
    people = {
        str(person.pk): person for person in Person.objects.filter(pk__in=wanted, is_active=True)
    }
    return {
        key: people[ids[key]]
        for key, data in seats.items()
        if ids[key] in people and _is_signed_for(people[ids[key]], data)
    }


def person_of(session_key: str) -> Person | None:
    """The active person whom this session belongs to."""
    return people_of([session_key]).get(session_key) if session_key else None


def clear_expired(now: datetime, most: int) -> int:
    """Deletes sessions that have ended by themselves, `most` at a time; how many there were."""
    ended = Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:most]
    return Session.objects.filter(pk__in=list(ended)).delete()[0]


def _person_id(data: dict[str, object]) -> str:
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return ""
    try:
        return str(Person._meta.pk.to_python(data.get(SESSION_KEY)))
    except ValidationError:
        return ""


def _is_signed_for(person: Person, data: dict[str, object]) -> bool:
    given = str(data.get(HASH_SESSION_KEY, ""))
    accepted = (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
    return any(constant_time_compare(given, right) for right in accepted)
