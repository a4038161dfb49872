"""What is far too long, on a phone: `python -m bench.phone [name ...]` prints a row for each page.

Chromium at 390 px with its processor slowed down four times opens an answer of 20,000 lines, as
prose and as code, a conversation of 2,000 messages, a question of 1 MB and a table of 500 columns;
"live" has 20,000 lines written while it looks. All times in milliseconds, as the page sees them:

    load      from the request to the load event
    longest   the longest task of the page's thread while it loads (live: while text comes in)
    scroll    the slowest of twelve frames of each screen that is scrolled by, p50 and worst;
              60 screens up from the end, so that parts of a far too long answer come meanwhile
    home      from going to the top of the page until the beginning of its last answer is there
    typing    from a key press to the next paint, p50 and worst of 20 letters
    nodes     elements of the document;  heap: MB that JavaScript holds
    moves     layout shifts until then, which nobody asked for by scrolling
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from bench.long import LINES, prose
from bench.processes import ROOT, Server, environment, first_line

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")

SLOWER = 4  # times
PHONE: ViewportSize = {"width": 390, "height": 844}
SPEED = 300  # lines a second of the answer that is written live
PATIENCE_MS = 300_000
SCREENS, LETTERS = 60, 20
HEAD = (
    f"{'page':<10}{'load':>8}{'longest':>9}{'scroll p50':>12}{'worst':>8}{'home':>8}"
    f"{'typing p50':>12}{'worst':>8}{'nodes':>9}{'heap':>7}{'moves':>7}"
)

WATCH = """() => {
  window.seen = { tasks: [0], keys: [], moves: 0 }
  const watch = (type, each, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(each))
      .observe({ type, buffered: true, ...more })
  watch("longtask", ({ duration }) => seen.tasks.push(duration))
  watch("layout-shift", ({ value, hadRecentInput }) => { if (!hadRecentInput) seen.moves += value })
  watch("event", ({ name, duration }) => { if (name === "keydown") seen.keys.push(duration) },
    { durationThreshold: 16 })
}"""
# Scrolls up screen by screen and returns the slowest frame of each.
SCROLL = """async (screens) => {
  const frame = () => new Promise(requestAnimationFrame)
  const slowest = []
  for (let n = 0; n < screens; n++) {
    let worst = 0
    for (let part = 0; part < 12; part++) {
      const began = performance.now()
      scrollBy({ top: -innerHeight / 12, behavior: "instant" })
      await frame()
      worst = Math.max(worst, performance.now() - began)
    }
    slowest.push(worst)
  }
  return slowest
}"""
# Goes to the top and waits until the beginning of the last answer is there.
HOME = """async () => {
  const began = performance.now()
  const text = [...document.querySelectorAll("[id^=text-]")].at(-1)
  scrollTo({ top: 0, behavior: "instant" })
  while (text.firstElementChild.matches("earlier-parts")) await new Promise(requestAnimationFrame)
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  return performance.now() - began
}"""


class Practice(Server):
    name = "practice server"

    def start(self) -> None:
        self.process = self.run("-m", "inference.practice", "--port", "0", "--load-seconds", "0")
        self.url = re.findall(r"http://[\w.:]+\d", first_line(self.process))[0]

    def script(self, **changes: Any) -> None:
        request = urllib.request.Request(
            f"{self.url}/practice/script", json.dumps(changes).encode(), method="POST"
        )
        urllib.request.urlopen(request, timeout=60).close()


class Webchat(Server):
    """An instance whose one person has the conversations of bench/long.py."""

    name = "Webchat"

    def __init__(self, upstream: str) -> None:
        self.folder = tempfile.mkdtemp(prefix="webchat-bench-")
        self.variables = {
            "WEBCHAT_DATA_DIR": self.folder,
            "WEBCHAT_OLLAMA_URL": upstream,
            "WEBCHAT_PORT": "0",
            "WEBCHAT_TITLES": "no",
        }
        made = subprocess.run(
            [sys.executable, "-m", "bench.long"],
            cwd=ROOT,
            env=environment(**self.variables),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        self.made = json.loads(made.stdout)

    def start(self) -> None:
        self.process = self.run("-m", "webchat", "serve", **self.variables)
        while "http://" not in (line := first_line(self.process)):
            pass
        self.url = next(word for word in line.split() if word.startswith("http://")).rstrip("/.")

    def __exit__(self, *details: Any) -> None:
        super().__exit__(*details)
        shutil.rmtree(self.folder)


@dataclass
class Seen:
    """What one page was like."""

    name: str
    load: float
    longest: float
    scroll: list[float]
    typing: list[float]
    home: float
    nodes: int
    heap: float
    moves: float

    def row(self) -> str:
        scroll, typing = sorted(self.scroll), sorted(self.typing) or [0.0]
        return (
            f"{self.name:<10}{self.load:>8.0f}{self.longest:>9.0f}"
            f"{scroll[len(scroll) // 2]:>12.0f}{scroll[-1]:>8.0f}{self.home:>8.0f}"
            f"{typing[len(typing) // 2]:>12.0f}{typing[-1]:>8.0f}"
            f"{self.nodes:>9,}{self.heap:>7.1f}{self.moves:>7.2f}"
        )


class Phone:
    """A slow Chromium at the width of a phone, in which the person of the instance is signed in."""

    def __init__(self, browser: Browser, server: Webchat) -> None:
        self._server = server
        self._context = browser.new_context(
            viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self._context.add_cookies(
            [
                {"name": name, "value": value, "url": server.url}
                for name, value in server.made["cookies"].items()
            ]
        )

    def look(self, name: str) -> Seen:
        """Opens a conversation, scrolls in it and types."""
        page, devtools = self._open(name)
        seen = self._measure(page, devtools, name)
        page.close()
        return seen

    def watch(self) -> Seen:
        """Has 20,000 lines written; types while they come in, scrolls in them at their end."""
        page, devtools = self._open("empty")
        page.get_by_label("Message", exact=True).fill("Write at length")
        page.keyboard.press("Enter")
        page.wait_for_selector("article[aria-busy=true] [id^=text-] h2, article[aria-busy=true] li")
        typing = []
        while page.locator("article[aria-busy=true]").count():
            typing += self._type(page)
        seen = self._measure(page, devtools, "live")
        seen.typing = typing
        page.close()
        return seen

    def _open(self, name: str) -> tuple[Page, CDPSession]:
        page = self._context.new_page()
        devtools = self._context.new_cdp_session(page)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script(f"({WATCH})()")
        page.goto(f"{self._server.url}/conversations/{self._server.made['conversations'][name]}/")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        return page, devtools

    def _measure(self, page: Page, devtools: CDPSession, name: str) -> Seen:
        longest, moves = page.evaluate("[Math.max(...seen.tasks), seen.moves]")
        scroll = page.evaluate(SCROLL, SCREENS)
        typing = self._type(page)
        devtools.send("HeapProfiler.collectGarbage")
        figures = page.evaluate(
            """() => ({
              load: performance.getEntriesByType("navigation")[0].loadEventEnd,
              nodes: document.querySelectorAll("*").length,
              heap: performance.memory.usedJSHeapSize / 1e6,
            })"""
        )
        home = page.evaluate(HOME)
        return Seen(
            name,
            longest=longest,
            scroll=scroll,
            typing=typing,
            home=home,
            moves=moves,
            **figures,
        )

    @staticmethod
    def _type(page: Page) -> list[float]:
        page.get_by_label("Message", exact=True).focus()
        page.evaluate("seen.keys = []")
        for _ in range(LETTERS):
            page.keyboard.press("a", delay=30)
        page.evaluate("() => new Promise((done) => setTimeout(done, 200))")
        return list(page.evaluate("seen.keys"))


def main() -> None:
    names = ["empty", "lines", "code", "messages", "megabyte", "table", "live"]
    parser = argparse.ArgumentParser(prog="bench.phone", description=__doc__)
    parser.add_argument("names", nargs="*", default=names, help=", ".join(names))
    chosen = parser.parse_args()
    with Practice() as practice, Webchat(practice.url) as server, sync_playwright() as playwright:
        practice.script(answer=prose(LINES).splitlines(keepends=True), speed=SPEED)
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, BROWSERS))),
            args=["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"],
        )
        phone = Phone(browser, server)
        print(HEAD)
        for name in chosen.names:
            seen = phone.watch() if name == "live" else phone.look(name)
            print(seen.row(), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
