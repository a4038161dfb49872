import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from webchat import starting
from webchat.environment import CannotStart


class Command(BaseCommand):
    help = "Runs a worker in a process of its own; any number may run beside `webchat serve`."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.WORKER != "separate":
            raise CannotStart(
                "`webchat worker` needs WEBCHAT_WORKER=separate and WEBCHAT_REDIS_URL, as does "
                "`webchat serve` then; without them `webchat serve` has its worker inside."
            )
        starting.prepare_database(migrate=False)
        asyncio.run(self._work())

    async def _work(self) -> None:
        from webchat.running import Work

        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        work = Work(self._say)
        await work.start()
        self._say(f"Worker {work.worker.owner} is at work. Ctrl+C ends it.")
        await ended.wait()
        await work.stop()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
