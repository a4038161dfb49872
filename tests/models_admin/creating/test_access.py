"""Who may make models: managers and administrators, and nobody sees another one's trials."""

import uuid

import pytest
from django.urls import reverse

from inference.models import Job, Run
from models_admin.models import CreateRequest, Draft, TrialAnswer
from tests.models_admin.creating.conftest import CREATE, HTMX, SOURCE

ID = uuid.UUID(int=7)
PLACES = [
    ("get", CREATE),
    ("post", CREATE),
    ("post", f"{CREATE}form/"),
    ("post", f"{CREATE}drafts/"),
    ("get", f"{CREATE}modelfile/"),
    ("post", f"{CREATE}modelfile/"),
    ("post", f"{CREATE}modelfile/text/"),
    ("post", f"{CREATE}trials/"),
    ("get", f"{CREATE}answers/{ID}/"),
    ("post", f"{CREATE}answers/{ID}/cancellation/"),
]
SENT = {"name": "mario", "source": SOURCE, "question": "Who are you?", "text": "FROM pip"}


def nothing_was_done() -> bool:
    rows = (Run, Draft, CreateRequest, Job.objects.filter(kind="create"))
    return not any(getattr(row, "objects", row).exists() for row in rows)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(("method", "place"), PLACES)
def test_a_member_may_not(eve, client_of, server, method, place, headers):
    assert getattr(client_of(eve), method)(place, SENT, headers=headers).status_code == 403
    assert nothing_was_done()


@pytest.mark.parametrize(("method", "place"), PLACES)
def test_a_stranger_is_sent_to_sign_in(client, server, method, place):
    response = getattr(client, method)(place, SENT)
    assert response.headers["Location"].startswith(reverse("accounts:sign_in"))
    assert nothing_was_done()


@pytest.mark.parametrize("person", ["mod", "admin"])
def test_managers_and_administrators_may(request, person, client_of, server):
    client = client_of(request.getfixturevalue(person))
    assert client.get(CREATE).status_code == 200
    assert client.post(CREATE, SENT).status_code == 302


def test_others_trials_are_not_found(manager, admin, client_of, server):
    manager.post(f"{CREATE}trials/", SENT)
    draft, answer = Draft.objects.get(), TrialAnswer.objects.get()
    client = client_of(admin)
    assert client.get(CREATE, {"draft": str(draft.pk)}).status_code == 404
    there = f"{CREATE}answers/{answer.pk}/"
    assert client.get(there, headers=HTMX).status_code == 404
    assert client.post(f"{there}cancellation/").status_code == 404
    assert Run.objects.waiting().exists()


@pytest.mark.parametrize(("method", "place"), [each for each in PLACES if each[0] == "post"])
def test_a_form_without_its_token_is_refused(mod, client_of, server, method, place):
    client = client_of(mod, enforce_csrf_checks=True)
    assert client.post(place, SENT).status_code == 403


def test_what_changes_something_is_not_done_by_looking(manager, server):
    for _method, place in PLACES:
        if place.endswith(("form/", "drafts/", "text/", "trials/", "cancellation/")):
            assert manager.get(place).status_code == 405
