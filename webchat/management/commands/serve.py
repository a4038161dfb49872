import gc
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from webchat import starting

# Seconds after which a thread that is busy in Python lets the event loop go on. With Python's own
# 5 ms each of the many short turns of a burst waits that long.
SWITCH_S = 0.001


class Command(BaseCommand):
    help = "Serves the chat, with the worker inside unless WEBCHAT_WORKER=separate."
    requires_system_checks: list[str] = []  # they belong to development and take time

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--migrate", action="store_true", help="bring the database up to date first"
        )

    def handle(self, *args: Any, migrate: bool, **options: Any) -> None:
        host, port = settings.HOST, settings.PORT
        starting.check_address(host, port)  # before anything else is begun
        starting.prepare_database(migrate=migrate)

        sys.setswitchinterval(SWITCH_S)
        # autobahn looks for pyOpenSSL for a TLS that we do not speak: 8 MB and 0.1 s of a start.
        sys.modules.setdefault("OpenSSL", None)  # type: ignore[arg-type]
        # Only now: these take most of a start.
        from twisted.internet.error import CannotListenError

        from webchat.asgi import application
        from webchat.errors import too_large
        from webchat.limits import body_limit
        from webchat.running import Work, welcome
        from webchat.serve import serve

        work = Work(self._say) if settings.WORKER == "embedded" else None
        listening: list[tuple[str, int]] = []

        async def on_start() -> None:
            gc.freeze()  # what was loaded stays: no collection need walk through it again
            gc.enable()
            await welcome(self._say, starting.address(host, listening[0][1]))
            if work:
                await work.start()
            else:
                self._say("Answers come from `webchat worker`, in a process of its own.")

        async def on_stop() -> None:
            if work:
                await work.stop()

        try:
            serve(
                application,
                host,
                port,
                limit=body_limit,
                refusal=too_large,
                on_start=on_start,
                on_stop=on_stop,
                ready=listening.extend,
            )
        except CannotListenError as error:  # somebody was quicker
            raise starting.cannot_listen(host, port, error.socketError) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
