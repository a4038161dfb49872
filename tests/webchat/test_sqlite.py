"""Writers of one process take turns, instead of sleeping until SQLite happens to be free."""

import sqlite3
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction

from accounts.models import Group
from webchat.errors import is_busy

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(settings.ON_POSTGRES, reason="about SQLite"),
]


@pytest.fixture
def in_thread() -> Iterator:
    """Begins a function in a thread that closes its connection in the end."""
    threads = []

    def begin(function) -> threading.Thread:
        def work() -> None:
            try:
                function()
            finally:
                connections.close_all()

        thread = threading.Thread(target=work)
        threads.append(thread)
        thread.start()
        return thread

    yield begin
    for thread in threads:
        thread.join(timeout=10)


def turn():
    return connection._turn


def test_a_writer_goes_on_as_soon_as_the_one_before_has_committed(in_thread) -> None:
    began = threading.Event()
    names = []

    def second() -> None:
        began.set()
        with transaction.atomic():
            names.extend(Group.objects.values_list("name", flat=True))

    with transaction.atomic():
        thread = in_thread(second)
        assert began.wait(10)
        Group.objects.create(name="first")
    thread.join(timeout=10)
    assert names == ["first"]


def test_the_turn_ends_with_a_commit() -> None:
    with transaction.atomic():
        assert turn() is not None
    assert turn() is None


def test_the_turn_ends_with_a_rollback() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert turn() is None


def test_the_turn_ends_when_the_connection_is_closed_in_a_transaction() -> None:
    with transaction.atomic():
        connection.close()
    assert turn() is None


def test_a_transaction_within_one_needs_no_turn_of_its_own() -> None:
    with transaction.atomic():
        with transaction.atomic():
            Group.objects.create(name="inner")
        assert turn() is not None
    assert Group.objects.filter(name="inner").exists()


def test_who_cannot_begin_lets_others_have_their_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=0")
    other_process = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other_process.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), transaction.atomic():
        pass
    other_process.close()
    assert turn() is None
    with transaction.atomic():
        Group.objects.create(name="after")
    connection.close()  # and with it the impatience


def test_who_waited_for_a_turn_in_vain_is_refused_and_waits_no_more(in_thread, monkeypatch) -> None:
    has_it, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            has_it.set()
            may_end.wait(10)

    thread = in_thread(first)
    assert has_it.wait(10)
    impatient = {**connection.settings_dict["OPTIONS"], "timeout": 0.01}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", impatient)
    with pytest.raises(OperationalError, match="locked") as refused, transaction.atomic():
        pass
    assert is_busy(refused.value)
    may_end.set()
    thread.join(timeout=10)
    with transaction.atomic():
        Group.objects.create(name="after")
