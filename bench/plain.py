"""The plain baseline: a Channels consumer that relays each token as JSON, and no more.

What most tutorials build: one httpx stream per socket, `aiter_lines`, one `send` per token. To be
fair it shares one client, as a client of its own per stream costs 15 ms for the TLS certificates.
"""

import json
import os
from functools import cache

import httpx
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}})
UPSTREAM = os.environ["BENCH_UPSTREAM"]


@cache
def client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(timeout=None, trust_env=False, limits=limits)  # noqa: S113


class Relay(AsyncWebsocketConsumer):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        asked = json.loads(text_data or "{}")
        body = {"model": "bench", "messages": [{"role": "user", "content": asked["text"]}]}
        async with client().stream("POST", f"{UPSTREAM}/api/chat", json=body) as answer:
            async for line in answer.aiter_lines():
                piece = json.loads(line)
                await self.send(json.dumps({"text": piece["message"]["content"]}))
                if piece["done"]:
                    await self.send(json.dumps({"done": True}))


application = Relay.as_asgi()
