"""Recognises a browser in which an account signed in before, by a signed cookie.

It opens nothing. It only spares its owner the pauses that strangers cause who guess at the account.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts import usernames
from accounts.models import Person

_SALT = "accounts.known_browser"
_AGE_S = 180 * 24 * 3600


def cookie_name() -> str:
    """Beside the session's name, so that it has the same `__Host-` prefix or none."""
    return f"{settings.SESSION_COOKIE_NAME}_known"


def name_of(request: HttpRequest, username: str) -> str | None:
    """What the browser is called if this account has signed in here before, else None."""
    try:
        cookie = request.COOKIES.get(cookie_name(), "")
        account, browser = signing.loads(cookie, salt=_SALT, max_age=_AGE_S)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return f"{account}:{browser}" if account == usernames.folded(username) else None


def remember(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Gives the browser its cookie, or renews it under the name that it has."""
    name = name_of(request, person.username)
    browser = name.rpartition(":")[2] if name else secrets.token_urlsafe(12)
    response.set_cookie(
        cookie_name(),
        signing.dumps([person.folded_username, browser], salt=_SALT),
        max_age=_AGE_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
