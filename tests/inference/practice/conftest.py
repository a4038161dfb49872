from collections.abc import AsyncIterator

import pytest

from inference.practice import PracticeServer, Script


@pytest.fixture
async def server() -> AsyncIterator[PracticeServer]:
    """A server in the loop of the test, without pauses."""
    server = PracticeServer(script=Script(speed=0, load_seconds=0, pull_speed=0))
    await server.start()
    yield server
    await server.stop()
