"""Finds who answers a path, and answers for paths and methods that nobody has."""

from collections.abc import Awaitable, Callable, Mapping
from html import escape
from typing import TypeAlias

from .exchange import Exchange

Handler: TypeAlias = Callable[[Exchange], Awaitable[None]]


class Routes:
    """Paths, their methods and their handlers, as Ollama's router (gin) treats them.

    A last part that begins with ":" stands for any.
    """

    def __init__(self, routes: Mapping[str, Mapping[str, Handler]]) -> None:
        self._routes = routes
        self._open_ended = {
            path.rpartition("/:")[0]: by_method
            for path, by_method in routes.items()
            if "/:" in path
        }

    def methods(self, path: str) -> list[str]:
        return list(self._at(path))

    def find(self, method: str, path: str) -> Handler | None:
        return self._at(path).get(method)

    def _at(self, path: str) -> Mapping[str, Handler]:
        return self._routes.get(path) or self._open_ended.get(path.rpartition("/")[0], {})

    def redirect(self, exchange: Exchange) -> bool:
        """Sends a path with one slash too many to the one without."""
        method, path = exchange.request.method, exchange.request.path
        shorter = path.rstrip("/")
        if path == shorter or not self.find(method, shorter):
            return False
        location = [("Location", shorter)]
        if method == "GET":
            link = f'<a href="{escape(shorter)}">Moved Permanently</a>.\n\n'
            exchange.text(301, link, "text/html; charset=utf-8", location)
        else:
            exchange.empty(307, location)
        return True

    def missing(self, exchange: Exchange) -> None:
        methods = self.methods(exchange.request.path)
        if methods:
            exchange.text(405, "405 method not allowed")
        else:
            exchange.text(404, "404 page not found")
