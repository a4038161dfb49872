"""What stands on the page in each state of an answer."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import Message
from inference import queue
from inference.models import Model, Run
from inference.ollama import Usage
from tests.chat.conftest import HTMX

USAGE = Usage(
    prompt_tokens=2600,
    answer_tokens=486,
    total_ns=14_000_000_000,
    load_ns=1_000_000,
    prompt_ns=100_000_000,
    answer_ns=12_722_513_089,
)


@pytest.fixture
def article(ann, client_of):
    """A function: the HTML of a conversation's last message, as a page fetches it."""
    client = client_of(ann)

    def fetch(conversation) -> str:
        url = reverse("chat:message", args=[conversation.leaf_id])
        return client.get(url, headers=HTMX).content.decode()

    return fetch


def claimed():
    [run] = queue.claim("worker", timezone.now(), purposes=[Run.Purpose.ANSWER])
    return run


def buttons(html):
    """The words on the buttons that are in sight."""
    in_sight = re.sub(r'<div class="menu".*?</div>', "", html, flags=re.DOTALL)
    found = re.findall(r"<button[^>]*>(.*?)</button>", in_sight)
    return [words for button in found if (words := re.sub(r"<[^>]*>", "", button).strip())]


def test_the_next_in_line_may_leave_it(ann, ask, article):
    html = article(ask(ann))
    assert "<b>Next in line</b>" in html
    assert 'aria-busy="true"' in html
    assert buttons(html) == ["Leave the line"]


def test_who_waits_longer_sees_the_place_and_the_time(ann, bob, eve, ask, answer, article):
    answer(ask(bob))
    ask(bob)
    claimed()
    ask(eve)
    assert re.search(r"<b>2nd in line</b>, about \d+ s", article(ask(ann)))


def test_leaving_the_line_stops_the_run(ann, ask, client_of):
    conversation = ask(ann)
    url = reverse("chat:cancellation", args=[conversation.leaf.run_id])
    assert client_of(ann).post(url, headers=HTMX).status_code == 204
    assert Run.objects.get().status == Run.Status.STOPPED


def test_stop_without_javascript_leads_back(ann, ask, client_of):
    conversation = ask(ann)
    url = reverse("chat:cancellation", args=[conversation.leaf.run_id])
    response = client_of(ann).post(url)
    assert response.headers["Location"].startswith(conversation.get_absolute_url())


def test_a_model_that_is_not_in_memory_is_loading(ann, ask, article):
    conversation = ask(ann)
    claimed()
    html = article(conversation)
    assert "<b>Loading pip:latest</b></p>" in html  # nothing is said of what nobody measured
    assert buttons(html) == ["Stop"]
    Model.objects.update(load_seconds=12.4)
    assert "<b>Loading pip:latest</b>, usually about 10 s</p>" in article(conversation)


def test_a_loaded_model_reads_and_then_answers(ann, ask, article):
    conversation = ask(ann)
    Model.objects.update(loaded=True)
    run = claimed()
    assert "Reading the conversation" in article(conversation)
    queue.save("worker", [queue.Progress(run.pk, run.epoch, 0, "", "Because")], timezone.now())
    html = article(conversation)
    assert "Because" in html
    assert "answering" in html
    assert buttons(html) == ["Stop"]


def test_a_whole_answer_shows_its_figures(ann, ask, answer, article):
    conversation = ask(ann)
    answer(conversation, usage=USAGE, done_reason="stop")
    html = article(conversation)
    assert "486 tokens" in html
    assert "38.2 tokens/s" in html
    assert buttons(html) == ["Copy", "Regenerate"]
    assert 'class="status"' not in html


@pytest.mark.parametrize(("first", "tokens"), [(USAGE, "972 tokens"), (None, "")])
def test_an_answer_that_went_on_shows_the_tokens_of_all_of_it(
    ann, ask, answer, article, first, tokens
):
    conversation = ask(ann)
    answer(conversation, usage=first, done_reason="length")
    conversation.continue_(conversation.leaf, ann)
    answer(conversation, usage=USAGE, done_reason="stop")
    Run.objects.filter(pk=conversation.leaf.run_id).update(sent={"before": 20, "messages": 2})
    html = article(conversation)
    assert "38.2 tokens/s" in html
    assert re.findall(r"<span>(.* tokens)</span>", html) == ([tokens] if tokens else [])


def test_the_composer_learns_how_full_the_context_is(ann, ask, answer, article):
    Model.objects.update(num_ctx=8192, loaded=True)
    conversation = ask(ann)
    answer(conversation, usage=USAGE)
    html = article(conversation)
    assert "3.1 k of 8 k tokens" in html
    assert re.search(r'<meter[^>]* max="8192" value="3086"', html)


def test_before_the_first_count_the_context_is_not_known(ann, ask, article):
    assert "Context not known yet" in article(ask(ann))


@pytest.mark.parametrize(
    ("status", "text", "words", "names"),
    [
        ("stopped", "Because", "Stopped.", ["Continue", "Regenerate", "Copy"]),
        ("stopped", "", "Nothing was written.", ["Continue", "Regenerate"]),
        ("interrupted", "Because", "Nothing above is lost.", ["Continue", "Regenerate", "Copy"]),
        ("failed", "", "No answer.", ["Regenerate"]),
        ("failed", "Because", "Failed.", ["Regenerate", "Copy"]),
        ("done", "", "An empty answer.", ["Regenerate"]),
        ("done", "\n\n", "An empty answer.", ["Regenerate", "Copy"]),
    ],
)
def test_what_ended_says_how_and_what_to_do(ann, ask, answer, article, status, text, words, names):
    conversation = ask(ann)
    answer(conversation, text, status)
    html = article(conversation)
    assert words in html
    assert buttons(html) == names
    assert "aria-busy" not in html


def test_an_error_is_told_in_words(ann, ask, answer, article):
    conversation = ask(ann)
    answer(conversation, "", "failed", error_kind="busy", error="The server is full.")
    assert "The server is full." in article(conversation)


def test_an_answer_that_is_cut_by_length_can_go_on(ann, ask, answer, article):
    conversation = ask(ann)
    answer(conversation, "Because", done_reason="length")
    html = article(conversation)
    assert "Cut off." in html
    assert buttons(html) == ["Continue", "Regenerate", "Copy"]


def test_an_answer_that_is_cut_while_it_thinks_is_not_said_to_be_empty(ann, ask, answer, article):
    conversation = ask(ann)
    answer(conversation, "", thinking="Two plus", done_reason="length")
    html = article(conversation)
    assert "Cut off." in html
    assert "An empty answer." not in html
    assert buttons(html) == ["Regenerate"]


def test_text_is_kept_when_the_record_of_the_run_is_gone(ann, ask, answer, article):
    conversation = ask(ann)
    answer(conversation)
    Run.objects.all().delete()
    assert "Because of Rayleigh." in article(conversation)


def test_an_answer_of_an_older_renderer_is_rendered_anew(ann, ask, answer, article):
    conversation = ask(ann)
    answer(conversation)
    Message.objects.update(html="<p>old</p>", html_version=0)
    html = article(conversation)
    assert "old" not in html
    conversation.leaf.refresh_from_db()
    assert "Rayleigh" in conversation.leaf.html


@pytest.mark.parametrize(("seconds", "words"), [(3, "Thought for 3 s"), (None, "Thoughts")])
def test_thoughts_are_folded_with_their_length(ann, ask, answer, article, seconds, words):
    conversation = ask(ann)
    answer(conversation)
    Message.objects.update(thinking="Hm.", thinking_html="<p>Hm.</p>", thought_seconds=seconds)
    html = article(conversation)
    assert re.search(rf'<details class="thought"[^>]*><summary class="line">{words}<', html)
    assert "<p>Hm.</p>" in html


def test_a_question_is_never_markup(ann, ask, client_of):
    conversation = ask(ann, "<script>alert(1)</script>")
    html = client_of(ann).get(conversation.get_absolute_url()).content.decode()
    assert "<script>alert" not in html


def test_regenerate_and_continue_by_htmx_show_nothing_themselves(ann, ask, answer, client_of):
    client = client_of(ann)
    conversation = ask(ann)
    answer(conversation, "Because", "stopped")
    url = reverse("chat:continuations", args=[conversation.leaf_id])
    assert client.post(url, headers=HTMX).status_code == 204
    answer(conversation)
    url = reverse("chat:regenerations", args=[conversation.leaf_id])
    key = "7b8e3fd6-6a4e-4dd5-a41a-0a5c7a4b5a11"
    assert client.post(url, {"key": key}, headers=HTMX).status_code == 204
    assert client.post(url, {"key": key}, headers=HTMX).status_code == 204
    assert conversation.messages.count() == 3


@pytest.mark.parametrize(("headers", "marker"), [({}, "<html"), (HTMX, "<output")])
def test_regenerating_while_an_answer_runs_is_refused(ann, ask, client_of, headers, marker):
    conversation = ask(ann)
    url = reverse("chat:regenerations", args=[conversation.leaf_id])
    key = "7b8e3fd6-6a4e-4dd5-a41a-0a5c7a4b5a11"
    response = client_of(ann).post(url, {"key": key}, headers=headers)
    assert response.status_code == 409
    assert marker in response.content.decode()
    assert "An answer is running." in response.content.decode()
