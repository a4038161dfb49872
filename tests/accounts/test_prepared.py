import threading
import uuid

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import CharField, F, UUIDField
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Person
from accounts.prepared import Prepared, PreparedRows, PreparedUpdate, insert
from chat.models import Conversation
from inference.models import Run


def prepared(compose=None):
    compose = compose or (lambda pk: Conversation.objects.filter(pk=pk))
    return Prepared(compose, pk=UUIDField())


@pytest.fixture
def conversation(ann):
    return Conversation.objects.create(
        owner=ann, title="Title", model_name="pip", settings={"think": False}
    )


def new_run(subject=None):
    return Run(
        model_name="pip",
        purpose="answer",
        subject=subject or uuid.uuid4(),
        queued_at=timezone.now(),
    )


def values(instance):
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.fields}


def test_reads_what_django_reads(conversation):
    read = prepared().first(pk=conversation.pk)
    assert values(read) == values(Conversation.objects.get(pk=conversation.pk))
    assert not read._state.adding


def test_finds_nothing(db):
    assert prepared().first(pk=uuid.uuid4()) is None
    assert prepared().each(pk=uuid.uuid4()) == []


def test_takes_related_rows_along(conversation, django_assert_num_queries):
    query = prepared(
        lambda pk: Conversation.objects.filter(pk=pk).select_related("owner", "latest_run")
    )
    with django_assert_num_queries(1):
        read = query.first(pk=conversation.pk)
        assert read.owner == conversation.owner
        assert read.latest_run is None


def test_leaves_out_what_the_queryset_leaves_out(conversation):
    read = prepared(lambda pk: Conversation.objects.filter(pk=pk).only("title")).first(
        pk=conversation.pk
    )
    assert read.get_deferred_fields() >= {"settings", "model_name"}
    assert read.settings == {"think": False}


def test_is_composed_once(conversation):
    composed = []

    def compose(pk):
        composed.append(pk)
        return Conversation.objects.filter(pk=pk)

    query = prepared(compose)
    query.first(pk=conversation.pk)
    query.first(pk=uuid.uuid4())
    assert len(composed) == 1


def test_a_value_is_never_part_of_the_statement(ann):
    query = Prepared(lambda name: Person.objects.filter(username=name), name=CharField())
    assert query.first(name=ann.username) == ann
    assert query.first(name="ann' OR '1'='1") is None
    assert query.first(name="%s") is None


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_its_own(ann):
    query = Prepared(lambda name: Person.objects.filter(username=name), name=CharField())
    found = []

    def look():
        found.append(query.first(name=ann.username))
        connections.close_all()

    for _ in range(2):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == [ann, ann]


def test_an_update_sets_values_where_it_may(conversation, ann):
    update = PreparedUpdate(
        lambda pk, owner: Conversation.objects.filter(pk=pk, owner=owner),
        ("title", "settings", "leaf_id"),
        pk=UUIDField(),
        owner=UUIDField(),
    )
    new = {"title": "New", "settings": {"a": [1]}, "leaf_id": None}
    assert update.run(pk=conversation.pk, owner=uuid.uuid4(), **new) == 0
    assert update.run(pk=conversation.pk, owner=ann.pk, **new) == 1
    conversation.refresh_from_db()
    assert (conversation.title, conversation.settings) == ("New", {"a": [1]})


def test_an_update_saves_what_an_instance_holds(conversation):
    update = PreparedUpdate(
        lambda pk: Conversation.objects.filter(pk=pk), ("title",), pk=UUIDField()
    )
    conversation.title, conversation.model_name = "New", "other"
    assert update.save(conversation, pk=conversation.pk) == 1
    conversation.refresh_from_db()
    assert (conversation.title, conversation.model_name) == ("New", "pip")


def test_inserts_what_bulk_create_would(db, django_assert_num_queries):
    runs = [new_run(), new_run()]
    with django_assert_num_queries(1):
        assert insert(*runs) == 2
    for run in runs:
        assert not run._state.adding
        assert values(Run.objects.get(pk=run.pk)) == values(run)


def test_what_is_there_already_is_an_error_or_left_out(db):
    first = new_run()
    insert(first)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(new_run(first.subject))
    with transaction.atomic():
        assert insert(new_run(first.subject), new_run(), unless_there=True) == 1
        assert Run.objects.count() == 2


def test_rows_are_what_values_list_gives(conversation, ann):
    def compose(owner):
        of_owner = Conversation.objects.filter(owner=owner)
        return of_owner.values_list("pk", Coalesce("title", "model_name"), "settings", "created_at")

    rows = PreparedRows(compose, owner=UUIDField()).each(owner=ann.pk)
    assert [tuple(row) for row in rows] == list(compose(ann))


def test_what_it_is_under_may_change(conversation, settings):
    query = Prepared(
        lambda: Conversation.objects.filter(title=settings.WANTED), under=lambda: settings.WANTED
    )
    for settings.WANTED in ("Title", "Other", "Title"):
        assert bool(query.each()) is (settings.WANTED == "Title")


def test_an_update_may_set_what_is_always_the_same(db):
    run = new_run()
    insert(run)
    update = PreparedUpdate(
        lambda pk: Run.objects.filter(pk=pk),
        ("owner",),
        always={"epoch": F("epoch") + 1, "status": Run.Status.RUNNING},
        pk=UUIDField(),
    )
    for count in (1, 2):
        assert update.run(pk=run.pk, owner="me") == 1
        run.refresh_from_db()
        assert (run.epoch, run.status, run.owner) == (count, Run.Status.RUNNING, "me")
