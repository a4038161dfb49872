"""The pages for what went wrong. They never show why in the code's words."""

import base64
import errno
import hashlib
import sqlite3
import sys

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

NO_ROOM = 507
_POSTGRES_FULL = "53100"  # "Appendix A. PostgreSQL Error Codes": disk_full


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
    """A mistake of ours (500), or a disk on which there is no room (507), which people can mend."""
    full = is_full_disk(sys.exception())
    page = render_to_string("errors/500.html", {"style": STYLE, "full": full})
    response = HttpResponse(page, status=NO_ROOM if full else 500)
    response.headers["Content-Security-Policy"] = STYLE_POLICY
    return response


def is_full_disk(error: BaseException | None) -> bool:
    """Whether this, or what led to it, says that a file or a database has no room left."""
    while error is not None:
        if (
            getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
            or getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            or getattr(error, "sqlstate", None) == _POSTGRES_FULL
        ):
            return True
        error = error.__cause__ or error.__context__
    return False
