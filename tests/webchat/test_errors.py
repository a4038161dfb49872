import re

import pytest
from django.test import Client
from django.urls import path

from webchat import errors, urls


def fail(request):
    raise RuntimeError("the code's own words")


urlpatterns = [*urls.urlpatterns, path("fails/", fail)]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def browser():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def test_an_address_that_is_none(browser, db):
    response = browser.get("/nothing-here")
    assert response.status_code == 404
    assert "Nothing here" in response.content.decode()


def test_a_host_that_is_not_allowed(browser):
    response = browser.get("/healthz/x", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


def test_a_form_from_a_page_that_is_out_of_date(browser, db):
    response = browser.post("/sign-in/", {"username": "ann"})
    assert response.status_code == 403
    assert "out of date" in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_mistake_of_ours_says_nothing_of_the_code(browser):
    response = browser.get("/fails/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "Something went wrong" in page
    assert "own words" not in page


@pytest.mark.urls(__name__)
def test_the_page_of_a_mistake_needs_nothing_else(browser):
    response = browser.get("/fails/")
    assert not re.search(r"<link|<script|src=", response.content.decode())
    assert errors.STYLE in response.content.decode()
    assert "style-src 'sha256-" in response.headers["Content-Security-Policy"]
