"""What lives in a process besides the web server: the worker, and the choice of Ollama servers."""

import asyncio
import logging
from collections.abc import Callable

from accounts import setting_up
from accounts.database import in_database
from inference.servers import Choice, choose_servers
from inference.worker import Worker

log = logging.getLogger(__name__)

Say = Callable[[str], None]


class Work:
    """A worker with its servers, started and stopped with the process that carries it."""

    def __init__(self, say: Say) -> None:
        self.worker = Worker()
        self._say = say
        self._choosing: asyncio.Task[Choice | None] | None = None

    async def start(self) -> None:
        """Starts the worker. The servers are asked meanwhile: the page does not wait for Ollama."""
        await self.worker.start()
        self._choosing = asyncio.create_task(self._choose())

    async def _choose(self) -> Choice | None:
        try:
            choice = await choose_servers()
        except Exception:
            log.exception("Could not find out which servers there are")
            return None
        for line in choice.words:
            self._say(line)
        return choice

    async def stop(self) -> None:
        """Saves what runs first; then ends the practice server, if this process has one."""
        await self.worker.stop()
        if self._choosing is None:
            return
        if not self._choosing.done():
            self._choosing.cancel()
        (choice,) = await asyncio.gather(self._choosing, return_exceptions=True)
        if isinstance(choice, Choice):
            await choice.close()


async def welcome(say: Say, url: str) -> None:
    """Where the chat is, and what to do next."""
    say(f"Webchat is on {url}")
    lines = await in_database(setting_up.console_lines, url)
    for line in lines or ["Open the address in a browser and sign in."]:
        say(line)
    say("Ctrl+C ends it; nothing is lost.")
