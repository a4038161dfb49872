"""The socket is lost, the server restarts, the sign-in expires: nothing is."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.instance import MODEL
from tests.instance_people import PASSWORD

pytestmark = pytest.mark.browser

WORDS = [f"word{n} " for n in range(60)]
ALL = "".join(WORDS).strip()
WAITS = {"kind": "stall", "after_lines": 30, "times": 1, "path": "/api/chat"}
BACK_MS = 25_000  # a page waits 15 s at most before it tries again


class Sockets:
    """The sockets of a page, which can be cut, or bring nothing."""

    def __init__(self, page):
        self.cut = self.mute = False
        self._open = []
        page.route_web_socket("**/ws/**", self._opened)

    def _opened(self, socket):
        if self.cut:
            socket.close(code=1011)
            return
        server = socket.connect_to_server()
        server.on_message(lambda text: None if self.mute else socket.send(text))
        self._open.append(socket)

    def lose(self):
        self.cut = True
        for socket in self._open:
            socket.close(code=1011)
        self._open.clear()


@pytest.fixture
def cut_off(visit, practice):
    """Ann's page in the middle of an answer, and its sockets."""
    ann = visit("ann", None)
    sockets = Sockets(ann.page)
    ann.goto()
    ann.model.select_option(MODEL)
    practice.script(answer=WORDS, faults=WAITS)
    ann.ask("Count, please")
    ann.begins("word20")
    sockets.lose()
    expect(ann.notice).to_contain_text("Connection lost.", use_inner_text=True)
    return ann, sockets


def test_without_a_socket_the_page_says_so_and_asks_by_http(cut_off, practice):
    ann, _ = cut_off
    practice.release()
    ann.ends()
    expect(ann.text).to_have_text(ALL)
    expect(ann.notice).to_be_visible()


def test_without_a_socket_one_can_send_and_stop(cut_off, practice):
    ann, _ = cut_off
    ann.stop.click()
    ann.ends()
    expect(ann.answer.locator(".status")).to_contain_text("Stopped.")
    practice.script(answer="Here I am.", faults=[])
    ann.ask("Are you there?")
    expect(ann.text).to_have_text("Here I am.")


def test_the_notice_goes_when_the_socket_is_back(cut_off, practice):
    ann, sockets = cut_off
    sockets.cut = False
    expect(ann.notice).to_be_hidden(timeout=BACK_MS)
    practice.release()
    ann.ends()
    expect(ann.text).to_have_text(ALL)


def test_the_notice_stays_in_sight_at_the_end_of_a_long_conversation(cut_off, practice):
    ann, sockets = cut_off
    sockets.cut = False
    expect(ann.notice).to_be_hidden(timeout=BACK_MS)
    ann.stop.click()
    ann.ends()
    practice.script(faults=[], answer="A line of its own.\n\n" * 60)
    ann.ask("Write at length")
    ann.ends()
    sockets.lose()
    expect(ann.notice).to_be_in_viewport(ratio=1)


def test_a_hint_that_is_lost_is_made_up_for(visit, chat):
    ann = visit("ann", None)
    sockets = Sockets(ann.page)
    ann.goto()
    ann.ask("Are you there?")
    ann.ends()
    ann.is_live()
    sockets.mute = True
    ann.ask("And now?")  # which it waits to see in the conversation


def test_a_restarted_server_brings_the_answer_so_far(visit, practice, new_instance, watch):
    watch.allow("WebSocket connection|htmx:ws:error|Failed to (fetch|load)|fetching the script")
    instance = new_instance()
    instance.variables["WEBCHAT_PORT"] = str(urlsplit(instance.url).port)
    practice.script(answer=WORDS, faults=WAITS)
    ann = visit("ann", at=instance)
    ann.ask("Count, please")
    ann.begins("word20")
    ann.message.fill("A half-written thought")
    instance.stop()
    expect(ann.notice).to_contain_text("Connection lost.", use_inner_text=True)
    instance.start()
    ann.page.evaluate("dispatchEvent(new Event('online'))")
    expect(ann.notice).to_be_hidden(timeout=BACK_MS)
    expect(ann.answer.locator(".status")).to_contain_text("Interrupted.", timeout=BACK_MS)
    expect(ann.message).to_have_value("A half-written thought")
    ann.continue_.click()
    expect(ann.text).to_have_text(ALL)
    ann.ends()


def test_what_cannot_reach_the_server_is_kept(visit, watch):
    watch.allow("ERR_FAILED|Failed to fetch")
    ann = visit("ann")
    ann.page.route("**/conversations/", lambda route: route.abort())
    ann.message.fill("Do not lose this")
    ann.message.press("Enter")
    expect(ann.toasts).to_contain_text("What you wrote is kept")
    ann.page.unroute("**/conversations/")
    expect(ann.message).to_have_value("Do not lose this")
    ann.message.press("Enter")
    expect(ann.questions).to_contain_text("Do not lose this")
    ann.ends()


def test_what_the_server_could_not_do_is_said_and_what_was_typed_is_kept(visit, watch):
    watch.allow("^50[037] for|a status of (50[037]|413)")
    ann = visit("ann")
    said = {
        413: "too much",
        500: "Something went wrong",
        503: "busy or being restarted",
        507: "no room",
    }
    statuses = iter(said)
    ann.page.route("**/conversations/", lambda route: route.fulfill(status=next(statuses)))
    ann.message.fill("Do not lose this")
    for words in said.values():
        ann.message.press("Enter")
        expect(ann.toasts).to_contain_text(words)
        expect(ann.message).to_have_value("Do not lose this")


def test_what_a_person_asks_to_see_and_does_not_come_is_said(visit, watch):
    watch.allow("ERR_FAILED|Failed to fetch")
    ann = visit("ann")
    ann.ask("Why?")
    ann.ends()
    ann.page.route("**/revisions/", lambda route: route.abort())
    ann.page.locator("a.edit").click()
    expect(ann.toasts).to_contain_text("cannot be reached")


@pytest.fixture
def ann(visit, practice, watch):
    """A page in the middle of an answer, with a session of its own."""
    watch.allow("401|403|Failed to load resource")
    practice.script(answer=WORDS, faults=WAITS)
    page = visit(None, "/")
    sign_in(page)
    page.loads("/").model.select_option(MODEL)
    page.ask("Count, please")
    page.begins("word20")
    return page


def sign_in(page):
    page.page.get_by_label("Username").fill("ann")
    page.page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.page.get_by_role("button", name="Sign in").click()


def test_signed_out_elsewhere_the_page_offers_to_sign_in_and_keeps_the_draft(ann, visit, practice):
    there = ann.path
    ann.message.fill("A half-written thought")
    ann.is_live()
    elsewhere = visit("ann", "/", beside=ann)
    elsewhere.page.get_by_role("button", name="Ann Arbor").click()
    elsewhere.page.get_by_role("button", name="Sign out").click()
    expect(ann.notice).to_contain_text("You are signed out here.", use_inner_text=True)
    practice.release()
    ann.notice.get_by_role("link", name="Sign in").click()
    sign_in(ann)
    ann.loads(there)
    expect(ann.message).to_have_value("A half-written thought")
    ann.ends()
    expect(ann.text).to_contain_text("word59")


def test_an_expired_session_leads_to_the_sign_in_and_back_with_the_draft(ann, practice):
    there = ann.path
    ann.page.context.clear_cookies(name=re.compile("session"))
    practice.release()
    expect(ann.notice).to_contain_text("You are signed out here.", use_inner_text=True)
    ann.message.fill("A half-written thought")
    ann.message.press("Enter")
    expect(ann.page.get_by_label("Username")).to_be_visible()
    sign_in(ann)
    ann.loads(there)
    expect(ann.message).to_have_value("A half-written thought")


def test_what_was_typed_in_a_dialog_is_there_again_after_the_sign_in(ann):
    def settings():
        ann.page.get_by_role("button", name="More about this conversation").click()
        ann.page.get_by_role("link", name="Settings of this chat").click()
        return ann.page.get_by_role("dialog", name="Settings of this chat")

    there = ann.path
    settings().get_by_label("System prompt").fill("Think of the reader.")
    ann.page.context.clear_cookies(name=re.compile("session"))
    ann.page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    expect(ann.page.get_by_label("Username")).to_be_visible()
    sign_in(ann)
    ann.loads(there)
    expect(settings().get_by_label("System prompt")).to_have_value("Think of the reader.")


def test_what_was_typed_in_a_page_is_there_again_after_the_sign_in(visit):
    ann = visit(None, "/prompts/new/")
    sign_in(ann)
    ann.loads("/prompts/new/").page.get_by_label("Name").fill("Brief")
    ann.page.locator("textarea").fill("Be brief.")
    ann.page.context.clear_cookies(name=re.compile("session"))
    ann.page.get_by_role("button", name="Save").click()
    ann.loads("/sign-in/**")
    sign_in(ann)
    ann.loads("/prompts/new/")
    expect(ann.page.locator("textarea")).to_have_value("Be brief.")
    expect(ann.page.get_by_label("Name")).to_have_value("Brief")
