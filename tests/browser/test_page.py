"""The page as a whole: news of answers while one looks elsewhere, and a server that is away."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WAITS = {"kind": "stall", "after_lines": 3, "times": 1, "path": "/api/chat"}
# As a browser has it whose tab is in the background, and notifications that are written down.
STAGE = """
window.away = false
Object.defineProperty(document, "hidden", { get: () => window.away })
window.leave = (away) => {
  window.away = away
  document.dispatchEvent(new Event("visibilitychange"))
}
window.notes = []
window.Notification = class {
  static get permission() { return localStorage.getItem("permission") ?? "default" }
  static async requestPermission() {
    localStorage.setItem("permission", window.says ?? "granted")
    return this.permission
  }
  constructor(title, { body, tag }) { window.notes.push([title, body, tag]) }
}"""


@pytest.fixture
def stage(visit):
    """A page of Ann's that can be left, as the browser would say."""

    def opened(path="/", **options):
        ann = visit("ann", None, **options)
        ann.page.add_init_script(STAGE)
        ann.goto(path)
        if path == "/":
            ann.model.select_option("practice:latest")
        return ann

    return opened


def allow(page) -> None:
    page.page.locator("button[popovertarget=person-menu]").click()
    page.page.get_by_role("switch", name="Notify me of answers").check()
    page.page.keyboard.press("Escape")


def notes(page) -> list[list[str]]:
    """The notifications, once there are any."""
    page.page.wait_for_function("() => notes.length")
    return page.page.evaluate("notes")


def test_who_looks_elsewhere_hears_that_the_answer_is_there(stage, practice):
    practice.script(answer="A secret that is nobody's business.", faults=WAITS)
    ann = stage()
    allow(ann)
    ann.ask("How are you today?")
    ann.begins()
    expect(ann.page).to_have_title("● How are you today? · Webchat")
    ann.is_live()
    ann.page.evaluate("leave(true)")
    practice.release()
    expect(ann.page).to_have_title("✓ How are you today? · Webchat")
    ann.ends()
    assert notes(ann) == [["How are you today?", "The answer is ready.", ann.path]]
    other = stage(beside=ann)
    row = other.conversations.get_by_role("link", name="How are you today?")
    expect(row).to_contain_text("answer ready")  # what came into a hidden page was not seen
    ann.page.evaluate("leave(false)")
    expect(ann.page).to_have_title("How are you today? · Webchat")
    expect(row).not_to_contain_text("answer ready")


def test_an_answer_in_another_conversation_is_marked_and_told(stage, practice):
    practice.script(answer="Done at last.", faults=WAITS)
    ann = stage()
    ann.ask("Take your time")
    ann.begins()
    ann.new_chat.click()
    ann.loads("/")
    allow(ann)
    ann.is_live()
    row = ann.conversations.get_by_role("link", name="Take your time")
    expect(row).to_contain_text("answering")
    ann.page.evaluate("leave(true)")
    practice.release()
    expect(row).to_contain_text("answer ready")
    assert [note[0] for note in notes(ann)] == ["Take your time"]
    ann.page.evaluate("leave(false)")
    expect(ann.page).to_have_title("New chat · Webchat")


def test_who_refuses_notifications_gets_none_and_learns_why(stage):
    ann = stage(width=390)
    ann.page.evaluate("() => { window.says = 'denied' }")
    ann.page.get_by_role("button", name="Conversations", exact=True).click()
    ann.page.locator("button[popovertarget=person-menu]").click()
    switch = ann.page.get_by_role("switch", name="Notify me of answers")
    expect(switch).to_have_css("border-top-style", "solid")  # it is seen to be off
    switch.click()
    expect(ann.page.get_by_text("This browser blocks notifications")).to_be_visible()
    expect(switch).not_to_be_checked()


def test_a_server_that_is_away_leaves_a_page_that_says_so(visit, new_instance, watch):
    watch.allow("net::ERR|Failed to fetch|fetching the script|WebSocket")
    instance = new_instance()
    ann = visit("ann", at=instance)
    ann.page.evaluate(
        "() => navigator.serviceWorker.register('/service-worker.js')"
        ".then(() => navigator.serviceWorker.ready)"
    )
    ann.reload()
    ann.is_live()
    instance.stop()
    ann.goto("/conversations/listed/")
    expect(ann.page.get_by_role("heading")).to_have_text("The server cannot be reached")
    kept = ann.page.evaluate(
        "async () => { const found = []; for (const name of await caches.keys())"
        " for (const { url } of await (await caches.open(name)).keys())"
        " found.push(new URL(url).pathname); return found }"
    )
    assert "/offline/" in kept
    assert all(path == "/offline/" or path.startswith("/static/") for path in kept)


# What a status has in it from the beginning is not read out; what comes into it is.
COMES_AFTER = """() => {
  const toasts = document.getElementById("toasts")
  toasts.innerHTML = "<page-toast><output>It is done.</output></page-toast>"
  return toasts.textContent
}"""


def test_the_words_of_a_toast_come_after_it(visit):
    ann = visit("ann")
    assert ann.page.evaluate(COMES_AFTER) == ""
    expect(ann.toasts.get_by_role("status")).to_have_text("It is done.")
