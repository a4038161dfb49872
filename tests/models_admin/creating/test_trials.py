"""A draft is asked something before a model is made of it."""

import pytest
from django.utils import timezone

from inference import claims, queue
from inference.models import Model, Run
from models_admin.models import Draft, TrialAnswer
from tests.models_admin.creating.conftest import CREATE, HTMX, SOURCE

TRIALS = f"{CREATE}trials/"
DRAFT = {
    "source": SOURCE,
    "system": "You are Mario.",
    "temperature": "0.2",
    "stop": "END",
    "turn_role": ["user", "assistant"],
    "turn_text": ["Hi!", "It's-a me!"],
    "question": "Who are you?",
}


@pytest.fixture
def work(server):
    """A function: claims the runs that wait as a worker does; what it would send."""
    return lambda: [
        claim.request for claim in claims.look("worker", timezone.now(), limit=10).claims
    ]


def end(text: str = "", status: Run.Status = Run.Status.DONE, **fields) -> None:
    """Ends the run that is running."""
    run = Run.objects.running().get()
    now = timezone.now()
    if text:
        queue.save("worker", [queue.Progress(run.pk, run.epoch, 0, "", text)], now)
    assert queue.finish(run.pk, run.epoch, status, now=now, **fields)


def answers() -> list[TrialAnswer]:
    return list(TrialAnswer.objects.select_related("run"))


def page_of(manager, answer: TrialAnswer) -> str:
    return manager.get(f"{CREATE}answers/{answer.pk}/", headers=HTMX).content.decode()


# --- what is asked


def test_sends_what_the_model_would_begin_with(manager, mod, work):
    manager.post(TRIALS, DRAFT)
    [request] = work()
    assert request.model == SOURCE
    assert request.options == {"temperature": 0.2, "stop": ["END"]}
    assert request.messages == [
        {"role": "system", "content": "You are Mario."},
        {"role": "user", "content": "Hi!"},
        {"role": "assistant", "content": "It's-a me!"},
        {"role": "user", "content": "Who are you?"},
    ]
    assert answers()[0].run.person == mod


def test_asks_the_source_itself_too_where_that_is_wanted(manager, server, work):
    server.slots = 2
    server.save()
    manager.post(TRIALS, DRAFT | {"compare": "1"})
    _draft, source = work()
    assert (source.messages, source.options) == ([{"role": "user", "content": "Who are you?"}], {})
    assert [answer.of_source for answer in answers()] == [False, True]


def test_an_empty_draft_is_its_source(manager, work):
    manager.post(TRIALS, {"source": SOURCE, "question": "Hi!"})
    [request] = work()
    assert (request.messages, request.options) == ([{"role": "user", "content": "Hi!"}], {})


def test_what_a_trial_does_not_need_may_be_wrong(manager, work):
    wrong = {"name": "my model", "template": "{{ if }}", "who": "groups", "requires": "x"}
    assert manager.post(TRIALS, DRAFT | wrong).status_code == 302
    assert len(work()) == 1


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("temperature", "hot", "A number is needed here"),
        ("source", "gone:latest", "is not here any more"),
        ("question", "  ", "Write first what you want to ask."),
        ("question", "x" * 20_001, "at most 20000 characters"),
        ("turn_text", ["x" * 20_001, "y"], "A turn has at most"),
    ],
)
def test_what_it_needs_is_marked(manager, server, field, value, says, headers):
    response = manager.post(TRIALS, DRAFT | {field: value}, headers=headers)
    html = response.content.decode()
    assert response.status_code == 422
    assert says in html
    assert "Give the model a name." not in html
    assert not Run.objects.exists()
    if headers:
        assert html.startswith('<hx-partial hx-target="#trial"')


def test_the_next_trial_ends_the_last_one(manager, server):
    manager.post(TRIALS, DRAFT)
    manager.post(TRIALS, DRAFT)
    assert sorted(Run.objects.values_list("status", flat=True)) == ["queued", "stopped"]


def test_old_drafts_are_cleared_away(manager, mod, eve, server):
    Draft.objects.keep(eve, {})
    for _ in range(Draft.MOST + 2):
        manager.post(f"{CREATE}drafts/", DRAFT)
    assert Draft.objects.visible_to(mod).count() == Draft.MOST
    assert Draft.objects.visible_to(eve).count() == 1


# --- what is shown


def test_the_page_shows_the_draft_and_what_it_answers(manager, server, work):
    there = manager.post(TRIALS, DRAFT).headers["Location"]
    html = manager.get(there).content.decode()
    assert "You are Mario.</textarea>" in html
    assert "In line" in html or "Place 1 in the line" in html
    work()
    assert "Loading pip:latest" in page_of(manager, answers()[0])
    Model.objects.update(loaded=True)
    assert "Reading the question" in page_of(manager, answers()[0])
    end("It's-a **me**, <script>alert(1)</script>")
    html = manager.get(there).content.decode()
    assert "<strong>me</strong>" in html
    assert "<script>alert(1)" not in html
    assert "aria-busy" not in html


def test_for_htmx_only_the_trial_is_drawn(manager, server):
    html = manager.post(TRIALS, DRAFT, headers=HTMX).content.decode()
    assert html.startswith('<hx-partial hx-target="#trial"')
    assert '<hx-partial hx-target="#create"' not in html
    marked = manager.post(TRIALS, DRAFT | {"marked": "1"}, headers=HTMX).content.decode()
    assert '<hx-partial hx-target="#create"' in marked


@pytest.mark.parametrize(
    ("status", "fields", "says"),
    [
        (Run.Status.DONE, {}, "ended without a word"),
        (Run.Status.STOPPED, {}, "Stopped."),
        (Run.Status.FAILED, {"error_kind": "busy", "error": "It is busy."}, "It is busy."),
        (Run.Status.INTERRUPTED, {"error_kind": "restart", "error": "Restarted."}, "Restarted."),
    ],
)
def test_an_end_without_an_answer_is_said(manager, work, status, fields, says):
    manager.post(TRIALS, DRAFT)
    work()
    end("", status, **fields)
    assert says in page_of(manager, answers()[0])


def test_an_answer_that_was_cut_off_says_so_and_how_quick_it_was(manager, work):
    manager.post(TRIALS, DRAFT)
    work()
    end("It's-a me", done_reason="length")
    Run.objects.update(answer_tokens=3, answer_ns=1_000_000_000)
    html = page_of(manager, answers()[0])
    assert "Cut off" in html
    assert "3 tokens" in html
    assert "3.0 tokens/s" in html


def test_it_can_be_stopped(manager, server):
    manager.post(TRIALS, DRAFT)
    [answer] = answers()
    there = f"{CREATE}answers/{answer.pk}/cancellation/"
    assert manager.post(there, headers=HTMX).status_code == 204
    assert manager.post(there).headers["Location"].endswith(f"?draft={answer.draft_id}#trial")
    assert Run.objects.get().status == Run.Status.STOPPED


def test_an_answer_without_its_run_is_shown(manager, server):
    manager.post(TRIALS, DRAFT)
    Run.objects.all().delete()
    assert "cleared away" in page_of(manager, answers()[0])


# --- from a chat


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_another_page_knows_fills_the_form(manager, server, headers):
    sent = DRAFT | {"csrfmiddlewaretoken": "x", "think": "1", "for_new_chats": "on"}
    response = manager.post(f"{CREATE}drafts/", sent, headers=headers)
    there = response.headers.get("HX-Redirect") or response.headers["Location"]
    form = manager.get(there).context["form"]
    assert (form["system"].value(), form["temperature"].value()) == ("You are Mario.", "0.2")
    assert form["stop"].value() == "<|im_end|>\nEND"  # in a chat, the model's own stay
    assert set(Draft.objects.get().typed) <= {*form.fields, "turn_role", "turn_text"}
    assert not Run.objects.exists()
