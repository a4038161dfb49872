from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.test import Client

from accounts import throttle
from accounts.models import SignInAttempts
from accounts.throttle import ACCOUNT, ADDRESS, Attempt, Paused
from accounts.views import entering
from tests.people import PASSWORD

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def fail(now=NOW, username="ann", address="10.0.0.1", browser=None):
    return Attempt.at_account(username, address, browser, now)


def fail_patiently(times, now=NOW, **who):
    """Fails as often, waiting just as long as asked for; returns when it may be tried again."""
    done = 0
    while done < times:
        try:
            fail(now, **who)
            done += 1
        except Paused as pause:
            now += timedelta(seconds=pause.seconds)
    return now


def pause_at(now, **who):
    with pytest.raises(Paused) as pause:
        fail(now, **who)
    return pause.value.seconds


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (5, 0), (6, 1), (7, 2), (11, 32), (12, 60), (10_000, 60)]
)
def test_pauses_grow_and_are_bounded(failures, seconds):
    assert ACCOUNT.pause(failures) == timedelta(seconds=seconds)


def test_a_few_failures_cost_nothing(db):
    for _ in range(ACCOUNT.free + 1):
        fail()


def test_then_an_account_must_wait(db):
    fail_patiently(ACCOUNT.free + 1)
    assert pause_at(NOW) == 1


def test_from_whatever_address(db):
    fail_patiently(ACCOUNT.free + 1)
    assert pause_at(NOW, address="10.0.0.2") == 1


def test_in_whatever_case(db):
    fail_patiently(ACCOUNT.free + 1)
    assert pause_at(NOW, username="ANN") == 1


def test_others_need_not_wait(db):
    fail_patiently(ACCOUNT.free + 1)
    fail(username="bob", address="10.0.0.2")


def test_an_address_that_tries_many_accounts_must_wait(db):
    for number in range(ADDRESS.free + 1):
        fail(username=f"person{number}")
    assert pause_at(NOW, username="another") == 1


def test_a_network_of_ipv6_is_one_address(db):
    for number in range(ADDRESS.free + 1):
        fail(username=f"person{number}", address=f"2001:db8::{number:x}")
    assert pause_at(NOW, username="another", address="2001:db8::ffff") == 1
    fail(username="another", address="2001:db8:0:1::1")


def test_an_attempt_in_a_pause_does_not_lengthen_it(db):
    fail_patiently(ACCOUNT.free + 2)
    now = NOW + timedelta(seconds=1)
    assert [pause_at(now) for _ in range(3)] == [2, 2, 2]


def test_nobody_is_locked_out_for_ever(db):
    now = fail_patiently(60)
    fail(now + timedelta(seconds=ACCOUNT.longest), address="10.0.0.2")


def test_a_known_browser_does_not_wait_for_strangers(db):
    fail_patiently(ACCOUNT.free + 5)
    fail(browser="ann:laptop")


def test_a_known_browser_is_slowed_by_its_own_failures(db):
    fail_patiently(ACCOUNT.free + 1, browser="ann:laptop")
    assert pause_at(NOW, browser="ann:laptop") == 1


def test_success_forgets_the_failures_of_the_account(db):
    now = fail_patiently(ACCOUNT.free + 5) + timedelta(hours=0.5)
    fail(now).succeeded(now)
    fail_patiently(ACCOUNT.free + 1, now)
    assert pause_at(now) == 1


def test_success_takes_back_only_itself_from_the_address(db):
    for number in range(ADDRESS.free):
        fail(username=f"person{number}")
    fail().succeeded(NOW)
    fail()
    assert pause_at(NOW, username="another") == 1


def test_what_was_withdrawn_never_was(db):
    for _ in range(ADDRESS.free * 2):
        fail().withdraw(NOW)
    fail()


def test_failures_are_forgotten_after_an_hour(db):
    now = fail_patiently(40) + throttle.FORGOTTEN_AFTER + timedelta(minutes=10)
    for _ in range(ACCOUNT.free + 1):
        fail(now)
    assert SignInAttempts.objects.count() == 2


def test_keeps_no_username(db):
    fail(username="a-password-in-the-wrong-field")
    assert not SignInAttempts.objects.filter(whose__contains="password").exists()


@pytest.fixture
def clock(monkeypatch):
    """The time of the views, which a test may set."""

    class Clock:
        now_is = NOW

        def now(self):
            return self.now_is

    clock = Clock()
    monkeypatch.setattr(entering, "timezone", clock)
    return clock


def sign_in(client, password="wrong", **headers):
    return client.post("/sign-in/", {"username": "ann", "password": password}, **headers)


def test_the_page_says_how_long(ann, clock, client):
    for _ in range(ACCOUNT.free + 2):
        sign_in(client)
    clock.now_is = NOW + timedelta(seconds=1)
    sign_in(client)
    response = sign_in(client, PASSWORD)
    assert response.status_code == 429
    assert response["Retry-After"] == "2"
    assert "Try again in 2 seconds" in response.content.decode()
    assert 'value="ann"' in response.content.decode()


def test_the_right_password_is_taken_after_the_pause(ann, clock, client):
    for _ in range(ACCOUNT.free + 1):
        sign_in(client)
    assert sign_in(client, PASSWORD).status_code == 429
    clock.now_is = NOW + timedelta(seconds=1)
    assert sign_in(client, PASSWORD).status_code == 302


def test_a_browser_that_signed_in_before_passes_a_stranger_who_guesses(ann, clock, client):
    sign_in(client, PASSWORD)
    client.post("/sign-out/")
    stranger = Client()
    while sign_in(stranger).status_code != 429:
        pass
    assert sign_in(client, PASSWORD).status_code == 302


def test_a_made_up_cookie_makes_no_known_browser(ann, clock, client, settings):
    while sign_in(client).status_code != 429:
        pass
    name = f"{settings.SESSION_COOKIE_NAME}_known"
    client.cookies[name] = signing.dumps(["ann", "mine"], salt="another", key="another" * 9)
    assert sign_in(client, PASSWORD).status_code == 429


def test_the_known_browser_of_another_person_is_none(ann, eve, clock, client):
    client.post("/sign-in/", {"username": "eve", "password": PASSWORD})
    client.post("/sign-out/")
    while sign_in(Client()).status_code != 429:
        pass
    assert sign_in(client, PASSWORD).status_code == 429
