import re

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, Person
from tests.people import PASSWORD

URL = "/sign-in/"


def sign_in(client, username="ann", password=PASSWORD, **more):
    return client.post(URL, {"username": username, "password": password, **more})


def test_shows_its_fields_and_button(client, ann):
    page = client.get(URL).content.decode()
    assert ">Username</label>" in page
    assert ">Password</label>" in page
    assert ">Sign in</button>" in page


def test_says_what_to_do_when_nobody_is_there(client, db):
    assert "webchat serve" in client.get(URL).content.decode()


def test_leads_to_the_chat(client, ann):
    response = sign_in(client)
    assert (response.status_code, response.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(ann.pk)


def test_takes_the_username_in_any_case(client, ann):
    assert sign_in(client, "ANN").status_code == 302


def test_leads_on_to_where_one_was_going(client, ann):
    assert sign_in(client, next="/conversations/").url == "/conversations/"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_never_leads_to_another_host(client, ann, url):
    assert sign_in(client, next=url).url == "/"


def test_keeps_what_was_typed_but_not_the_password(client, ann):
    response = sign_in(client, "Anne", "wrong-one", next="/conversations/")
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="Anne"' in page
    assert 'value="/conversations/"' in page
    assert "wrong-one" not in page


def test_an_empty_form_is_not_tried(client, ann):
    assert sign_in(client, "", "").status_code == 422
    assert not AuditEntry.objects.exists()


def said(client, username):
    """The page, but for the username and the token in it."""
    page = sign_in(client, username, "wrong").content.decode()
    return re.sub(f'value="({username}|[A-Za-z0-9]{{64}})"', "", page)


def test_says_the_same_whether_the_account_exists_or_not(client, ann, eve):
    eve.deactivate()
    assert said(client, "ann") == said(client, "zoe") == said(client, "eve")


@pytest.mark.parametrize("username", ["ann", "zoe", "eve", "una"])
def test_hashes_once_whether_the_account_exists_or_not(client, ann, eve, monkeypatch, username):
    Person.objects.create_person("una", None)
    eve.deactivate()
    hashed = []
    real = hashers.MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(password)
        return real(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)  # verify uses it
    sign_in(client, username, "wrong")
    assert len(hashed) == 1


def test_asks_the_database_as_often_whether_the_account_exists_or_not(client, ann):
    def queries(username):
        with CaptureQueriesContext(connection) as asked:
            sign_in(client, username, "wrong")
        return len(asked)

    sign_in(client, "first-from-this-address", "wrong")
    assert queries("ann") == queries("zoe")


def test_an_inactive_person_stays_out(client, ann):
    ann.deactivate()
    assert sign_in(client).status_code == 422


def test_gives_the_session_a_new_key(client, ann):
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_somebody_signed_in_is_led_on(client_of, ann):
    assert client_of(ann).get(f"{URL}?next=/conversations/").url == "/conversations/"


def test_needs_a_csrf_token(ann):
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_is_not_kept_by_caches(client, ann):
    assert "no-store" in client.get(URL)["Cache-Control"]


def test_success_and_failure_are_in_the_audit_log(client, ann):
    sign_in(client, password="wrong")
    sign_in(client, "what-is-typed")
    sign_in(client)
    entries = AuditEntry.objects.order_by("pk").values_list("event", "actor_name", "subject_name")
    assert list(entries) == [
        ("sign_in_failed", "", "ann"),
        ("sign_in_failed", "", ""),
        ("signed_in", "ann", "ann"),
    ]


def test_sign_out_ends_the_session(client_of, ann):
    client = client_of(ann)
    response = client.post("/sign-out/")
    assert (response.status_code, response.url) == (302, reverse("accounts:sign_in"))
    assert "_auth_user_id" not in client.session
    assert AuditEntry.objects.get().event == "signed_out"


def test_sign_out_leaves_other_sessions(client_of, ann, eve):
    here, there, eves = client_of(ann), client_of(ann), client_of(eve)
    here.post("/sign-out/")
    assert there.get("/password/").status_code == 200
    assert eves.get("/password/").status_code == 200


def test_sign_out_is_no_link(client_of, ann):
    assert client_of(ann).get("/sign-out/").status_code == 405


def test_a_stranger_may_sign_out(client, db):
    assert client.post("/sign-out/").status_code == 302
    assert not AuditEntry.objects.exists()
