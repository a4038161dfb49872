"""Loaded before the settings: each process has a data folder and settings of its own."""

import atexit
import os
import tempfile
from urllib.parse import urlsplit

import hypothesis
import pytest

# What .ci/run and a developer may choose; nothing else of theirs, and no .env, has a say.
KEPT = {
    "WEBCHAT_DATABASE_URL",
    "WEBCHAT_REDIS_URL",
    "WEBCHAT_WORKER",
    "WEBCHAT_LIVE_OLLAMA",
    "WEBCHAT_LIVE_REGISTRY",
    "WEBCHAT_LIVE_GGUF",
    "WEBCHAT_LIVE_VISION",
}
for name in list(os.environ):
    if name == "OLLAMA_HOST" or (name.startswith("WEBCHAT_") and name not in KEPT):
        del os.environ[name]

os.environ["WEBCHAT_ENV_FILE"] = ""
# Of processes that share a Redis, each of pytest-xdist (gw0, gw1, …) has a database of its own:
# what is told in one is not heard in the others.
if "WEBCHAT_REDIS_URL" in os.environ and (own := os.environ.get("PYTEST_XDIST_WORKER")):
    number = int(own.removeprefix("gw")) + 1
    address = urlsplit(os.environ["WEBCHAT_REDIS_URL"])
    os.environ["WEBCHAT_REDIS_URL"] = address._replace(path=f"/{number}").geturl()
# Kept alive by this name; it goes with the process. Workers of pytest-xdist import this file too.
folder = tempfile.TemporaryDirectory(prefix="webchat-test-", ignore_cleanup_errors=True)
atexit.register(folder.cleanup)
os.environ["WEBCHAT_DATA_DIR"] = folder.name
os.environ["WEBCHAT_ALLOWED_HOSTS"] = "testserver,chat.lan"
# A port where nothing answers: no test may meet the machine's real Ollama by accident.
os.environ["WEBCHAT_OLLAMA_URL"] = "http://127.0.0.1:9"
# Those of titles turn them on: else a run more follows the first answer of every conversation.
os.environ["WEBCHAT_TITLES"] = "no"

# The same examples in each run, which take what a busy machine takes.
hypothesis.settings.register_profile("tests", derandomize=True, deadline=None)
hypothesis.settings.load_profile("tests")


@pytest.fixture(autouse=True)
def own_channel_layer() -> None:
    """Each test has its own loop, and Redis' layer holds on to the loop it was first used in."""
    from channels.layers import channel_layers

    channel_layers.backends.clear()
