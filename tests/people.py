"""A pytest plugin: the people of the tests, and how they come in.

Ann and Bob share what there is to share, Eve has no part in it.
"""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import AsyncClient, Client
from django.utils import translation

BACKEND = "accounts.backends.ByUsername"
PASSWORD = "correct horse battery"

Headers = list[tuple[bytes, bytes]]


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Makes passwords cheap in tests; those of Argon2 choose it themselves."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page that was asked for in German leaves no German behind in the thread of the tests."""
    yield
    translation.deactivate()


def a_person(username: str, **fields):
    """Makes one with PASSWORD."""
    return get_user_model().objects.create_person(username, PASSWORD, **fields)


@pytest.fixture
def ann(db):
    return a_person("ann", display_name="Ann Arbor")


@pytest.fixture
def bob(db):
    return a_person("bob", display_name="Bob Bell")


@pytest.fixture
def eve(db):
    return a_person("eve", display_name="Eve Else")


@pytest.fixture
def mod(db):
    return a_person("mod", role="model_manager")


@pytest.fixture
def admin(db):
    return a_person("admin", role="administrator")


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """A function: a signed-in Django client of a person, with a session of its own."""

    def make(person, **defaults) -> Client:
        client = Client(**defaults)
        client.force_login(person, BACKEND)
        return client

    return make


@pytest.fixture
def async_client_of() -> Callable[..., AsyncClient]:
    """The same for async tests; call it in `in_database` or before the loop runs."""

    def make(person, **defaults) -> AsyncClient:
        client = AsyncClient(**defaults)
        client.force_login(person, BACKEND)
        return client

    return make


def socket_headers(client: Client | AsyncClient | None = None, **other: str) -> Headers:
    """The headers of a handshake from an own page, with the client's cookies.

    Others may be named or overridden: `socket_headers(client, origin="http://evil.example")`.
    """
    cookies = client.cookies.values() if client else ()
    headers = {"host": "testserver", "origin": "http://testserver"} | other
    if cookies:
        headers["cookie"] = "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies)
    return [(name.encode(), value.encode()) for name, value in headers.items() if value]
