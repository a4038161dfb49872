"""Who may look at servers and who may change them."""

import pytest

from accounts.models import AuditEntry
from inference import secrets
from inference.models import Job, Run, Server
from tests.factories import a_model, a_run, a_server, claim

pytestmark = pytest.mark.django_db
LIST = "/models/servers/"
ADD = "/models/servers/addition/"
AWAY = "http://127.0.0.1:9"


@pytest.fixture
def server():
    return a_server("pip:latest", name="gpu-1", url="http://gpu-1.example:11434")


@pytest.fixture
def boss(admin, client_of):
    return client_of(admin)


def typed(**fields):
    return {"name": "gpu-1", "slots": "1", "enabled": "on", **fields}


def page_of(server):
    return f"{LIST}{server.pk}/"


PAGES = ["", "addition/", "{}/", "{}/deletion/"]
CHANGES = ["addition/", "{}/", "{}/draining/", "{}/deletion/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in(client, server, path):
    assert "/sign-in/" in client.get(LIST + path.format(server.pk)).headers["Location"]


@pytest.mark.parametrize("path", [*CHANGES, "{}/checks/"])
def test_a_stranger_changes_nothing(client, server, path):
    assert "/sign-in/" in client.post(LIST + path.format(server.pk)).headers["Location"]


@pytest.mark.parametrize("name", ["ann", "eve"])
def test_a_member_sees_nothing_of_it(name, request, client_of, server):
    client = client_of(request.getfixturevalue(name))
    assert {client.get(LIST + path.format(server.pk)).status_code for path in PAGES} == {403}
    paths = [*CHANGES, "{}/checks/"]
    assert {client.post(LIST + path.format(server.pk)).status_code for path in paths} == {403}
    assert Server.objects.filter(pk=server.pk, draining=False).exists()


def test_a_manager_looks_and_changes_nothing(mod, client_of, server):
    client = client_of(mod)
    for path in ("", f"{server.pk}/"):
        page = client.get(LIST + path)
        assert page.status_code == 200
        assert "gpu-1" in page.content.decode()
        assert "Drain" not in page.content.decode()
        assert 'type="password"' not in page.content.decode()
    answers = [client.post(LIST + path.format(server.pk), typed()) for path in CHANGES]
    assert {answer.status_code for answer in answers} == {403}


def test_a_manager_has_a_server_looked_at(mod, client_of, server):
    client_of(mod).post(f"{page_of(server)}checks/")
    assert Job.objects.filter(kind="refresh", server=server).exists()


def test_a_server_that_is_not_there(boss):
    nowhere = f"{LIST}00000000-0000-0000-0000-000000000000/"
    assert boss.get(nowhere).status_code == 404
    assert boss.post(f"{nowhere}draining/").status_code == 404


def test_without_servers_the_list_says_how_to_begin(boss):
    assert "Add the first one" in boss.get(LIST).content.decode()


def test_a_server_is_tried_and_added(boss, admin, practice):
    answer = boss.post(ADD, typed(url=f"{practice.url}/", name="", slots="2"))
    server = Server.objects.get()
    assert answer.headers["Location"] == page_of(server)
    assert server.url == practice.url
    assert server.name == practice.url.removeprefix("http://")
    assert (server.slots, server.version, server.from_environment) == (2, "0.24.0", False)
    assert Job.objects.filter(kind="refresh", server=server).exists()
    assert AuditEntry.objects.get(event="server_added").actor == admin


def test_adding_one_ends_the_practice_server(boss, practice):
    a_server(url=AWAY, practice=True)
    boss.post(ADD, typed(url=practice.url))
    assert [server.practice for server in Server.objects.filter(enabled=True)] == [False]


def test_where_nothing_answers_nothing_is_kept(boss):
    answer = boss.post(ADD, typed(url=AWAY, name="the big one"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Nothing answers there" in page
    assert 'value="the big one"' in page
    assert f'value="{AWAY}"' in page
    assert not Server.objects.exists()


def test_an_address_is_there_once(boss, server):
    answer = boss.post(ADD, typed(url="HTTP://GPU-1.example:11434/"))
    assert answer.status_code == 422
    assert "gpu-1 has this address already" in answer.content.decode()


@pytest.mark.parametrize("slots", ["0", "65", "many", ""])
def test_slots_are_a_number_within_reason(boss, practice, slots):
    assert boss.post(ADD, typed(url=practice.url, slots=slots)).status_code == 422


def test_a_redirect_is_not_followed(boss, practice):
    practice.script(faults={"kind": "status", "status": 302, "text": ""})
    answer = boss.post(ADD, typed(url=practice.url))
    assert answer.status_code == 422
    assert "sends on to another address" in answer.content.decode()


def test_a_token_is_sent_kept_encrypted_and_never_shown(boss, practice):
    boss.post(ADD, typed(url=practice.url, header_value="s3cret-token"))
    asked = practice.requests("/api/version")[-1]["headers"]
    assert asked["authorization"] == "Bearer s3cret-token"
    server = Server.objects.get()
    assert "s3cret-token" not in server.sealed_headers
    assert secrets.unseal(server.sealed_headers) == {"Authorization": "Bearer s3cret-token"}
    page = boss.get(page_of(server)).content.decode()
    assert "s3cret-token" not in page
    assert server.sealed_headers not in page
    assert "s3cret-token" not in str(list(AuditEntry.objects.values()))


def test_a_refused_form_does_not_show_the_token_either(boss):
    answer = boss.post(ADD, typed(url=AWAY, header_value="s3cret-token"))
    assert "s3cret-token" not in answer.content.decode()


def test_another_header_goes_as_it_is(boss, practice):
    boss.post(ADD, typed(url=practice.url, header_name="X-Key", header_value="abc"))
    assert practice.requests("/api/version")[-1]["headers"]["x-key"] == "abc"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("header_name", "Host"),
        ("header_name", "Content-Length"),
        ("header_name", "a b"),
        ("header_name", "a\r\nb: c"),
        ("header_value", "a\nb: c"),
        ("header_value", "Bärer"),
        ("header_value", "x" * 5000),
    ],
)
def test_a_header_that_is_none_is_refused(boss, practice, field, value):
    fields = {"header_name": "X-Key", "header_value": "abc"} | {field: value}
    assert boss.post(ADD, typed(url=practice.url, **fields)).status_code == 422
    assert not practice.requests()


def test_a_header_stays_until_it_is_taken_away(boss, practice):
    boss.post(ADD, typed(url=practice.url, header_value="token"))
    server = Server.objects.get()
    boss.post(page_of(server), typed(url=practice.url, name="renamed"))
    server.refresh_from_db()
    assert server.name == "renamed"
    assert secrets.unseal(server.sealed_headers)
    boss.post(page_of(server), typed(url=practice.url, no_header="on"))
    server.refresh_from_db()
    assert server.sealed_headers == ""


def test_another_header_needs_its_value(boss, practice):
    boss.post(ADD, typed(url=practice.url, header_value="token"))
    server = Server.objects.get()
    answer = boss.post(page_of(server), typed(url=practice.url, header_name="X-Key"))
    assert answer.status_code == 422
    assert "Enter the value of this header too" in answer.content.decode()


def test_a_header_under_another_secret_is_told_of(admin, client_of, server, settings):
    Server.objects.update(sealed_headers=secrets.seal({"Authorization": "x"}))
    settings.SECRET_KEY = "another secret key, as long as it must be"
    page = client_of(admin).get(page_of(server)).content.decode()
    assert "encrypted with another secret key" in page


def test_what_is_changed_but_the_way_is_not_tried(boss, server):
    answer = boss.post(page_of(server), typed(url=server.url, name="gpu-one", slots="4"))
    assert answer.status_code == 302
    server.refresh_from_db()
    assert (server.name, server.slots) == ("gpu-one", 4)


def test_another_address_is_tried_first(boss, server):
    assert boss.post(page_of(server), typed(url=AWAY)).status_code == 422
    server.refresh_from_db()
    assert server.url != AWAY


def test_a_server_is_turned_off(boss, server):
    fields = typed(url=server.url)
    del fields["enabled"]
    assert boss.post(page_of(server), fields).status_code == 302
    server.refresh_from_db()
    assert not server.enabled


def test_what_the_environment_names_cannot_be_changed_here(boss, server, settings):
    settings.OLLAMA_NAMED = True
    Server.objects.update(from_environment=True)
    page = boss.get(page_of(server)).content.decode()
    assert "comes from WEBCHAT_OLLAMA_URL" in page
    assert 'name="url"' not in page
    assert boss.post(page_of(server), typed(url=server.url)).status_code == 403
    assert boss.post(f"{page_of(server)}deletion/").status_code == 403
    assert Server.objects.get().name == "gpu-1"


@pytest.mark.parametrize(("named", "enabled"), [(False, True), (True, False)])
def test_what_it_does_not_name_any_more_can(boss, server, settings, named, enabled):
    settings.OLLAMA_NAMED = named
    Server.objects.update(from_environment=True, enabled=enabled)
    assert boss.post(f"{page_of(server)}deletion/").status_code == 302
    assert not Server.objects.exists()


def test_a_password_in_the_address_is_shown_to_nobody(boss, server):
    Server.objects.update(url="http://ann:s3cret@gpu-1.example", from_environment=True)
    assert "s3cret" not in boss.get(LIST).content.decode()


def test_the_practice_server_is_left_alone(boss, server):
    Server.objects.update(practice=True)
    assert "practice server stands in" in boss.get(page_of(server)).content.decode()
    assert boss.post(f"{page_of(server)}deletion/").status_code == 403


def test_a_version_with_holes_names_them(boss, server):
    Server.objects.update(version="0.1.33")
    page = boss.get(page_of(server)).content.decode()
    assert "CVE-2024-37032" in page
    assert "CVE-2024-28224" not in page
    assert "0.17.1" in page


def test_names_and_errors_are_text(boss, server):
    Server.objects.update(name="<b id=x>", error="<i id=y>", version="<u id=z>")
    for path in (LIST, page_of(server), "/models/activity/"):
        page = boss.get(path).content.decode()
        assert not any(mark in page for mark in ("<b id=x>", "<i id=y>", "<u id=z>"))


def test_draining_and_using_again(boss, server):
    there = f"{page_of(server)}draining/"
    assert boss.post(there, {"drain": "1"}).headers["Location"] == LIST
    assert Server.objects.get().draining
    boss.post(there, {"drain": "1"})
    assert AuditEntry.objects.filter(event="server_drained").count() == 1
    answer = boss.post(there, {"drain": "0", "back": "activity"})
    assert answer.headers["Location"] == "/models/activity/"
    assert not Server.objects.get().draining


def test_draining_by_htmx_says_nothing(boss, server):
    there = f"{page_of(server)}draining/"
    answer = boss.post(there, {"drain": "1"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204


def test_deletion_says_what_it_touches(boss, ann, server):
    other = a_server("owl:latest", name="gpu-2")
    a_model(server, "owl:latest", loaded=True)
    a_run(ann)
    claim()
    a_run(ann)
    a_run(ann, "owl:latest")
    Server.objects.filter(pk=other.pk).update(error="away")
    page = boss.get(f"{page_of(server)}deletion/").content.decode()
    assert "1 answer is being written there" in page
    assert "1 that waits goes to another server" in page
    assert "1 that waits ends with a message" in page
    assert "2 models stay on its disk" in page


def test_deletion_stops_what_runs_and_leaves_what_waits(boss, ann, server):
    a_run(ann)
    (running,) = claim()
    waiting = a_run(ann)
    boss.post(f"{page_of(server)}deletion/")
    running.refresh_from_db()
    waiting.refresh_from_db()
    assert running.stop_requested
    assert (running.server, running.status) == (None, Run.Status.RUNNING)
    assert waiting.is_open
    assert not Server.objects.exists()
    assert AuditEntry.objects.filter(event="server_removed", subject_name="gpu-1").exists()


def test_the_dialog_is_a_part_of_the_page(boss, server):
    answer = boss.get(f"{page_of(server)}deletion/", headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith("<show-dialog>")


def test_the_list_takes_few_queries(boss, django_assert_max_num_queries):
    for _ in range(5):
        a_server("pip:latest", "owl:latest")
    with django_assert_max_num_queries(16):
        boss.get(LIST)
