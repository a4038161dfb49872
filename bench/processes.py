"""The processes of the bench: the upstream, the plain relay, Webchat, and the readers."""

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 60.0
AFTER_S = 1.0
TICKS = os.sysconf("SC_CLK_TCK")


def environment(**variables: str) -> dict[str, str]:
    """That of the processes: what is measured is what `make run` sets up, whatever is set here."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("WEBCHAT_") and name != "OLLAMA_HOST"
    }
    return {**kept, "WEBCHAT_ENV_FILE": "", **variables}


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], PATIENCE_S)[0]:
        raise TimeoutError(f"{process.args!r} said nothing for {PATIENCE_S:.0f} s")
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{process.args!r} ended before it was ready")
    return line.strip()


class Server:
    """A process with a name, started on entering and ended on leaving."""

    name: ClassVar[str]
    process: subprocess.Popen[str]
    url: str

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            if process := getattr(self, "process", None):
                process.kill()
                process.communicate()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        self.process.communicate()

    def start(self) -> None:
        raise NotImplementedError

    def run(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment(**variables),
            stdout=subprocess.PIPE,
            text=True,
        )

    def cpu(self) -> float:
        """Seconds of processor time that the process has used, in user and kernel mode."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, field: str) -> float:
        """Resident memory in MB: VmRSS now, VmHWM at its highest."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1000
        raise LookupError(field)

    def peak_memory(self) -> float:
        return self.memory("VmHWM")

    def read(
        self, kind: str, readers: list[Any], tokens: int, spread: float, seconds: float
    ) -> Any:
        """Has the readers' process read from this server; what it printed, and what it took.

        "cpu" are the seconds of processor time of this server, from when all have connected until
        a second after the last token: what is done at the end of an answer is in it.
        """
        task = {
            "kind": kind,
            "url": self.url,
            "readers": readers,
            "tokens": tokens,
            "spread": spread,
            "seconds": seconds,
        }
        load = subprocess.Popen(
            [sys.executable, "-m", "bench.load"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert load.stdin is not None
        assert load.stdout is not None
        with load, load.stdin as ask:
            ask.write(json.dumps(task) + "\n")
            ask.flush()
            if load.stdout.readline() != "connected\n":
                raise RuntimeError("the readers could not connect")
            before = self.cpu()
            ask.write("go\n")
            ask.flush()
            read = json.loads(load.stdout.readline())
            time.sleep(AFTER_S)
            read["cpu"] = self.cpu() - before
            return read


class Upstream(Server):
    name = "upstream"

    def __init__(self, speed: float, tokens: int) -> None:
        self.speed, self.tokens = speed, tokens

    def start(self) -> None:
        self.process = self.run("-m", "bench.upstream", str(self.speed), str(self.tokens))
        self.url = f"http://127.0.0.1:{first_line(self.process)}"

    def load(self, streams: int, tokens: int, spread: float, seconds: float) -> Any:
        """Readers that ask it themselves: what nobody in between can better."""
        return self.read("ollama", [{}] * streams, tokens, spread, seconds)


class Plain(Server):
    name = "plain relay"

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream

    def start(self) -> None:
        self.process = self.run("-m", "bench.serve_plain", BENCH_UPSTREAM=self.upstream)
        self.url = f"http://127.0.0.1:{first_line(self.process)}"

    def load(self, streams: int, tokens: int, spread: float, seconds: float) -> Any:
        return self.read("relay", [{}] * streams, tokens, spread, seconds)


class Webchat(Server):
    name = "Webchat"

    def __init__(self, upstream: str, streams: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="webchat-bench-"))
        self.variables = {
            "WEBCHAT_DATA_DIR": str(self.folder),
            "WEBCHAT_OLLAMA_URL": upstream,
            "WEBCHAT_OLLAMA_SLOTS": "400",
            "WEBCHAT_PORT": "0",
            "WEBCHAT_TITLES": "no",  # background runs of their own, after what is measured
        }
        made = subprocess.run(
            [sys.executable, "-m", "bench.prepare", str(streams)],
            cwd=ROOT,
            env=environment(**self.variables),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        *self.readers, self.long_page = json.loads(made.stdout)

    def start(self) -> None:
        """Starts as `make run` does after its set-up, and waits until it has come to rest."""
        began = time.monotonic()
        self.process = self.run("-m", "webchat", "serve", "--migrate", **self.variables)
        while "http://" not in (line := first_line(self.process)):
            pass
        self.url = next(word for word in line.split() if word.startswith("http://")).rstrip("/.")
        self.ask("/healthz")
        self.ready_s = time.monotonic() - began
        self.ask("/sign-in/")
        self.page_s = time.monotonic() - began
        deadline = time.monotonic() + PATIENCE_S
        while (state := self.readiness())["status"] != "ready":
            if time.monotonic() > deadline:
                raise RuntimeError(f"Webchat is not ready after {PATIENCE_S:.0f} s: {state}")
            time.sleep(0.1)
        time.sleep(1.0)  # come to rest: the first reading of the catalogue
        self.idle_memory = self.memory("VmRSS")

    def __exit__(self, *details: Any) -> None:
        super().__exit__(*details)
        shutil.rmtree(self.folder)

    def readiness(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.ask("/readyz")))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))

    def ask(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE_S) as answer:
            return bytes(answer.read())

    def load(self, streams: int, tokens: int, spread: float, seconds: float) -> Any:
        return self.read("page", self.readers[:streams], tokens, spread, seconds)
