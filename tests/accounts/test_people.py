import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts import audit, usernames
from accounts.models import AuditEntry, Group, Key, Person
from accounts.signals import person_deactivated


def test_shows_a_username_as_typed(db):
    assert Person.objects.create_person("McAnn", "x").username == "McAnn"


@pytest.mark.parametrize("typed", ["ANN", "Ann", "  ann ", "ａｎｎ"])
def test_finds_a_person_in_any_case_and_encoding(ann, typed):
    assert Person.objects.get_by_natural_key(typed) == ann


@pytest.mark.parametrize(
    ("first", "second"), [("ann", "ANN"), ("Jörg", "JÖRG"), ("Straße", "STRASSE"), ("é", "e\u0301")]
)
def test_does_not_give_a_username_twice(db, first, second):
    Person.objects.create_person(first, "x")
    with pytest.raises(IntegrityError):
        Person.objects.create_person(second, "x")


@pytest.mark.parametrize("name", ["ann", "j.doe", "a-b_c@d+e", "Jörg", "王小明", "हिन्दी", "7"])
def test_takes_usernames_of_all_scripts(name):
    usernames.validate(usernames.normalised(name))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a" * 65,
        "a b",
        ".ann",
        "-",
        "a\x00b",
        "a\u200bb",
        "a\u202eb",
        "\u3164",
        "a/b",
        "a\u034fb",
    ],
)
def test_refuses_usernames_that_deceive_or_break(name):
    with pytest.raises(ValidationError):
        usernames.validate(usernames.normalised(name))


def test_keeps_the_folded_username_in_step(ann):
    ann.username = "Anna"
    ann.save(update_fields=["username"])
    assert Person.objects.get_by_natural_key("ANNA") == ann


def test_a_person_without_password_has_an_unusable_one(db):
    assert not Person.objects.create_person("zoe", None).has_usable_password()


def test_only_an_administrator_administers(ann, mod, admin):
    assert [person.administers for person in (ann, mod, admin)] == [False, False, True]


def test_model_managers_and_administrators_manage_models(ann, mod, admin):
    assert [person.manages_models for person in (ann, mod, admin)] == [False, True, True]


def test_an_inactive_administrator_has_no_rights(admin):
    admin.deactivate()
    assert not admin.administers
    assert not admin.manages_models


def test_group_names_are_unique_in_any_case(ann):
    Group.objects.create(name="Physics").members.add(ann)
    assert ann.groups.get().name == "Physics"
    with pytest.raises(IntegrityError):
        Group.objects.create(name="physics")


def test_a_key_ends_when_it_expires_or_is_revoked(ann):
    key = Key(person=ann, name="script", prefix="wc_1234")
    now = ann.created_at
    assert key.is_valid(now)
    key.expires_at = now
    assert not key.is_valid(now)
    key.expires_at, key.revoked_at = None, now
    assert not key.is_valid(now)


def test_deactivation_tells_those_who_listen_once(ann):
    told = []

    def listen(person, **_):
        told.append(person)

    person_deactivated.connect(listen)
    try:
        assert ann.deactivate()
        assert not ann.deactivate()
    finally:
        person_deactivated.disconnect(listen)
    assert told == [ann]


def test_deactivation_ends_sessions_for_good(ann, client_of):
    client = client_of(ann)
    ann.deactivate()
    ann.is_active = True
    ann.save(update_fields=["is_active"])
    assert client.get("/password/").status_code == 302


def test_deactivation_is_in_the_audit_log(ann, admin):
    ann.deactivate(by=admin)
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.actor, entry.subject_name) == ("person_deactivated", admin, "ann")


def test_the_audit_log_outlives_the_people(ann, bob):
    audit.record("example", ann, bob, why="a test")
    ann.delete()
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.details) == (None, "ann", {"why": "a test"})
