"""One question to two or three models: answers side by side, and going on with one of them."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import thread
from chat.models import AnswerRunning, Conversation, Message
from inference.models import Run
from inference.models.piece import Written
from tests.chat.conftest import HTMX, MODEL
from tests.factories import a_server

OTHER, THIRD, FOURTH = "pip-think:latest", "third:latest", "fourth:latest"


@pytest.fixture
def server(db):
    return a_server(MODEL, OTHER, THIRD, FOURTH)


@pytest.fixture
def both(ann, server):
    """A conversation of Ann that two models are to answer."""
    return Conversation.start(ann, "Why is the sky blue?", MODEL, uuid.uuid4(), also=[OTHER])


def answers(conversation):
    return list(conversation.messages.filter(role="assistant").order_by("created_at"))


def open_runs():
    return Run.objects.open().count()


def end(message, status=Run.Status.DONE, text="Because."):
    """Ends an answer as a worker would."""
    Run.objects.end(message.run_id, status, now=timezone.now(), last=Written("", text))


def ask(client, at, **form):
    form = {"text": "And at night?", "model": MODEL, "key": uuid.uuid4(), **form}
    return client.post(at, form, headers=HTMX)


def test_each_model_gets_a_run_for_an_answer_of_its_own(ann, client_of, server):
    ask(client_of(ann), reverse("chat:conversations"), also=[OTHER, THIRD])
    conversation = Conversation.objects.get()
    assert [each.model_name for each in answers(conversation)] == [MODEL, OTHER, THIRD]
    assert conversation.messages.filter(role="user").count() == 1
    assert {run.person for run in Run.objects.open()} == {ann}
    assert open_runs() == 3


def test_the_same_model_twice_is_asked_once(ann, client_of, server):
    ask(client_of(ann), reverse("chat:conversations"), also=[MODEL, OTHER, OTHER])
    assert open_runs() == 2


@pytest.mark.parametrize("also", [[OTHER, THIRD, FOURTH], ["gone:latest"], ["x" * 9_000]])
def test_more_than_three_or_unknown_ones_are_refused_and_what_was_typed_is_kept(
    ann, client_of, server, also
):
    refused = ask(client_of(ann), reverse("chat:conversations"), also=also)
    assert refused.status_code == 422
    assert "And at night?" in refused.content.decode()
    assert open_runs() == 0


def test_a_double_click_asks_each_once(ann, client_of, both):
    for answer in answers(both):
        end(answer)
    key = uuid.uuid4()
    for _ in range(2):
        url = reverse("chat:messages", args=[both.pk])
        assert ask(client_of(ann), url, key=key, also=[OTHER]).status_code == 200
    assert open_runs() == 2


def test_the_page_shows_them_side_by_side_with_their_names(ann, client_of, both):
    html = client_of(ann).get(both.get_absolute_url()).content.decode()
    assert html.count('class="message answer"') == 2
    assert f'id="beside-{both.compared_id}"' in html
    for model in (MODEL, OTHER):
        assert f'<h2 class="who"><bdi>{model}</bdi></h2>' in html
    assert "Stop all" in html


def test_each_that_is_written_tells_how_fast(ann, client_of, both):
    first, second = answers(both)
    Run.objects.filter(pk=first.run_id).update(status=Run.Status.RUNNING)
    html = client_of(ann).get(both.get_absolute_url()).content.decode()
    assert f'<span id="speed-{first.pk}"></span> tokens/s' in html
    assert f"speed-{second.pk}" not in html


def test_nothing_else_is_asked_while_one_of_them_is_written(ann, client_of, both):
    first, second = answers(both)
    for ended in (first, second):
        url = reverse("chat:messages", args=[both.pk])
        assert ask(client_of(ann), url).status_code == 409
        end(ended)
    assert ask(client_of(ann), url).status_code == 200


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_conversation_is_answering_until_the_last_one_ends(ann, server, order):
    conversation = Conversation.start(ann, "Why?", MODEL, uuid.uuid4(), also=[OTHER, THIRD])
    all_three = answers(conversation)
    for at in order:
        read = Conversation.objects.select_related("latest_run").get(pk=conversation.pk)
        assert read.is_answering
        end(all_three[at])
    assert not Conversation.objects.get(pk=conversation.pk).is_answering


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_page_has_something_to_fetch_whenever_one_ends(both, order):
    stamps = {both.stamp}
    for answer in [answers(both)[at] for at in order]:
        end(answer)
        stamps.add(Conversation.objects.get(pk=both.pk).stamp)
    assert len(stamps) == 3


def test_one_is_stopped_and_the_other_goes_on(ann, client_of, both):
    first, second = answers(both)
    client_of(ann).post(reverse("chat:cancellation", args=[first.run_id]), headers=HTMX)
    first.run.refresh_from_db()
    assert first.run.status == "stopped"
    assert open_runs() == 1
    end(second)
    html = client_of(ann).get(both.get_absolute_url()).content.decode()
    assert "Stopped." in html
    assert "Because." in html
    assert "Stop all" not in html


def test_one_that_failed_leaves_the_other_as_it_is(ann, client_of, both):
    first, second = answers(both)
    end(first, Run.Status.FAILED, "")
    end(second)
    html = client_of(ann).get(both.get_absolute_url()).content.decode()
    assert "No answer." in html
    assert "Because." in html


def test_all_are_stopped_at_once(ann, client_of, both):
    client_of(ann).post(reverse("chat:cancellations", args=[both.pk]), headers=HTMX)
    assert open_runs() == 0


def test_deletion_stops_all(ann, client_of, both):
    client_of(ann).post(reverse("chat:deletion", args=[both.pk]))
    assert open_runs() == 0


def test_going_on_with_one_makes_them_versions(ann, client_of, both):
    first, second = answers(both)
    end(first)
    end(second)
    client = client_of(ann)
    chosen = client.post(reverse("chat:choice", args=[second.pk]), headers=HTMX)
    assert f'value="{OTHER}" selected' in chosen.content.decode()
    both.refresh_from_db()
    assert (both.leaf, both.compared, both.model_name) == (second, None, OTHER)
    html = client.get(both.get_absolute_url()).content.decode()
    assert "2 / 2" in html
    assert "beside-" not in html


def test_going_on_with_one_stops_the_others(ann, client_of, both):
    second = answers(both)[1]
    client = client_of(ann)
    client.post(reverse("chat:choice", args=[second.pk]), headers=HTMX)
    assert [run.pk for run in Run.objects.open()] == [second.run_id]
    both = Conversation.objects.select_related("latest_run").get()
    assert both.is_answering
    url = reverse("chat:messages", args=[both.pk])
    assert ask(client, url).status_code == 409
    end(second)
    assert ask(client, url).status_code == 200


def test_it_is_answering_until_the_others_have_stopped(ann, both):
    first, second = answers(both)
    Run.objects.filter(pk=second.run_id).update(status=Run.Status.RUNNING)
    end(first)
    both.refresh_from_db()
    both.choose(first)
    assert Run.objects.get(pk=second.run_id).stop_requested
    assert Conversation.objects.get(pk=both.pk).is_answering
    end(second, Run.Status.STOPPED)
    assert not Conversation.objects.get(pk=both.pk).is_answering


def test_one_whose_run_was_cleared_away_is_gone_on_with(both):
    for answer in answers(both):
        end(answer)
    Message.objects.update(run=None)
    second = answers(both)[1]
    both.refresh_from_db()
    both.choose(second)
    both.refresh_from_db()
    assert both.leaf == second
    assert both.latest_run is not None


def test_without_javascript_the_choice_leads_back(ann, client_of, both):
    second = answers(both)[1]
    chosen = client_of(ann).post(reverse("chat:choice", args=[second.pk]))
    assert chosen.headers["Location"].startswith(both.get_absolute_url())


def test_the_next_question_goes_on_without_a_choice(ann, both):
    first, second = answers(both)
    end(first)
    end(second)
    question = both.send(ann, "And at night?", MODEL, uuid.uuid4())
    assert question.parent == first
    both.refresh_from_db()
    assert both.compared is None


def test_one_that_was_stopped_goes_on_beside_the_other(ann, both):
    first, second = answers(both)
    end(first)
    end(second, Run.Status.STOPPED, "Be")
    both.refresh_from_db()
    both.continue_(Message.objects.get(pk=second.pk), ann)
    both.refresh_from_db()
    assert both.compared is not None
    shown = thread.newest(both)
    assert [each.message.pk for each in shown.last.beside] == [first.pk, second.pk]


def test_one_that_failed_is_tried_again_while_the_other_is_written(ann, client_of, both):
    first, second = answers(both)
    end(second, Run.Status.FAILED, "")
    client = client_of(ann)
    html = client.get(reverse("chat:message", args=[second.pk]), headers=HTMX).content.decode()
    again = reverse("chat:continuations", args=[second.pk])
    assert f'action="{again}"' in html
    assert ">Try again</button>" in html
    for _click in range(2):
        assert client.post(again, headers=HTMX).status_code == 204
    assert {run.subject for run in Run.objects.open()} == {first.pk, second.pk}
    both.refresh_from_db()
    assert both.leaf == first  # what is asked next goes on from the same one as before
    second.refresh_from_db()
    end(first)
    end(second, text="At last.")
    shown = thread.newest(Conversation.objects.select_related("latest_run").get())
    assert [each.message.text for each in shown.last.beside] == ["Because.", "At last."]
    assert not shown.last.beside[1].state.title


def test_what_is_above_cannot_be_chosen_while_they_are_written(ann, client_of, both):
    for answer in answers(both):
        end(answer)
    earlier = answers(both)[1]
    both.refresh_from_db()
    both.send(ann, "And at night?", MODEL, uuid.uuid4(), also=[OTHER])
    refused = client_of(ann).post(reverse("chat:choice", args=[earlier.pk]), headers=HTMX)
    assert refused.status_code == 409


def test_an_answer_that_ends_while_a_page_is_made_is_not_shown_as_empty(both):
    second = answers(both)[1]
    read = Conversation.objects.select_related("latest_run").get(pk=both.pk)
    ended = []

    def one_ends_after_the_messages(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if 'ORDER BY "chat_message"."created_at"' in sql and not ended:
            ended.append(second)
            end(second)
        return found

    with connection.execute_wrapper(one_ends_after_the_messages):
        shown = thread.newest(read).last.beside[1]
    assert ended
    assert shown.state.is_open or shown.message.text


def test_a_part_of_the_page_brings_all_that_follows(ann, client_of, both):
    first = both.messages.get(parent=None)
    url = reverse("chat:messages", args=[both.pk])
    for query in (f"?after={first.pk}", f"?first={first.pk}", ""):
        html = client_of(ann).get(url + query, headers=HTMX).content.decode()
        assert html.count('class="message answer"') == 2
        assert "Stop all" in html


def test_one_of_them_on_its_own_keeps_what_belongs_to_it(ann, client_of, both):
    first, second = answers(both)
    end(second)
    url = reverse("chat:message", args=[second.pk])
    html = client_of(ann).get(url, headers=HTMX).content.decode()
    assert "Go on with this one" in html
    assert "Stop all" in html
    end(first)
    assert "Stop all" not in client_of(ann).get(url, headers=HTMX).content.decode()


def test_nobody_else_stops_or_chooses(eve, client_of, both):
    second = answers(both)[1]
    for url in (
        reverse("chat:cancellations", args=[both.pk]),
        reverse("chat:choice", args=[second.pk]),
        reverse("chat:cancellation", args=[second.run_id]),
    ):
        assert client_of(eve).post(url).status_code == 404
        assert "/sign-in/" in Client().post(url).headers["Location"]
    assert open_runs() == 2


def at_once(*acts):
    """Calls each in a thread of its own at one moment; what they returned or raised."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            return act()
        except AnswerRunning as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_answers_that_end_at_once_leave_an_open_one_as_the_latest(ann, server):
    conversation = Conversation.start(ann, "Why?", MODEL, uuid.uuid4(), also=[OTHER, THIRD])
    runs = [answer.run for answer in answers(conversation)]
    at_once(*(run.request_stop for run in runs[:2]))
    read = Conversation.objects.select_related("latest_run").get(pk=conversation.pk)
    assert read.latest_run == runs[2]
    assert read.is_answering


@pytest.mark.django_db(transaction=True)
def test_choosing_stopping_and_sending_at_once_keep_the_rules(ann, both):
    first, second = answers(both)
    results = at_once(
        lambda: both.choose(Message.objects.get(pk=second.pk)),
        lambda: both.choose(Message.objects.get(pk=first.pk)),
        lambda: first.run.request_stop(),
        lambda: Conversation.objects.get(pk=both.pk).send(ann, "Next", MODEL, uuid.uuid4()),
    )
    assert any(result is None for result in results)
    read = Conversation.objects.select_related("latest_run").get(pk=both.pk)
    assert read.compared_id is None
    assert open_runs() <= 1
    assert read.is_answering == bool(open_runs())
