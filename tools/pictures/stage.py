"""Where pictures are taken: a Webchat with people, practice servers, and a browser before it."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from inference.practice import PracticeModel
from tests.browser.conftest import ARGUMENTS, BROWSERS, sign_in
from tests.instance import ROOT, Database, Instance
from tests.practice import Practice

FOLDER = ROOT / "docs" / "pictures"
COLOURS = 256  # of the palette: with fewer, red words turn grey
LARGEST = 80_000  # bytes of a picture


class Stage:
    """`stage.open(...)` as a context manager's; everything ends with it."""

    def __enter__(self) -> Self:
        self._ends = ExitStack()
        playwright = self._ends.enter_context(sync_playwright())
        path = next(filter(None, map(shutil.which, BROWSERS)))
        self._browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        self._ends.callback(self._browser.close)
        return self

    def __exit__(self, *error: object) -> None:
        self._ends.close()

    def begin(self, servers: dict[str, Sequence[PracticeModel]], **variables: str) -> Instance:
        """Starts Webchat with practice servers of these names and models; `practice` has them."""
        folder = Path(self._ends.enter_context(tempfile.TemporaryDirectory()))
        self.practice: dict[str, Practice] = {}
        for name, models in servers.items():
            self.practice[name] = practice = Practice(models)
            practice.start()
            self._ends.callback(practice.stop)
        urls = {name: practice.url for name, practice in self.practice.items()}
        made = subprocess.run(
            [sys.executable, "-m", "tests.instance_people", "--people"],
            cwd=ROOT,
            env={**os.environ, "WEBCHAT_DATA_DIR": str(folder)},
            stdout=subprocess.PIPE,
            check=True,
        )
        people: dict[str, Any] = json.loads(made.stdout)
        asked = {"WEBCHAT_OLLAMA_URL": ",".join(urls.values()), **variables}
        self.instance = Instance(Database(folder, ""), people, **asked)
        self._ends.callback(self.instance.stop)
        self.instance.start()
        for name, url in urls.items():
            self.write("UPDATE inference_server SET name = ? WHERE url = ?", name, url)
        return self.instance

    def write(self, sql: str, *values: object) -> None:
        """Changes the database behind Webchat's back."""
        with sqlite3.connect(self.instance.database.folder / "webchat.sqlite3") as connection:
            connection.execute(sql, values)

    def open(
        self, person: str, path: str, *, width: int = 1280, height: int = 760, dark: bool = False
    ) -> Page:
        """A page as somebody sees it."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-GB",
        )
        sign_in(context, self.instance, person, self.instance.url)
        page = context.new_page()
        page.goto(self.instance.url + path)
        return page

    def keep(self, page: Page, name: str) -> None:
        """Takes the picture: a small PNG in docs/pictures."""
        page.evaluate("document.activeElement?.blur()")
        taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture = taken.quantize(COLOURS, dither=Image.Dither.NONE)
        path = FOLDER / f"{name}.png"
        picture.save(path, optimize=True)
        if path.stat().st_size > LARGEST:
            sys.exit(f"{path} has {path.stat().st_size} bytes, {LARGEST} at most")
        page.context.close()
