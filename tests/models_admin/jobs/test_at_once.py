"""Two managers in the same moment, with real threads and connections."""

import pytest
from django.core.exceptions import ValidationError

from inference.models import Job
from models_admin.jobs.starting import start_create, start_delete, start_pull
from tests.inference.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "pip:latest"


def test_the_same_pull_is_one_job(mod, admin, server):
    people = (mod, admin, mod, admin)
    jobs = at_once(*[lambda person=each: start_pull(person, server, NAME) for each in people])
    assert {job.pk for job in jobs} == {Job.objects.get().pk}


def test_of_two_creates_of_one_name_the_second_is_told(mod, admin, server):
    def create(person, system):
        try:
            return start_create(person, server, NAME, {"from": "base", "system": system})
        except ValidationError as error:
            return error.messages[0]

    made = at_once(lambda: create(mod, "Mario"), lambda: create(admin, "Luigi"))
    (told,) = [each for each in made if isinstance(each, str)]
    assert "is being made right now, of something else" in told
    assert Job.objects.count() == 1


def test_a_pull_a_create_and_a_deletion_are_all_kept_and_take_turns(mod, admin, server):
    at_once(
        lambda: start_pull(mod, server, NAME),
        lambda: start_delete(admin, server, NAME),
        lambda: start_create(admin, server, NAME, {"from": "base"}),
    )
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["create", "delete", "pull"]
    assert set(Job.objects.values_list("subject", flat=True)) == {NAME}
