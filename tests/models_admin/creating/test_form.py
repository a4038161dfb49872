"""The form that makes a model: what it shows, and what it does not let through."""

import json

import pytest

from inference.models import Job, Model
from tests.factories import a_model, a_server
from tests.inference.ollama.wire import recording
from tests.models_admin.creating.conftest import CREATE, HTMX, SOURCE


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 422
    assert not Job.objects.filter(kind="create").exists()
    return dict(response.context["form"].errors)


def test_has_a_field_for_all_that_can_be_said(manager, server):
    html = manager.get(CREATE).content.decode()
    for words in ("Model name", "From", "System prompt", "Temperature", "Context", "Stop words"):
        assert f">{words}</label>" in html
    assert "The model&#x27;s own: 0.7" in html
    assert "Ollama&#x27;s own: 40" in html
    assert "From 0 to 1." in html


def test_says_what_context_costs(manager, server):
    """4 layers of 2 heads with 64 numbers for key and value, 2 bytes each: 2 kB a token."""
    html = manager.get(CREATE).content.decode()
    assert "push each other out" in html
    assert "4 k tokens: 8." in html
    assert "8 k tokens: 16." in html


def test_asks_for_what_is_not_known_of_a_source(manager, server):
    a_model(server, "new:latest", digest="d2")
    assert manager.get(CREATE, {"source": "new:latest"}).status_code == 200
    assert Job.objects.filter(kind="describe", subject="new:latest").exists()


def test_without_a_model_there_is_nothing_to_make_one_from(manager, db):
    assert "Pull one first." in manager.get(CREATE).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Give the model a name."),
        ("name", "my model", "cannot hold a space"),
        ("name", "m" * 300, "300 characters long"),
        ("name", "модель", "cannot hold “м”"),
        ("name", "evil.example/a/b", "not on this installation&#x27;s list"),
        ("name", "mario:cloud", "would run on the servers of ollama.com"),
        ("source", "", "Choose the model"),
        ("source", "gone:latest", "The model gone:latest is not here any more."),
        ("temperature", "hot", "A number is needed here"),
        ("temperature", "-1", "This must be 0 or more."),
        ("top_p", "1.5", "This must be 1 or less."),
        ("top_k", "4.5", "A whole number is needed here"),
        ("num_ctx", "9000", "trained for 8192 tokens at most"),
        ("seed", "nan", "A whole number is needed"),
        ("num_predict", "9" * 30, "A whole number is needed"),
        ("use_mmap", "perhaps", "Either true or false"),
        ("stop", "\n".join(map(str, range(60))), "There can be 50 stop words at most."),
        ("template", "{{ if }}", "Line 1: Something must follow “if”."),
        ("template", "{{ range .Messages }}{{ .Foo }}{{ end }}", "knows no .Foo in a template"),
        ("quantize", "q8_0", "is quantised already"),
        ("quantize", "q9_9", "q9_9 is not one of the available choices"),
        ("requires", "newest", "A version of Ollama is needed here"),
        ("who", "groups", "Choose one group or more."),
        ("system", "x" * 100_001, "at most 100000 characters"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_says_at_the_field_what_is_wrong(manager, typed, field, value, says, headers):
    response = manager.post(CREATE, typed | {field: value}, headers=headers)
    html = response.content.decode()
    found = errors(response)
    assert list(found) == [{"who": "groups"}.get(field, field)]
    assert says in html


@pytest.mark.parametrize("what", ["bad-parameter", "unknown-parameter", "bad-template"])
def test_lets_nothing_through_that_ollama_took_or_refused(manager, typed, what):
    """As recorded: two of the three were answered with success, and fail whenever they are used."""
    body = recording(f"create/{what}")["request"]["body"]
    sent = typed | body.get("parameters", {}) | {"template": body.get("template", "")}
    response = manager.post(CREATE, sent)
    if what == "unknown-parameter":
        assert Job.objects.get(kind="create").parameters["request"] == {"from": SOURCE}
    else:
        errors(response)


def test_keeps_what_was_typed(manager, typed):
    sent = typed | {
        "name": "my model",
        "system": "Be brief.</textarea><script>alert(1)</script>",
        "temperature": "hot",
        "turn_role": ["user", "assistant"],
        "turn_text": ["Hi!", "Ahoy!"],
        "template": "{{ end }}",
    }
    html = manager.post(CREATE, sent).content.decode()
    for kept in ('value="my model"', 'value="hot"', "Hi!</textarea>", "{{ end }}</textarea>"):
        assert kept in html
    assert "<script>alert(1)" not in html
    assert "Be brief.&lt;/textarea&gt;" in html
    assert '<details id="create-more" open>' in html


def test_a_source_that_is_gone_stays_to_be_seen(manager, typed):
    response = manager.post(CREATE, typed | {"source": "gone:latest"})
    assert '<option value="gone:latest" selected>' in response.content.decode()


def test_a_source_must_be_on_the_server_that_is_chosen(manager, typed):
    other = a_server("else:latest", name="gpu-2")
    response = manager.post(CREATE, typed | {"server": str(other.pk)})
    assert errors(response) == {"source": ["gpu-2 does not have pip:latest. Pull it there first."]}


def test_another_source_shows_its_own_values(manager, server, typed):
    a_model(server, "other:latest", parameters={"temperature": 0.1}, quantization="F16")
    sent = typed | {"source": "other:latest", "system": "Be brief."}
    html = manager.post(f"{CREATE}form/", sent, headers=HTMX).content.decode()
    assert html.strip().startswith("<form")
    assert "The model&#x27;s own: 0.1" in html
    assert "Quantise" in html
    assert "Be brief." in html
    assert 'role="alert"' not in html


def test_models_elsewhere_are_no_sources(manager, server):
    a_model(server, "big:cloud")
    a_model(server, "stub:latest", remote_host="https://ollama.com")
    html = manager.get(CREATE).content.decode()
    assert "big:cloud" not in html
    assert "stub:latest" not in html


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_rows_for_examples_come_and_go(manager, typed, headers):
    def rows(response) -> list[tuple[str, str]]:
        return [(turn.role, turn.text) for turn in response.context["form"].turns]

    sent = typed | {"turn_role": ["user"], "turn_text": ["Hi!"]}
    more = manager.post(f"{CREATE}form/", sent | {"add": "1"}, headers=headers)
    assert rows(more) == [("user", "Hi!"), ("assistant", "")]
    fewer = manager.post(f"{CREATE}form/", sent | {"remove": "0"}, headers=headers)
    assert rows(fewer) == []
    for odd in ("7", "-1", "x", "٣"):
        assert rows(manager.post(f"{CREATE}form/", sent | {"remove": odd})) == [("user", "Hi!")]


def test_a_turn_that_is_too_long_is_marked(manager, typed):
    sent = typed | {"turn_role": ["user"], "turn_text": ["x" * 20_001]}
    response = manager.post(CREATE, sent)
    assert "turn-1-error" in response.content.decode()
    assert list(errors(response)) == ["__all__"]


def test_numbers_are_read_and_written_as_in_the_language_of_the_page(mod, client_of, typed):
    mod.language = "de"
    mod.save()
    client = client_of(mod)
    client.post(CREATE, typed | {"temperature": "0,35"})
    job = Job.objects.get(kind="create")
    assert job.parameters["request"]["parameters"] == {"temperature": 0.35}
    assert json.dumps(job.parameters)
    [kept] = job.person.create_requests.all()
    html = client.get(CREATE, {"request": str(kept.pk)}).content.decode()
    assert 'value="0,35"' in html


def test_a_name_that_is_taken_is_replaced_only_on_purpose(manager, server, typed):
    a_model(server, "Mario:latest")
    response = manager.post(CREATE, typed)
    assert "It would be replaced." in errors(response)["name"][0]
    assert 'name="replace"' in response.content.decode()
    assert manager.post(CREATE, typed | {"replace": "on"}).status_code == 302
    assert Job.objects.filter(kind="create").count() == 1


def test_a_model_that_was_removed_is_not_in_the_way(manager, server, typed):
    Model.objects.filter(pk=a_model(server, "mario:latest").pk).update(present=False)
    assert manager.post(CREATE, typed).status_code == 302
