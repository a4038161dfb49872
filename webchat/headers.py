"""The headers that every page carries: nothing from elsewhere, no inline script or style."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# 'self' covers sockets to the same host and port too.
POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Pages show one person's things: only their own browser may keep them, and must ask again.
    "Cache-Control": "private, no-cache",
}
# Browsers complain about this one over plain http.
SECURE_HEADERS = {"Cross-Origin-Opener-Policy": "same-origin"}


class HeadersMiddleware:
    """Adds each header that the view has not set itself."""

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        self.headers = dict(HEADERS)
        if settings.HSTS_S:
            self.headers |= SECURE_HEADERS
            self.headers["Strict-Transport-Security"] = f"max-age={settings.HSTS_S}"
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        answer = self.get_response(request)
        return self._later(answer) if isinstance(answer, Awaitable) else self._with_headers(answer)

    async def _later(self, answer: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return self._with_headers(await answer)

    def _with_headers(self, response: HttpResponseBase) -> HttpResponseBase:
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response
