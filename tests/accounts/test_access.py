"""How a stranger is sent away, and where they come back to."""

import pytest
from django.http import HttpResponse
from django.urls import include, path

from accounts.access import signed_in
from accounts.urls import urlpatterns as accounts_urls


@signed_in
def guarded(request):
    return HttpResponse(request.user.username)


urlpatterns = [
    path("", include((accounts_urls, "accounts"))),
    path("guarded/", guarded),
]
pytestmark = pytest.mark.urls(__name__)


def test_a_stranger_is_led_to_sign_in_and_back(client, db):
    assert client.get("/guarded/").url == "/sign-in/?next=/guarded/"


def test_a_page_of_htmx_is_led_away_and_back_to_itself(client, db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/conversations/1/?a=b"}
    response = client.get("/guarded/", headers=headers)
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/sign-in/?next=/conversations/1/%3Fa%3Db"


def test_a_form_of_a_stranger_does_not_lead_back_to_its_address(client, db):
    assert client.post("/guarded/").url == "/sign-in/?next=/"


@pytest.mark.parametrize(
    ("referer", "there"),
    [
        ("http://testserver/prompts/new/?a=b", "/prompts/new/%3Fa%3Db"),
        ("http://testserver", "/"),
        ("http://evil.example/x", "/"),
        ("http://[", "/"),
    ],
)
def test_a_form_of_a_stranger_leads_back_to_its_page(client, db, referer, there):
    answer = client.post("/guarded/", headers={"Referer": referer})
    assert answer.url == f"/sign-in/?next={there}"


def test_a_page_of_another_host_is_not_led_back_there(client, db):
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"}
    assert client.get("/guarded/", headers=headers)["HX-Redirect"] == "/sign-in/?next=/"


def test_what_is_no_address_is_led_to_the_first_page(client, db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://["}
    assert client.get("/guarded/", headers=headers)["HX-Redirect"] == "/sign-in/?next=/"


def test_htmx_of_somebody_signed_in_is_answered(ann, client_of):
    response = client_of(ann).get("/guarded/", headers={"HX-Request": "true"})
    assert "HX-Redirect" not in response
