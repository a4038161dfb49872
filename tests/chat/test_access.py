"""Who may do what: each address is asked as its owner, as others, and as a stranger."""

import pytest
from django.urls import reverse

from tests.chat.conftest import HTMX

PLACES = [
    ("get", "conversation"),
    ("get", "messages"),
    ("post", "messages"),
    ("post", "model"),
    ("post", "title"),
    ("post", "deletion"),
    ("post", "restoration"),
    ("get", "message"),
    ("get", "text"),
    ("post", "regenerations"),
    ("post", "continuations"),
    ("get", "revisions"),
    ("post", "revisions"),
    ("post", "choice"),
    ("post", "forks"),
    ("get", "sent"),
    ("post", "cancellation"),
]


def address(name, conversation):
    answer = conversation.leaf
    ids = {
        "message": answer.pk,
        "text": answer.pk,
        "regenerations": answer.pk,
        "continuations": answer.pk,
        "revisions": answer.parent_id,
        "choice": answer.pk,
        "forks": answer.pk,
        "sent": answer.pk,
        "cancellation": answer.run_id,
    }
    return reverse(f"chat:{name}", args=[ids.get(name, conversation.pk)])


@pytest.mark.parametrize(("method", "name"), PLACES)
@pytest.mark.parametrize("other", ["bob", "eve", "admin"])
def test_others_find_nothing(request, ann, ask, client_of, method, name, other):
    client = client_of(request.getfixturevalue(other))
    url = address(name, ask(ann))
    assert getattr(client, method)(url, headers=HTMX).status_code == 404
    assert getattr(client, method)(url).status_code == 404


@pytest.mark.parametrize(("method", "name"), PLACES)
def test_the_owner_finds_it(ann, ask, client_of, method, name):
    response = getattr(client_of(ann), method)(address(name, ask(ann)))
    assert response.status_code in (200, 302, 409, 422)


@pytest.mark.parametrize(("method", "name"), PLACES)
def test_a_stranger_is_sent_to_sign_in(ann, ask, client, method, name):
    response = getattr(client, method)(address(name, ask(ann)))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("name", ["home", "conversations"])
def test_a_stranger_sees_no_list(db, client, name):
    assert client.get(reverse(f"chat:{name}")).status_code == 302


def test_an_expired_sign_in_leads_back_to_the_page(ann, ask, client):
    conversation = ask(ann)
    here = conversation.get_absolute_url()
    response = client.post(
        address("messages", conversation),
        {"text": "Hello"},
        headers=HTMX | {"HX-Current-URL": f"http://testserver{here}"},
    )
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == f"{reverse('accounts:sign_in')}?next={here}"


def test_a_deleted_conversation_is_found_by_nobody(ann, ask, client_of):
    conversation = ask(ann)
    conversation.mark_deleted()
    for name in ("conversation", "messages", "message", "text"):
        assert client_of(ann).get(address(name, conversation)).status_code == 404


def test_a_question_is_not_regenerated(ann, ask, client_of):
    question = ask(ann).leaf.parent
    for name in ("regenerations", "continuations"):
        url = reverse(f"chat:{name}", args=[question.pk])
        assert client_of(ann).post(url).status_code == 404
    assert client_of(ann).get(reverse("chat:sent", args=[question.pk])).status_code == 404


def test_an_answer_is_not_edited(ann, ask, client_of):
    url = reverse("chat:revisions", args=[ask(ann).leaf_id])
    assert client_of(ann).get(url).status_code == 404
    assert client_of(ann).post(url, {"text": "Hello"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "name"), [each for each in PLACES if each[1] not in ("messages", "revisions")]
)
def test_the_other_method_is_not_allowed(ann, ask, client_of, method, name):
    other = {"get": "post", "post": "get"}[method]
    assert getattr(client_of(ann), other)(address(name, ask(ann))).status_code == 405


def test_a_form_without_its_token_is_refused(ann, ask, client_of):
    client = client_of(ann, enforce_csrf_checks=True)
    assert client.post(address("messages", ask(ann)), {"text": "Hello"}).status_code == 403
