from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import setting_up
from accounts.models import AuditEntry, FirstAdministrator, Person, SetUpLink
from accounts.setting_up import AlreadySetUp
from tests.people import PASSWORD


@pytest.fixture
def url(db):
    return f"/set-up/{setting_up.new_link(timezone.now())}/"


def set_up(client, url, username="Root", password=PASSWORD, **more):
    return client.post(url, {"username": username, "password": password, **more})


def test_the_console_shows_a_link_that_works(client, db):
    lines = setting_up.console_lines("http://127.0.0.1:8000/")
    address, _, path = lines[-1].strip().partition(":8000")
    assert address == "http://127.0.0.1"
    assert client.get(path).status_code == 200


def test_the_console_says_nothing_when_somebody_is_there(ann):
    assert setting_up.console_lines("http://127.0.0.1:8000") == []
    assert not SetUpLink.objects.exists()


def test_links_of_several_processes_all_work(client, db):
    links = [setting_up.console_lines("http://a")[-1].strip() for _ in range(2)]
    assert [client.get(link.removeprefix("http://a")).status_code for link in links] == [200, 200]


def test_stores_no_token(db):
    token = setting_up.new_link(timezone.now())
    assert token not in str(SetUpLink.objects.values())


def test_makes_an_administrator_and_lets_them_in(client, url):
    response = set_up(client, url, display_name="Ruth Root")
    person = Person.objects.get()
    assert (response.status_code, response.url) == (302, "/")
    assert (person.username, person.display_name) == ("Root", "Ruth Root")
    assert person.administers
    assert client.session["_auth_user_id"] == str(person.pk)
    assert AuditEntry.objects.get().event == "set_up"


def test_asks_for_a_password_once_with_a_way_to_see_it(client, url):
    page = client.get(url).content.decode()
    assert page.count('type="password"') == 1
    assert "<show-password" in page


@pytest.mark.parametrize("username", ["", "a b", "x" * 65])
def test_says_what_is_wrong_with_a_username(client, url, username):
    response = set_up(client, url, username, display_name="Kept")
    assert response.status_code == 422
    assert 'value="Kept"' in response.content.decode()
    assert not Person.objects.exists()


@pytest.mark.parametrize("password", ["", "short", "password123", "12345678901", "rootrootroot"])
def test_refuses_weak_passwords(client, url, password):
    response = set_up(client, url, "rootrootroo", password)
    assert response.status_code == 422
    assert not Person.objects.exists()


def test_a_link_works_once(client, url):
    set_up(client, url)
    for response in (Client().get(url), set_up(Client(), url, "second")):
        assert response.status_code == 410
        assert "has been used" in response.content.decode()
    assert Person.objects.count() == 1


def test_a_link_works_for_an_hour(client, db):
    token = setting_up.new_link(timezone.now() - setting_up.LIFETIME)
    response = client.get(f"/set-up/{token}/")
    assert response.status_code == 410
    assert "Start Webchat again" in response.content.decode()


def test_a_link_is_open_until_the_hour_is_over(db):
    now = timezone.now()
    token = setting_up.new_link(now)
    assert setting_up.is_open(token, now + setting_up.LIFETIME - timedelta(seconds=1))
    assert not setting_up.is_open(token, now + setting_up.LIFETIME)


def test_a_link_is_useless_once_anybody_is_there(client, url, ann):
    assert client.get(url).status_code == 410


def test_a_made_up_link_opens_nothing(client, db):
    assert client.get("/set-up/made-up/").status_code == 410


def test_a_member_with_an_old_link_makes_nobody(client_of, url, eve):
    assert set_up(client_of(eve), url).status_code == 410
    assert Person.objects.count() == 1


def in_threads(*calls):
    """Runs them at once, each with its own connection; returns what they returned or raised."""
    start = Barrier(len(calls))
    results = [None] * len(calls)

    def run(number, call):
        start.wait(timeout=10)
        try:
            results[number] = call()
        except AlreadySetUp as error:
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_browsers_that_race_make_one_administrator():
    urls = [f"/set-up/{setting_up.new_link(timezone.now())}/" for _ in range(2)] * 2
    responses = in_threads(
        *(
            lambda number=number, url=url: set_up(Client(), url, f"root{number}")
            for number, url in enumerate(urls)
        )
    )
    assert sorted(response.status_code for response in responses) == [302, 410, 410, 410]
    assert Person.objects.count() == 1
    assert not SetUpLink.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_races_past_the_look_are_decided_by_the_lock(monkeypatch):
    # As if each had looked before any had committed, which PostgreSQL allows.
    monkeypatch.setattr(Person.objects, "exists", lambda: False)
    results = in_threads(
        *(
            lambda name=name: setting_up.make_first_administrator(name, PASSWORD)
            for name in ("root1", "root2", "root3")
        )
    )
    assert sum(isinstance(result, AlreadySetUp) for result in results) == 2
    assert Person.objects.count() == FirstAdministrator.objects.count() == 1


@pytest.fixture
def named(settings):
    settings.ADMIN_USERNAME, settings.ADMIN_PASSWORD = "root", PASSWORD
    return settings


def test_makes_the_administrator_of_the_settings(db, named):
    person = setting_up.make_administrator_of_settings()
    assert person.administers
    assert person.check_password(PASSWORD)
    assert setting_up.console_lines("http://a") == []


def test_makes_none_when_somebody_is_there(ann, named):
    assert setting_up.make_administrator_of_settings() is None
    assert Person.objects.count() == 1


def test_makes_none_when_the_settings_name_none(db, settings):
    settings.ADMIN_USERNAME = settings.ADMIN_PASSWORD = ""
    assert setting_up.make_administrator_of_settings() is None


def test_names_the_variable_of_a_bad_username(db, named):
    named.ADMIN_USERNAME = "a b"
    with pytest.raises(ImproperlyConfigured, match=r"^WEBCHAT_ADMIN_USERNAME='a b' cannot be used"):
        setting_up.make_administrator_of_settings()


def test_names_the_variable_of_a_bad_password_but_does_not_show_it(db, named):
    named.ADMIN_PASSWORD = "pass1"
    with pytest.raises(ImproperlyConfigured, match=r"^WEBCHAT_ADMIN_PASSWORD \(not shown\)") as why:
        setting_up.make_administrator_of_settings()
    assert "pass1" not in str(why.value)
