"""A manager makes a model of a file: uploaded, gone on with, and made."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.test_axe import has_no_faults
from tests.browser.test_layout import is_not_sideways
from tests.instance import until
from tests.models_admin.uploads.conftest import GGUF

pytestmark = pytest.mark.browser

UPLOADS = "/models/uploads/"
PIECE = 4 << 20
LARGE = GGUF + bytes(2 * PIECE)
PIECES = re.compile(r"/models/uploads/[^/]+/files/")


@pytest.fixture
def file(tmp_path):
    """A function: a file on the disk with this name and content."""

    def write(name, content: bytes = GGUF):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def chosen(page, name: str, file):
    """The form with a name and a file."""
    form = page.page
    form.get_by_label("GGUF files").set_input_files(file)
    form.get_by_label("Model name").fill(name)
    return form


def test_a_model_is_made_of_a_file(visit, practice, watch, file):
    watch.allow("422")
    page = visit("admin", "/models/create/")
    page.page.get_by_role("link", name="From files").click()
    page.loads(UPLOADS)
    form = chosen(page, "two words", file("two words.gguf"))
    has_no_faults(page)
    form.get_by_role("button", name="Upload and create").click()
    expect(form.get_by_label("Model name")).to_be_focused()
    form.get_by_label("Model name").fill("uploaded")  # the file is still chosen
    form.get_by_role("button", name="Upload and create").click()
    form.wait_for_url(re.compile("/models/jobs/"))
    until(lambda: "uploaded:latest" in practice.names(), "the model is made")
    assert practice.requests("/api/create")[-1]["body"]["files"].keys() == {"two words.gguf"}


def test_it_goes_on_by_itself_when_webchat_is_back(visit, practice, watch, file):
    watch.allow("ERR_FAILED")
    page = visit("admin", UPLOADS)
    form = chosen(page, "lost", file("lost.gguf", LARGE))
    form.route(PIECES, lambda route: route.abort(), times=1)
    form.get_by_role("button", name="Upload and create").click()
    form.wait_for_url(re.compile("/models/jobs/"))
    until(lambda: "lost:latest" in practice.names(), "the model is made")


def test_it_goes_on_where_it_was_after_a_reload(visit, practice, watch, file):
    watch.allow("ERR_FAILED")
    page = visit("admin", UPLOADS, width=NARROW)
    is_not_sideways(page)
    name = "reloaded"
    large = file(f"{name}.gguf", LARGE)
    form = chosen(page, name, large)
    sent: list[int] = []

    def second_fails(route) -> None:
        sent.append(int(route.request.headers["upload-offset"]))
        if sent[-1]:
            route.abort()
        else:
            route.continue_()

    form.route(PIECES, second_fails)
    form.get_by_role("button", name="Upload and create").click()
    expect(form.get_by_text("Webchat cannot be reached").first).to_be_visible()
    form.get_by_role("button", name="Pause").press("Enter")
    expect(form.get_by_role("button", name="Go on")).to_be_focused()
    form.unroute(PIECES)
    form.reload()
    has_no_faults(page)
    is_not_sideways(page)
    sent.clear()
    form.on("request", lambda each: PIECES.search(each.url) and sent.append(each.headers))
    form.get_by_label("Choose the missing files again").set_input_files(large)
    form.wait_for_url(re.compile("/models/jobs/"))
    assert [int(each["upload-offset"]) for each in sent] == [PIECE, 2 * PIECE]
    until(lambda: f"{name}:latest" in practice.names(), "the model is made")
