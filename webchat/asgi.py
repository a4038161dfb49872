"""The application as a server sees it, from outside in: proxies, assets, pages or sockets."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webchat.settings")

import django
from django.conf import settings

django.setup(set_prefix=False)

from channels.routing import URLRouter

from chat.routing import websocket_urlpatterns as chat_sockets
from models_admin.routing import websocket_urlpatterns as models_sockets

from .assets import Assets
from .pages import Pages
from .proxies import TrustedProxies

Scope = dict[str, Any]
SOCKETS = "/ws/"
NO_UPGRADE = (
    b"This address is for WebSockets. If a browser came here for one, a proxy between dropped the "
    b"Upgrade and Connection headers: see docs/running.md.\n"
)


class Router:
    """Pages to Django, sockets to their consumers."""

    def __init__(self, pages: Callable[..., Awaitable[None]], sockets: URLRouter) -> None:
        self.pages = pages
        self.sockets = sockets

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["path"].startswith(SOCKETS):
            await self._no_socket(send)
        else:
            await self.pages(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Any, send: Any) -> None:
        try:
            await self.sockets(scope, receive, send)
        except ValueError as error:
            # What Channels raises for an address without a consumer.
            if "No route found" not in str(error):
                raise
            await send({"type": "websocket.close"})  # before it was accepted: 403

    async def _no_socket(self, send: Any) -> None:
        headers = [
            (b"content-type", b"text/plain"),
            (b"content-length", str(len(NO_UPGRADE)).encode()),
            (b"connection", b"upgrade"),
            (b"upgrade", b"websocket"),
        ]
        await send({"type": "http.response.start", "status": 426, "headers": headers})
        await send({"type": "http.response.body", "body": NO_UPGRADE})


application = TrustedProxies(
    Assets(Router(Pages(), URLRouter([*chat_sockets, *models_sockets]))), settings.TRUSTED_PROXIES
)
