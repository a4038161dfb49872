"""What no page may ever do, however a test goes: it is written down here and fails the test."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, Response

# A page that is left before its socket has opened.
HARMLESS = "WebSocket is closed before the connection is established"
# Reports what the content security policy stopped, also where the console would not.
REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} stopped ${event.blockedURI} ${event.sample}`))"""


class Watch:
    """Watches the pages of contexts for faults."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._allowed: list[re.Pattern[str]] = [re.compile(HARMLESS)]

    def allow(self, pattern: str) -> None:
        """Faults that the test itself brings about."""
        self._allowed.append(re.compile(pattern))

    def over(self, context: BrowserContext, host: str) -> None:
        """`host` with its port is the only one that may be asked."""

        def asked(request: Request) -> None:
            if urlsplit(request.url).netloc != host:
                self._note(f"a request to another host: {request.url}")

        context.add_init_script(REPORT_VIOLATIONS)
        context.on("request", asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self._note(f"an error: {error.error}"))
        context.on("dialog", self._opened)

    def check(self) -> None:
        """Fails the test for what was seen."""
        seen = [
            fault for fault in self.faults if not any(each.search(fault) for each in self._allowed)
        ]
        assert not seen, "\n".join(dict.fromkeys(seen))

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._note(f"{response.status} for {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _opened(self, dialog: Dialog) -> None:
        self._note(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, fault: str) -> None:
        self.faults.append(fault.partition("\n")[0])  # without the stack
