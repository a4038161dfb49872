"""The ways to the form from the page of a model."""

from tests.models_admin.creating.conftest import CREATE, SOURCE


def test_managers_get_from_a_model_to_the_form(manager, server):
    html = manager.get(f"/models/{SOURCE}/").content.decode()
    for way in ("edit", "source"):
        assert f'href="{CREATE}?{way}=pip%3Alatest"' in html
        assert manager.get(CREATE, {way: SOURCE}).status_code == 200


def test_members_are_not_offered_that(ann, client_of, server):
    assert CREATE not in client_of(ann).get(f"/models/{SOURCE}/").content.decode()
