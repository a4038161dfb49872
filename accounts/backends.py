"""How Django finds and checks a person."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import UUIDField
from django.http import HttpRequest

from accounts import usernames
from accounts.models import Person
from accounts.prepared import Prepared

_active = Prepared(lambda pk: Person.objects.filter(pk=pk, is_active=True), pk=UUIDField())


class ByUsername(BaseBackend):
    """A username in any case, and a password; only active people are let in."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **other: Any,
    ) -> Person | None:
        """The person, or None. Hashes once in each case, so that time tells nothing."""
        if not username or not password:
            return None
        person = Person.objects.filter(folded_username=usernames.folded(username)).first()
        if person is None or not person.is_active:
            make_password(password)
            return None
        return person if person.check_password(password) else None

    def get_user(self, user_id: UUID) -> Person | None:
        """The person of a session, while active."""
        return _active.first(pk=user_id)
