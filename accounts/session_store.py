"""Django's sessions in the database, found with a statement that is composed once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from accounts.prepared import Prepared

_valid = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=CharField(),
    now=DateTimeField(),
)


class SessionStore(db.SessionStore):
    """Every request of somebody who is signed in reads one."""

    def _get_session_from_db(self) -> Session | None:
        found = _valid.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
