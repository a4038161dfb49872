"""Pages outside the chat, in the language of who reads them."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def page(db):
    """A function: the text of a page that a browser with German asks for, which may fail."""
    client = Client(raise_request_exception=False, headers=GERMAN, enforce_csrf_checks=True)

    def fetch(path: str, data: dict | None = None) -> str:
        answer = client.get(path) if data is None else client.post(path, data)
        return answer.content.decode()

    return fetch


def test_each_language_has_its_own_name():
    for code, name in settings.LANGUAGES:
        assert translation.get_language_info(code)["name_local"] == name


def test_the_entrance_speaks_the_language_of_the_browser(page, ann):
    html = page("/sign-in/")
    assert '<html lang="de">' in html
    for words in ("Benutzername", "Passwort", "Anmelden", "Vergessen?"):
        assert words in html
    assert "Sign in" not in html


def test_a_browser_without_one_of_ours_gets_english(client, ann):
    html = client.get("/sign-in/", headers={"Accept-Language": "tlh"}).content.decode()
    assert '<html lang="en">' in html
    assert "Sign in" in html


def test_wrong_passwords_are_told_in_german(ann):
    wrong = {"username": "ann", "password": "wrong"}
    html = Client(headers=GERMAN).post("/sign-in/", wrong).content.decode()
    assert "Benutzername und Passwort passen nicht zusammen." in html


def test_waiting_after_wrong_passwords_is_told_in_german(ann):
    client, wrong = Client(headers=GERMAN), {"username": "ann", "password": "wrong"}
    answers = [client.post("/sign-in/", wrong) for _ in range(7)]
    assert answers[-1].status_code == 429
    assert "Zu viele Fehlversuche. In 1 Sekunde geht es wieder." in answers[-1].content.decode()


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("/nothing-here", None, "Hier ist nichts"),
        ("/sign-in/", {"username": "ann"}, "Diese Seite ist veraltet"),
        ("/set-up/no-link/", None, "Dieser Einrichtungslink gilt nicht mehr"),
    ],
)
def test_what_went_wrong_is_told_in_german(page, path, data, words):
    html = page(path, data)
    assert '<html lang="de">' in html
    assert words in html


def test_a_person_s_own_language_counts_more_than_the_browser_s(ann, client_of):
    ann.language = "de"
    ann.save()
    html = client_of(ann).get("/password/", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="de">' in html
    assert "Bisheriges Passwort" in html
