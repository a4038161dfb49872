import asyncio
import errno
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from inference.practice import PracticeServer
from webchat.environment import CannotStart


class Command(BaseCommand):
    help = "Serves the practice server alone: Ollama's protocol with made-up models."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=11434, help="0 takes a free one")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        try:
            asyncio.run(self._serve(host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise CannotStart(
                f"Port {port} on {host} is taken, perhaps by Ollama itself; "
                f"choose another with --port {port + 1}."
            ) from None

    async def _serve(self, host: str, port: int) -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        server = PracticeServer(host=host, port=port)
        await server.start()
        self.stdout.write(f"practice server on {server.url}")
        self.stdout.flush()
        await ended.wait()
        await server.stop()
