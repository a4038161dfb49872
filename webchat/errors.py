"""The pages for what went wrong. They never show why in the code's words."""

import base64
import hashlib

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

# The one page with a style of its own, which the policy lets in by its hash.
STYLE = (
    ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}"
    "main{max-inline-size:26rem;margin:20vh auto 0;padding:1rem}"
    "h1{font-size:1.25rem}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
STYLE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Without the request: it may be what cannot be read.
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("errors/403.html", request=request), status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    page = render_to_string("errors/403.html", {"expired": True}, request=request)
    return HttpResponse(page, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("errors/404.html", request=request), status=404)


def failed(request: HttpRequest) -> HttpResponse:
    page = render_to_string("errors/500.html", {"style": STYLE})
    response = HttpResponse(page, status=500)
    response.headers["Content-Security-Policy"] = STYLE_POLICY
    return response
