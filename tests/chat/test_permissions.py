"""Every address of the chat, asked by those who have no part in what it is about.

The table names what of Ann's each address is asked for; an address that is not in it fails a test.
"""

from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts.models import Group
from chat.models import Attachment, Conversation, Folder, SavedPrompt, Summary, Tag
from chat.urls import urlpatterns
from inference.models import Job, Model
from tests.chat.conftest import HTMX, MODEL
from tests.factories import a_model

SECRET = "Xylophone"
OF = {
    "conversation": "talk",
    "messages": "talk",
    "model": "talk",
    "title": "talk",
    "settings": "talk",
    "deletion": "talk",
    "cancellations": "talk",
    "restoration": "gone",
    "pin": "talk",
    "conversation_archive": "talk",
    "conversation_folder": "talk",
    "conversation_tags": "talk",
    "keeping": "talk",
    "presence": "temporary",
    "folder": "folder",
    "folder_details": "folder",
    "folder_place": "folder",
    "folder_removal": "folder",
    "folder_restoration": "folder",
    "tag": "tag",
    "message": "answer",
    "text": "answer",
    "parts": "answer",
    "thinking_parts": "answer",
    "regenerations": "answer",
    "continuations": "answer",
    "revisions": "question",
    "choice": "answer",
    "forks": "answer",
    "sent": "answer",
    "rating": "answer",
    "place": "answer",
    "sum_up": "question",
    "summary": "summary",
    "attachment": "file",
    "image": "file",
    "small": "file",
    "attached_text": "file",
    "removal": "waiting",
    "export": "talk",
    "archive": "export",
    "import": "look",
    "prompt": "prompt",
    "prompt_filling": "prompt",
    "prompt_removal": "prompt",
    "cancellation": "run",
}
# What is about nobody's in particular: lists of one's own, and what makes something new.
OWN = {
    "home",
    "conversations",
    "new_settings",
    "listed",
    "archived",
    "deleted",
    "changes",
    "restorations",
    "folders",
    "attachments",
    "search",
    "data",
    "exports",
    "imports",
    "prompts",
    "new_prompt",
    "offered_prompts",
}

# Fields of forms and addresses that take no id.
FIELDS = (
    "also",
    "count",
    "done",
    "first",
    "format",
    "more",
    "names",
    "new",
    "next",
    "num_predict",
    "pinned",
    "reason",
    "schema",
    "seed",
    "since",
    "stop",
    "system",
    "temperature",
    "think",
    "think_level",
    "think_offered",
    "undo",
    "until",
    "value",
)


@pytest.fixture
def hers(ann, ask, answer):
    """Something of Ann's for each kind of id, by name; all of it has the secret in it."""
    folder = Folder.objects.with_name(ann, f"{SECRET} folder")
    talk = ask(ann, f"{SECRET}?")
    answer(talk, f"{SECRET}!")
    talk.folder = folder
    talk.save()
    tag = Tag.objects.with_name(ann, f"{SECRET} tag")
    talk.tags.add(tag)
    gone = ask(ann, f"{SECRET}, gone")
    gone.mark_deleted()
    temporary = Conversation.start(ann, f"{SECRET}, now", MODEL, uuid4(), is_temporary=True)
    text = {"owner": ann, "kind": Attachment.Kind.TEXT, "media_type": "text/plain", "size": 9}
    text |= {"name": f"{SECRET}.txt", "text": SECRET, "tokens": 1}
    question = talk.leaf.parent
    found = {
        "talk": talk,
        "gone": gone,
        "temporary": temporary,
        "folder": folder,
        "tag": tag,
        "question": question,
        "answer": talk.leaf,
        "run": talk.leaf.run,
        "file": Attachment.objects.create(message=question, **text),
        "waiting": Attachment.objects.create(**text),
        "prompt": SavedPrompt.objects.make(ann, f"{SECRET} prompt", "{{what}}"),
        "summary": Summary.objects.create(
            conversation=talk, up_to=talk.leaf, text=SECRET, model_name=MODEL
        ),
        "export": Job.objects.submit("export", subject=str(ann.pk), person=ann),
        "look": Job.objects.submit(
            "look into an import", subject="x", parameters={"name": SECRET}, person=ann
        ),
    }
    done = Job.objects.filter(pk__in=(found["export"].pk, found["look"].pk))
    done.update(state=Job.State.DONE, ended_at=timezone.now())
    return found


def address(name, hers):
    if name in OWN:
        return reverse(f"chat:{name}")
    form = ["json"] if name == "export" else []
    return reverse(f"chat:{name}", args=[hers[OF[name]].pk, *form])


def form_of(hers):
    """All ids of Ann's, in each field that takes one."""
    ids = {name: str(each.pk) for name, each in hers.items()}
    return {
        "text": "Hello",
        "model": MODEL,
        "name": "mine",
        "title": "mine",
        "key": str(hers["question"].key),
        "attachment": [ids["file"], ids["waiting"]],
        "id": [ids["file"], ids["waiting"]],
        "folder": ids["folder"],
        "parent": ids["folder"],
        "tag": [ids["tag"]],
        "conversation": [ids["talk"], ids["gone"]],
        "at": ids["answer"],
        "before": ids["answer"],
        "after": ids["answer"],
        "deleted": ids["gone"],
        "deleted_at": hers["gone"].deleted_at.isoformat() if hers["gone"].deleted_at else "",
        "action": "delete",
        "q": SECRET,
        "rating": "up",
        "closed": "1",
    }


def kept():
    """All rows of the chat and their runs, but for those that Eve's requests may add."""
    models = [*apps.get_app_config("chat").get_models(), apps.get_model("inference.Run"), Job]
    return {
        model: {row["id"]: row for row in model.objects.values()}
        for model in models
        if any(field.name == "id" for field in model._meta.fields)
    }


def test_every_address_is_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == OF.keys() | OWN


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("other", ["eve", "admin"])
def test_nobody_else_finds_or_changes_anything(request, hers, client_of, other, htmx):
    client = client_of(request.getfixturevalue(other))
    headers = HTMX if htmx else {}
    form = form_of(hers)
    before = kept()
    for name in sorted(OF):
        url = address(name, hers)
        answers = [client.get(url, form, headers=headers), client.post(url, form, headers=headers)]
        assert {each.status_code for each in answers} <= {404, 405}, name
        assert 404 in {each.status_code for each in answers}, name
    for name in sorted(OWN):
        url = address(name, hers)
        for each in (
            client.get(url, form, headers=headers),
            client.post(url, form, headers=headers),
        ):
            # The words that she looks for stand in the field again.
            assert SECRET not in each.content.decode().replace(f'value="{SECRET}"', ""), name
    after = kept()
    for model, rows in before.items():
        assert {pk: after[model].get(pk) for pk in rows} == rows, model


@pytest.mark.parametrize(
    "garbage", ["9" * 400, "\0<\N{RIGHT-TO-LEFT OVERRIDE}['"], ids=["long", "odd"]
)
def test_garbage_in_every_field_breaks_no_address(ann, hers, client_of, garbage):
    client = client_of(ann)
    client.raise_request_exception = False
    form = dict.fromkeys([*form_of(hers), *FIELDS], garbage)
    # What takes something away comes last.
    for name in sorted(OF.keys() | OWN, key=lambda name: name in ("deletion", "folder_removal")):
        url = address(name, hers)
        assert client.get(url, form).status_code < 500, name
        assert client.post(url, form, headers=HTMX).status_code < 500, name


def test_a_form_without_its_token_changes_nothing_at_any_address(ann, hers, client_of):
    client = client_of(ann, enforce_csrf_checks=True)
    before = kept()
    for name in sorted(OF.keys() | OWN):
        answer = client.post(address(name, hers), form_of(hers), headers=HTMX)
        assert answer.status_code in (403, 405), name
    assert kept() == before


def test_a_stranger_and_who_was_deactivated_are_sent_to_sign_in(ann, hers, client, client_of):
    was_ann = client_of(ann)
    ann.is_active = False
    ann.save()
    form = form_of(hers)
    for each in (client, was_ann):
        for name in OF.keys() | OWN:
            url = address(name, hers)
            for response in (each.get(url, form), each.post(url, form)):
                assert response.status_code in (302, 405), name
                if response.status_code == 302:
                    assert response["Location"].startswith(reverse("accounts:sign_in")), name


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("conversations", {"text": "Hi"}),
        ("conversations", {"text": "Hi", "model": MODEL, "also": "secret:latest"}),
        ("messages", {"text": "Hi"}),
        ("revisions", {"text": "Hi"}),
        ("regenerations", {}),
        ("model", {}),
    ],
)
def test_a_model_of_a_group_is_nobody_elses(ann, bob, server, ask, answer, client_of, name, form):
    group = Group.objects.create(name="Few")
    group.members.add(bob)
    a_model(server, "secret:latest").groups.add(group)
    talk = ask(ann)
    answer(talk)
    pk = {"revisions": talk.leaf.parent_id, "regenerations": talk.leaf_id}.get(name, talk.pk)
    url = reverse(f"chat:{name}", args=[] if name == "conversations" else [pk])
    asked = {"model": "secret:latest", "key": str(uuid4())} | form
    refused = client_of(ann).post(url, asked, headers=HTMX)
    assert refused.status_code == 422
    assert talk.messages.count() == 2
    assert Conversation.objects.count() == 1


def test_who_may_use_a_model_no_longer_neither_continues_nor_sums_up(
    ann, bob, ask, answer, client_of
):
    talk = ask(ann)
    answer(talk, "Because", status="stopped")
    group = Group.objects.create(name="Few")
    group.members.add(bob)
    Model.objects.get(name=MODEL).groups.add(group)
    client = client_of(ann)
    for name in ("continuations", "sum_up"):
        refused = client.post(reverse(f"chat:{name}", args=[talk.leaf_id]), headers=HTMX)
        assert refused.status_code == 422
    assert "Because" in client.get(talk.get_absolute_url()).content.decode()
