"""The chat as a person finds it: by the names that a screen reader says."""

import re

from playwright.sync_api import Locator, Page, expect

BUSY = "article[aria-busy=true]"


class ChatPage:
    """An open page of the chat."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address  # http://host:port, for paths of other pages
        self.message = page.get_by_role("textbox", name="Message", exact=True)
        self.send = page.get_by_role("button", name="Send", exact=True)
        self.stop = page.get_by_role("button", name="Stop", exact=True)
        self.regenerate = page.get_by_role("button", name="Regenerate", exact=True)
        self.continue_ = page.get_by_role("button", name="Continue", exact=True)
        self.new_chat = page.get_by_role("link", name="New chat", exact=True)
        self.model = page.get_by_role("combobox", name="Model", exact=True)
        self.conversations = page.get_by_role("navigation", name="Conversations", exact=True)
        self.log = page.get_by_role("log", name="Conversation", exact=True)
        self.questions = self.log.locator("article.question")
        self.answers = self.log.locator("article.answer")
        self.notice = page.locator("connection-notice")
        self.toasts = page.locator("#toasts")

    def goto(self, path: str = "/") -> "ChatPage":
        self.page.goto(self.address + path)
        return self

    def reload(self) -> "ChatPage":
        self.page.reload()
        return self

    def loads(self, path: str | None = None) -> "ChatPage":
        """Waits until the page at this path (a glob; None: which is there) has its scripts.

        After a click that leads to it: before, keys do only what they do without any.
        """
        if path is None:
            self.page.wait_for_load_state()
        else:
            self.page.wait_for_url(self.address + path)
        return self

    @property
    def path(self) -> str:
        """Of the page that is open, such as /conversations/…/."""
        return self.page.url.removeprefix(self.address)

    @property
    def answer(self) -> Locator:
        return self.answers.last

    @property
    def text(self) -> Locator:
        """What the model wrote last."""
        return self.answer.locator("[id^=text-]")

    def ask(self, text: str) -> None:
        """Sends it with Enter and waits until it stands in the conversation."""
        before = self.loads().questions.count()
        self.message.fill(text)
        self.message.press("Enter")
        expect(self.questions).to_have_count(before + 1)
        self.loads()  # the first question leads to a page of its own

    def begins(self, text: str | re.Pattern[str] = re.compile(r"\S")) -> None:
        """Waits until the answer that is written holds the text."""
        expect(self.log.locator(BUSY).locator("[id^=text-]")).to_contain_text(text)

    def ends(self) -> None:
        """Waits until no answer is written or waited for."""
        expect(self.answer).to_be_visible()
        expect(self.log.locator(BUSY)).to_have_count(0)

    def is_live(self) -> None:
        """Waits until the socket brings what happens."""
        self.page.wait_for_function(
            "() => document.querySelector('live-page')?._htmx?.ws?.connection?.socket?.readyState"
            " === WebSocket.OPEN"
        )
