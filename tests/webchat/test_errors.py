import errno
import re
import sqlite3
import tempfile

import psycopg
import psycopg_pool
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.test import Client
from django.urls import path

from webchat import errors, urls


def fail(request):
    raise RuntimeError("the code's own words")


def fill_the_disk(request):
    raise OSError(errno.ENOSPC, "No space left on device")


def find_it_locked(request):
    lock_sqlite()


urlpatterns = [
    *urls.urlpatterns,
    path("fails/", fail),
    path("fills/", fill_the_disk),
    path("locked/", find_it_locked),
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def browser():
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def test_an_address_that_is_none(browser, db):
    response = browser.get("/nothing-here")
    assert response.status_code == 404
    assert "Nothing here" in response.content.decode()


def test_the_address_of_a_form_is_no_page(browser, db):
    response = browser.get("/sign-out/")
    assert response.status_code == 405
    assert "Nothing here" in response.content.decode()
    assert browser.get("/sign-out/", headers={"accept": "application/json"}).content == b""


def test_a_body_that_is_refused_unread_is_answered_with_a_page():
    sent = {"accept": "text/html,*/*", "accept-language": "de", "cookie": "webchat_language=fr"}
    headers, page = errors.too_large(lambda name: sent.get(name, ""))
    assert headers["Content-Type"].startswith("text/html")
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert '<html lang="fr">' in page.decode()
    sent["cookie"] = ""
    assert '<html lang="de">' in errors.too_large(lambda name: sent.get(name, ""))[1].decode()


def test_a_program_that_sends_too_much_is_told_in_plain_words():
    headers, words = errors.too_large(lambda name: "")
    assert headers["Content-Type"].startswith("text/plain")
    assert b"<" not in words


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


@pytest.mark.urls(__name__)
def test_a_full_disk_is_said_to_be_one(browser):
    response = browser.get("/fills/")
    assert response.status_code == errors.NO_ROOM
    assert "no room on the server" in response.content.decode()
    assert "No space left" not in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_locked_database_is_said_to_be_busy_and_worth_another_try(browser):
    response = browser.get("/locked/")
    assert response.status_code == errors.BUSY
    assert int(response.headers["Retry-After"]) > 0
    assert "try again in a moment" in response.content.decode()
    assert "is locked" not in response.content.decode()


def raised(make):
    try:
        make()
    except Exception as error:
        return error


def fill_sqlite():
    database = sqlite3.connect(":memory:")
    try:
        database.execute("CREATE TABLE text (text)")
        database.execute("PRAGMA max_page_count = 2")
        database.execute("INSERT INTO text VALUES (zeroblob(100000))")
    except sqlite3.Error as error:
        raise DatabaseError from error  # as Django does
    finally:
        database.close()


def fill_postgres():
    raise psycopg.errors.DiskFull("could not extend file")


@pytest.mark.parametrize("fill", [fill_sqlite, fill_postgres])
def test_a_full_disk_is_known_by_what_the_database_says(fill):
    assert errors.is_full_disk(raised(fill))


@pytest.mark.parametrize("error", [None, OSError(errno.EACCES, "not yours"), DatabaseError()])
def test_other_faults_are_no_full_disk(error):
    assert not errors.is_full_disk(error)


def lock_sqlite():
    with tempfile.TemporaryDirectory() as folder:
        one, other = (sqlite3.connect(f"{folder}/db", timeout=0) for _ in range(2))
        try:
            one.execute("BEGIN IMMEDIATE")
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise OperationalError from error
        finally:
            one.close()
            other.close()


def of_postgres(cause, kind=OperationalError):
    def make():
        raise kind from cause

    return make


BUSY = {
    "locked": lock_sqlite,
    "a lock": of_postgres(psycopg.errors.LockNotAvailable()),
    "too long": of_postgres(psycopg.errors.QueryCanceled()),
    "too many": of_postgres(psycopg.errors.TooManyConnections()),
    "restarting": of_postgres(psycopg.errors.AdminShutdown()),
    "starting": of_postgres(psycopg.errors.CannotConnectNow()),
    "a deadlock": of_postgres(psycopg.errors.DeadlockDetected()),
    "refused": of_postgres(psycopg.OperationalError("connection refused")),
    "closed": of_postgres(psycopg.InterfaceError("the connection is closed"), InterfaceError),
    "no connection": of_postgres(psycopg_pool.PoolTimeout()),
}
OTHER = {
    "none": lambda: None,
    "full": fill_sqlite,
    "full too": of_postgres(psycopg.errors.DiskFull()),
    "no table": lambda: sqlite3.connect(":memory:").execute("SELECT * FROM nothing"),
    "broken": of_postgres(psycopg.errors.IoError()),
    "ours": of_postgres(psycopg.errors.UndefinedTable(), DatabaseError),
}


@pytest.mark.parametrize("name", BUSY)
def test_a_busy_database_is_known_by_what_it_says(name):
    assert errors.is_busy(raised(BUSY[name]))


@pytest.mark.parametrize("name", OTHER)
def test_other_faults_of_a_database_are_not_busy(name):
    assert not errors.is_busy(raised(OTHER[name]))
