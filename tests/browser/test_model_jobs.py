"""Jobs on models as managers watch them."""

import re

import pytest
from playwright.sync_api import expect

from models_admin.jobs import kinds
from tests.browser.conftest import NARROW
from tests.browser.database import change
from tests.browser.test_axe import has_no_faults
from tests.instance import until

pytestmark = pytest.mark.browser

LARGE, TINY = "practice/large", "practice/tiny"
OPEN = f"SELECT 1 FROM inference_job WHERE state IN ('queued', 'running') AND kind IN {kinds.ALL}"  # noqa: S608
SLOW = 300_000_000  # bytes a second: the large one takes 14 s


@pytest.fixture
def jobs(visit, chat, practice):
    """A function: the page of jobs as an administrator sees it; what runs is cancelled after."""
    practice.script(pull_speed=SLOW, layer_seconds=0)
    until(lambda: not chat.database.rows(OPEN), "the jobs of other tests have ended")
    change(chat.database, "DELETE FROM inference_job WHERE kind = 'pull'")

    def open_page(**options):
        return visit("admin", "/models/jobs/", **options)

    yield open_page
    manager = chat.visitor("admin")
    for (job,) in chat.database.rows(
        "SELECT id FROM inference_job WHERE kind = 'pull' AND state IN ('queued', 'running')"
    ):
        manager.http.post(f"/models/jobs/{job}/cancellation/")


def pull(page, name):
    page.get_by_label("Model name").fill(name)
    page.get_by_label("Model name").press("Enter")


def value(bar) -> float:
    """How far it is, once that is known."""
    expect(bar).to_have_attribute("value", re.compile(r"\d"))
    return float(bar.get_attribute("value"))


def test_a_pull_is_live_the_same_after_a_reload_and_can_be_cancelled(jobs):
    page = jobs().page
    pull(page, LARGE)
    bar = page.get_by_role("progressbar")
    before = value(bar)
    expect(bar).not_to_have_attribute("value", str(int(before)))
    expect(page.get_by_text("MB/s")).to_be_visible()
    expect(page.get_by_role("link", name="1 job is running")).to_be_visible()
    page.reload()
    assert value(bar) >= before
    page.get_by_role("button", name="Cancel practice/large:latest").press("Enter")
    expect(page.get_by_text("Cancelled").first).to_be_visible()
    expect(page.get_by_role("link", name="1 job is running")).to_have_count(0)
    page.get_by_role("button", name="Retry practice/large:latest").first.click()
    assert value(bar) >= before, "it goes on from the parts that stayed"


def test_the_page_of_a_job_fills_its_log(jobs):
    page = jobs(width=NARROW).page
    pull(page, TINY)
    page.get_by_role("link", name="practice/tiny:latest").first.click()
    expect(page.get_by_text("Ollama: success")).to_be_visible()
    expect(page.get_by_text("Pulled, 5.2 MB")).to_be_visible()


def test_a_name_that_cannot_be_is_explained_at_the_field(jobs, watch):
    watch.allow("422")
    page = jobs().page
    pull(page, "evil.example/a/b")
    field = page.get_by_label("Model name")
    expect(field).to_have_value("evil.example/a/b")
    expect(field).to_have_accessible_description(re.compile("not on this installation's list"))


def test_jobs_in_every_state_have_no_faults(jobs, practice):
    page = jobs()
    pull(page.page, "nobody/nothing")
    expect(page.page.get_by_text("The registry has no model named").first).to_be_visible()
    pull(page.page, LARGE)
    expect(page.page.get_by_role("progressbar")).to_be_visible()
    has_no_faults(page)
    page.page.get_by_role("link", name="practice/large:latest").first.click()
    expect(page.page.get_by_text("Ollama: pulling manifest")).to_be_visible()
    has_no_faults(page)
