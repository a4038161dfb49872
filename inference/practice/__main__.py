"""`python -m inference.practice`: the practice server alone, until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import signal
import sys
from dataclasses import replace

from .script import Script
from .server import PracticeServer


async def serve(host: str, port: int, script: Script) -> None:
    server = PracticeServer(host, port, script=script)
    await server.start()
    print(f"practice server on {server.url}", flush=True)  # noqa: T201 - it is the command's output
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, ended.set)
    await ended.wait()
    await server.stop()


def main(arguments: list[str] | None = None) -> int:
    usual = Script()
    parser = argparse.ArgumentParser(
        prog="python -m inference.practice", description="Ollama's protocol with made-up models"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=11434, help="0 takes a free one")
    parser.add_argument(
        "--speed",
        type=float,
        default=usual.speed,
        help="tokens a second of each answer, 0: no limit",
    )
    parser.add_argument(
        "--load-seconds", type=float, default=usual.load_seconds, help="how long a model loads"
    )
    parser.add_argument(
        "--pull-speed",
        type=float,
        default=usual.pull_speed,
        help="bytes a second of a pull or a push, 0: no limit",
    )
    given = parser.parse_args(arguments)
    script = replace(
        usual,
        speed=given.speed,
        load_seconds=given.load_seconds,
        pull_speed=given.pull_speed,
    )
    try:
        asyncio.run(serve(given.host, given.port, script))
    except OSError as error:
        print(f"cannot listen on {given.host}:{given.port}: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
