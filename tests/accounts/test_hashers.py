import threading

import pytest
from django.contrib.auth.hashers import check_password, get_hasher, make_password
from django.test import Client
from django.utils import timezone

from accounts import hashers, setting_up
from accounts.hashers import AT_ONCE, LightArgon2, TooManyAtOnce
from accounts.models import SignInAttempts
from tests.people import PASSWORD
from webchat import settings as as_written


@pytest.fixture(autouse=True)
def _argon2(settings):
    settings.PASSWORD_HASHERS = ["accounts.hashers.LightArgon2"]


@pytest.fixture
def full(monkeypatch):
    """As many passwords are being hashed as may be, and nobody waits for long."""
    turns = threading.BoundedSemaphore(AT_ONCE)
    for _ in range(AT_ONCE):
        turns.acquire()
    monkeypatch.setattr(LightArgon2, "_turns", turns)
    monkeypatch.setattr(hashers, "LONGEST_WAIT_S", 0)


def test_is_what_the_settings_name():
    # tests.people changed the list that Django sees, not this one.
    assert as_written.PASSWORD_HASHERS == ["accounts.hashers.LightArgon2"]


def test_hashes_with_argon2id_at_19_mib_two_passes_one_lane():
    encoded = make_password(PASSWORD)
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password(PASSWORD, encoded)
    assert not check_password("wrong", encoded)


def test_two_at_a_time(monkeypatch):
    running, most = [], []
    inside = threading.Barrier(AT_ONCE)

    def encode(self, password, salt):
        running.append(1)
        most.append(len(running))
        inside.wait(timeout=10)
        running.pop()
        return ""

    monkeypatch.setattr(LightArgon2.__bases__[0], "encode", encode)
    hasher = get_hasher()
    threads = [
        threading.Thread(target=hasher.encode, args=("x", "salt")) for _ in range(3 * AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == AT_ONCE


def test_gives_up_where_the_wait_would_be_long(full):
    with pytest.raises(TooManyAtOnce):
        make_password(PASSWORD)
    with pytest.raises(TooManyAtOnce):
        LightArgon2().verify(PASSWORD, "argon2$x")


def test_the_sign_in_page_then_says_so_and_counts_no_failure(ann, client, full):
    response = client.post("/sign-in/", {"username": "ann", "password": PASSWORD})
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Many people are signing in" in response.content.decode()
    assert not SignInAttempts.objects.filter(failures__gt=0).exists()


def test_the_set_up_page_then_says_so(db, client, full):
    url = f"/set-up/{setting_up.new_link(timezone.now())}/"
    response = client.post(url, {"username": "root", "password": PASSWORD})
    assert response.status_code == 503
    assert Client().get(url).status_code == 200


def test_the_password_page_then_says_so(ann, client_of, full):
    form = {"password": PASSWORD, "new_password": "staple horse correct"}
    assert client_of(ann).post("/password/", form).status_code == 503
