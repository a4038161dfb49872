"""The first start, and coming in."""

import os
import re
import subprocess
import sys
import uuid

import pytest
from playwright.sync_api import expect

from tests.instance import ROOT, Database, Instance
from tests.instance_people import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def fresh(tmp_path, practice):
    """An instance that nobody has an account on."""
    database = Database(tmp_path / "data", f"fresh_{uuid.uuid4().hex}")
    database.create()
    variables = {"WEBCHAT_DATA_DIR": str(database.folder), **database.variables}
    subprocess.run(
        [sys.executable, "-m", "tests.instance_people"],
        cwd=ROOT,
        env={**os.environ, **variables},
        check=True,
    )
    instance = Instance(database, {}, WEBCHAT_OLLAMA_URL=practice.url)
    yield instance.start()
    instance.stop()
    database.drop()


def test_the_set_up_link_makes_the_first_administrator(fresh, visit, watch):
    watch.allow("410")
    line = fresh.web.hear("/set-up/")
    path = re.search(r"/set-up/\S+/", line)[0]
    new = visit(None, path, at=fresh)
    new.page.get_by_label("Username").fill("ada")
    new.page.get_by_label("Password", exact=True).fill(PASSWORD)
    new.page.get_by_role("button", name="Create account").click()
    new.loads("/")
    expect(new.page.get_by_role("heading", level=1)).to_have_text("New chat")
    new.ask("Am I in?")
    new.ends()
    expect(new.page.get_by_role("button", name="ada")).to_contain_text("Admin")

    late = visit(None, path, at=fresh)
    expect(late.page.get_by_text("This set-up link has been used")).to_be_visible()
    late.page.get_by_role("link", name="Sign in").click()
    expect(late.page.get_by_label("Username")).to_be_visible()


def test_a_stranger_is_asked_who_they_are_and_led_back(visit):
    ann = visit("ann")
    ann.ask("Something of mine")
    ann.ends()
    stranger = visit(None, ann.path)
    form(stranger, "ann", PASSWORD)
    expect(stranger.questions).to_contain_text("Something of mine")


def test_a_wrong_password_is_told_and_the_name_kept(visit, watch):
    watch.allow("422")
    stranger = visit(None, "/")
    form(stranger, "ann", "not her password")
    expect(stranger.page.get_by_text("Username and password do not match.")).to_be_visible()
    expect(stranger.page.get_by_label("Username")).to_have_value("ann")
    expect(stranger.page.get_by_label("Password", exact=True)).to_be_focused()
    form(stranger, "ann", PASSWORD)
    expect(stranger.message).to_be_visible()


def test_signing_out_ends_at_the_sign_in(visit):
    stranger = visit(None, "/")
    form(stranger, "bob", PASSWORD)
    stranger.page.get_by_role("button", name="Bob Bell").click()
    stranger.page.get_by_role("button", name="Sign out").click()
    expect(stranger.page.get_by_label("Username")).to_be_visible()
    stranger.goto()
    expect(stranger.page.get_by_label("Username")).to_be_visible()


def form(page, username, password):
    page.page.get_by_label("Username").fill(username)
    page.page.get_by_label("Password", exact=True).fill(password)
    page.page.get_by_role("button", name="Sign in").click()
