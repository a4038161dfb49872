import pytest
from django.http import HttpResponse
from django.urls import include, path
from django.utils import timezone, translation

from accounts.database import in_database
from accounts.urls import urlpatterns as accounts_urls


def spell(request):
    """What the middleware made of the request."""
    return HttpResponse(f"{translation.get_language()} {timezone.get_current_timezone_name()}")


async def spell_later(request):
    return spell(request)


urlpatterns = [
    path("", include((accounts_urls, "accounts"))),
    path("spell/", spell),
    path("spell-later/", spell_later),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def german(ann):
    ann.language, ann.time_zone = "de", "Europe/Berlin"
    ann.save()
    return ann


def test_speaks_the_language_and_time_zone_of_who_is_signed_in(german, client_of):
    response = client_of(german).get("/spell/", HTTP_ACCEPT_LANGUAGE="en")
    assert response.content == b"de Europe/Berlin"
    assert response["Content-Language"] == "de"


def test_does_not_hand_them_on_to_the_next(german, client_of, client):
    client_of(german).get("/spell/")
    assert client.get("/spell/").content == b"en UTC"


def test_speaks_the_language_of_the_browser_to_strangers(client, db):
    assert client.get("/spell/", HTTP_ACCEPT_LANGUAGE="de").content == b"de UTC"


def test_speaks_the_language_of_the_browser_where_none_is_chosen(ann, client_of):
    response = client_of(ann).get("/spell/", HTTP_ACCEPT_LANGUAGE="de")
    assert response.content == b"de UTC"


def test_passes_over_a_time_zone_that_is_none(german, client_of):
    german.time_zone = "Atlantis/Capital"
    german.save()
    assert client_of(german).get("/spell/").content == b"de UTC"


@pytest.mark.django_db(transaction=True)
async def test_does_so_for_async_views(german_later):
    client = await in_database(german_later)
    response = await client.get("/spell-later/")
    assert response.content == b"de Europe/Berlin"


@pytest.fixture
def german_later(german, async_client_of):
    return lambda: async_client_of(german)
