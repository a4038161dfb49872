"""From the form to a job, to the people who may use the model, and to what is kept of it."""

import pytest
from django.urls import reverse

from accounts.models import Group
from inference.models import Description, Job, Model
from models_admin.models import CreateRequest
from tests.factories import a_model, a_server
from tests.models_admin.creating.conftest import CREATE, HTMX, SOURCE

WHOLE = {
    "system": "You are Mario.\r\nBe short. ",
    "temperature": "0.2",
    "num_ctx": "4096",
    "use_mmap": "false",
    "stop": "END\n\\n\nEND",
    "turn_role": ["user", "assistant", "user"],
    "turn_text": ["Hi!", "It's-a me!\r\nMario!", "  "],
    "template": "{{ .System }}\r\n{{ .Prompt }} ",
    "license": "Ours",
    "requires": "0.14.0",
}


def job() -> Job:
    return Job.objects.get(kind="create")


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_starts_a_job_and_leads_to_it(manager, mod, server, typed, headers):
    response = manager.post(CREATE, typed | WHOLE, headers=headers)
    there = reverse("models_admin:job", args=[job().pk])
    assert response.headers.get("HX-Redirect", response.headers.get("Location")) == there
    assert (job().server, job().person) == (server, mod)
    assert job().parameters["names"] == ["mario:latest"]
    assert job().parameters["request"] == {
        "from": SOURCE,
        "system": "You are Mario.\nBe short.",
        "parameters": {
            "temperature": 0.2,
            "num_ctx": 4096,
            "use_mmap": False,
            "stop": ["END", "\n"],
        },
        "messages": [
            {"role": "user", "content": "Hi!"},
            {"role": "assistant", "content": "It's-a me!\nMario!"},
        ],
        "template": "{{ .System }}\n{{ .Prompt }} ",
        "license": ["Ours"],
        "requires": "0.14.0",
    }


def test_sends_no_template_that_the_source_has(manager, typed):
    manager.post(CREATE, typed | {"template": "{{ .System }}{{ .Prompt }}"})
    assert job().parameters["request"] == {"from": SOURCE}


def test_whole_models_can_be_quantised(manager, server, typed):
    a_model(server, "whole:latest", quantization="F16")
    manager.post(CREATE, typed | {"source": "whole:latest", "quantize": "q4_K_M"})
    assert job().parameters["request"] == {"from": "whole:latest", "quantize": "q4_K_M"}


def test_is_made_where_its_source_is(manager, server, typed):
    other = a_server("else:latest", name="gpu-2")
    manager.post(CREATE, typed | {"source": "else:latest"})
    assert job().server == other


def test_is_made_on_the_server_that_is_chosen(manager, server, typed):
    other = a_server(SOURCE, name="gpu-2")
    manager.post(CREATE, typed | {"server": str(other.pk)})
    assert job().server == other


def test_sent_twice_it_is_made_once(manager, typed):
    for _ in range(2):
        assert manager.post(CREATE, typed | WHOLE).status_code == 302
    assert CreateRequest.objects.count() == Job.objects.filter(kind="create").count() == 1


def test_of_two_who_make_the_same_name_the_second_hears_of_the_first(
    manager, admin, client_of, typed
):
    manager.post(CREATE, typed | {"system": "Mario"})
    response = client_of(admin).post(CREATE, typed | {"system": "Luigi"})
    assert response.status_code == 422
    assert "is being made right now, of something else" in response.content.decode()
    assert job().parameters["request"]["system"] == "Mario"
    assert CreateRequest.objects.count() == 1


# --- who may use it


@pytest.fixture
def group(eve) -> Group:
    group = Group.objects.create(name="Plumbers")
    group.members.add(eve)
    return group


def test_only_the_groups_that_were_chosen_will_see_it(manager, mod, ann, eve, server, typed, group):
    manager.post(CREATE, typed | {"who": "groups", "groups": [str(group.pk)]})
    made = Model.objects.get(name="mario:latest")
    assert not made.present
    Model.objects.update(present=True)  # as the catalogue finds it
    assert Model.objects.usable_by(eve).filter(pk=made.pk).exists()
    assert not Model.objects.usable_by(ann).filter(pk=made.pk).exists()


def test_for_everybody_nothing_is_restricted(manager, typed, group):
    manager.post(CREATE, typed | {"who": "everybody", "groups": [str(group.pk)]})
    assert not Model.objects.filter(name="mario:latest").exists()


def test_one_that_is_made_anew_is_opened_by_the_job(manager, server, typed, group):
    there = a_model(server, "mario:latest")
    there.groups.add(group)
    manager.post(CREATE, typed | {"replace": "on"})
    assert there.groups.exists()
    assert job().parameters["groups"] == []


def test_who_may_use_what_is_made_anew_stays(manager, server, typed, group):
    a_model(server, "mario:latest").groups.add(group)
    chosen = {"who": "groups", "groups": [str(group.pk)]}
    manager.post(CREATE, typed | {"replace": "on"} | chosen)
    assert "groups" not in job().parameters


def test_groups_that_are_gone_are_said(manager, typed, group):
    gone = str(group.pk)
    group.delete()
    response = manager.post(CREATE, typed | {"who": "groups", "groups": [gone]})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["groups"]


# --- what is kept


def initial(response) -> dict[str, object]:
    form = response.context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value()}


def test_what_was_made_is_kept_with_its_author_and_can_be_used_again(
    manager, admin, client_of, typed
):
    manager.post(CREATE, typed | WHOLE)
    [kept] = CreateRequest.objects.all()
    client = client_of(admin)
    html = client.get(CREATE).content.decode()
    assert "mario:latest" in html
    assert ">mod</td>" in html
    assert f'href="{CREATE}?request={kept.pk}"' in html
    again = client.get(CREATE, {"request": str(kept.pk)})
    assert initial(again) == {
        "name": "mario:latest",
        "source": SOURCE,
        "server": str(kept.server_id),
        "system": "You are Mario.\nBe short.",
        "temperature": "0.2",
        "num_ctx": "4096",
        "use_mmap": "false",
        "stop": "END\n\\n",
        "template": "{{ .System }}\n{{ .Prompt }} ",
        "license": "Ours",
        "requires": "0.14.0",
        "who": "everybody",
    }
    assert [turn.text for turn in again.context["form"].turns] == ["Hi!", "It's-a me!\nMario!"]


@pytest.mark.parametrize("query", ["request=x", "draft=x", "edit=gone:latest", "server=x&edit=a:b"])
def test_what_is_not_there_is_not_found(manager, server, query):
    assert manager.get(f"{CREATE}?{query}").status_code == 404


# --- one that is there, to be changed


@pytest.fixture
def mario(server) -> Model:
    shown = {
        "template": "{{ .System }}{{ .Prompt }}",
        "system": "You are Mario.",
        "parameters": 'stop   "<|im_end|>"\ntemperature   0.7\nseed   7\nwarmth   3',
        "license": "CC0\nOurs",
        "messages": [{"role": "user", "content": "Hi!"}, {"role": "tool", "content": "?"}],
        "modelfile": "# FROM mario:latest\nFROM /blobs/sha256-1",
    }
    Description.objects.keep("d3", shown)
    return a_model(server, "mario:latest", digest="d3", parent=SOURCE)


def test_a_model_is_shown_as_what_it_adds_to_its_source(manager, server, mario):
    response = manager.get(CREATE, {"edit": "mario:latest"})
    assert "Change mario:latest" in response.content.decode()
    assert initial(response) == {
        "name": "mario:latest",
        "replaces": "mario:latest",
        "source": SOURCE,
        "server": str(server.pk),
        "system": "You are Mario.",
        "seed": "7",
        "license": "Ours",
        "who": "everybody",
    }
    assert [turn.text for turn in response.context["form"].turns] == ["Hi!"]


def test_and_made_anew_under_its_name_without_another_word(manager, mario, typed):
    sent = typed | {"name": "mario:latest", "replaces": "mario:latest", "system": "You are Luigi."}
    assert manager.post(CREATE, sent).status_code == 302


def test_under_another_name_it_does_not_replace_a_third(manager, server, mario, typed):
    a_model(server, "luigi:latest")
    sent = typed | {"name": "luigi", "replaces": "mario:latest"}
    assert manager.post(CREATE, sent).status_code == 422


@pytest.mark.parametrize("gone", ["its source", "its adapter"])
def test_one_without_its_source_is_made_from_itself(manager, mario, gone):
    if gone == "its source":
        Model.objects.filter(name=SOURCE).update(present=False)
    else:
        Description.objects.keep("d3", {"modelfile": "FROM /a\nADAPTER /b", "system": "Hm."})
    found = initial(manager.get(CREATE, {"edit": "mario:latest"}))
    assert found["source"] == "mario:latest"
    assert "system" not in found  # it stays as it is


def test_one_that_was_quantised_is_quantised_again(manager, server, mario):
    Model.objects.filter(name=SOURCE).update(quantization="F16")
    Model.objects.filter(name="mario:latest").update(quantization="Q4_K_M")
    assert initial(manager.get(CREATE, {"edit": "mario:latest"}))["quantize"] == "q4_K_M"


def test_what_a_server_has_not_said_yet_comes_from_the_catalogue(manager, server):
    a_model(server, "luigi:latest", digest="d9", system="You are Luigi.", parent=SOURCE)
    response = manager.get(CREATE, {"edit": "luigi:latest"})
    assert initial(response)["system"] == "You are Luigi."
    assert Job.objects.filter(kind="describe", subject="luigi:latest").exists()


def test_its_groups_stay_chosen(manager, mario, group):
    mario.groups.add(group)
    found = initial(manager.get(CREATE, {"edit": "mario:latest"}))
    assert (found["who"], found["groups"]) == ("groups", [str(group.pk)])
