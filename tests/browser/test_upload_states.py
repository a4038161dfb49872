"""What the page of an upload says and offers while its files are sent."""

import re

import pytest
from playwright.sync_api import expect

from tests.models_admin.uploads.conftest import GGUF

pytestmark = pytest.mark.browser

PIECE = 4 << 20
PIECES = re.compile(r"/models/uploads/[^/]+/files/")


def test_figures_stand_there_and_a_wrong_file_can_be_chosen_again(visit, watch, tmp_path):
    watch.allow("422")
    file = tmp_path / "wrong.gguf"
    file.write_bytes(GGUF + bytes(2 * PIECE))
    form = visit("admin", "/models/uploads/").page
    form.get_by_label("GGUF files").set_input_files(file)
    form.get_by_label("Model name").fill("wrong")
    form.get_by_text("Template, parameters and more").click()
    form.get_by_label("SHA-256").fill("0" * 64)
    held = []

    def second_waits(route) -> None:
        if route.request.headers["upload-offset"] == "0" or held:
            route.continue_()
        else:
            held.append(route)

    form.route(PIECES, second_waits)
    form.get_by_role("button", name="Upload and create").click()
    expect(form.get_by_text("4.2 of 8.4 MB")).to_be_visible()
    expect(form.get_by_text(re.compile(r"\d.[kM]?B/s"))).to_be_visible()  # as quick as it goes
    expect(form.get_by_text(re.compile(r"about \d+ (s|min) left"))).to_be_visible()
    expect(form.get_by_text("Keep this page open")).to_be_visible()

    held[0].continue_()
    expect(form.get_by_text("did not come as it should").first).to_be_visible()
    expect(form.get_by_label("Choose the missing files again")).to_be_visible()
    expect(form.get_by_role("button", name="Go on")).to_be_hidden()
    expect(form.get_by_text("Keep this page open")).to_be_hidden()
