"""Keeps what a server wants to be told with every request, such as a bearer token, encrypted.

Fernet (AES-128-CBC and HMAC-SHA256) of the `cryptography` package, under a key derived from
SECRET_KEY; what older keys sealed is read as long as they are among SECRET_KEY_FALLBACKS.
"""

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"webchat: headers of servers"


class Unreadable(Exception):
    """It was sealed under a secret key that this installation no longer has."""


def seal(headers: Mapping[str, str]) -> str:
    """The headers as text that says nothing to who reads the database; "" for none."""
    if not headers:
        return ""
    return _keys().encrypt(json.dumps(dict(headers)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """The headers that were sealed. Raises Unreadable."""
    if not sealed:
        return {}
    try:
        headers: dict[str, str] = json.loads(_keys().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise Unreadable from error
    return headers


def _keys() -> MultiFernet:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str | bytes) -> bytes:
    raw = secret.encode() if isinstance(secret, str) else secret
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE)
    return base64.urlsafe_b64encode(derive.derive(raw))
