import pytest

from accounts.models import AuditEntry
from accounts.throttle import ACCOUNT
from tests.people import PASSWORD

URL = "/password/"
NEW = "staple horse correct"


def change(client, password=PASSWORD, new_password=NEW):
    return client.post(URL, {"password": password, "new_password": new_password})


def test_a_stranger_is_led_to_sign_in(client, db):
    response = client.get(URL)
    assert (response.status_code, response.url) == (302, "/sign-in/?next=/password/")
    assert change(client).status_code == 302


def test_changes_the_password(client_of, ann):
    response = change(client_of(ann))
    ann.refresh_from_db()
    assert (response.status_code, response.url) == (302, URL)
    assert ann.check_password(NEW)
    assert AuditEntry.objects.get().event == "password_changed"


def test_says_that_it_is_done(client_of, ann):
    client = client_of(ann)
    change(client)
    assert "Your password is changed" in client.get(URL).content.decode()


def test_ends_the_other_sessions_and_keeps_this_one(client_of, ann, eve):
    here, there, eves = client_of(ann), client_of(ann), client_of(eve)
    before = here.session.session_key
    change(here)
    assert here.get(URL).status_code == 200
    assert here.session.session_key != before
    assert there.get(URL).status_code == 302
    assert eves.get(URL).status_code == 200


def test_needs_the_current_password(client_of, ann):
    response = change(client_of(ann), "wrong")
    ann.refresh_from_db()
    assert response.status_code == 422
    assert "not your current password" in response.content.decode()
    assert ann.check_password(PASSWORD)


@pytest.mark.parametrize("new", ["", "short", "password123", "1234567890"])
def test_refuses_weak_passwords(client_of, ann, new):
    assert change(client_of(ann), new_password=new).status_code == 422


def test_slows_one_who_guesses_the_current_password(client_of, ann):
    client = client_of(ann)
    statuses = [change(client, "wrong").status_code for _ in range(ACCOUNT.free + 2)]
    assert statuses == [422] * (ACCOUNT.free + 1) + [429]
    assert change(client).status_code == 429
