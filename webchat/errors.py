"""The pages for what went wrong. They never show why in the code's words."""

import base64
import errno
import hashlib
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    parse_cookie,
)
from django.template.loader import render_to_string
from django.utils import translation

from .body import in_plain_words
from .headers import HEADERS

# The one page with a style of its own, which the policy lets in by its hash.
STYLE = (
    ":root{color-scheme:light dark;background:light-dark(#fcfbf9,#191714);"
    "font:1rem/1.5 system-ui,sans-serif}a{color:inherit}"
    "main{max-inline-size:26rem;margin:20vh auto 0;padding:1rem}"
    "h1{font-size:1.25rem}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
STYLE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"
)

TOO_MUCH = 413
NO_ROOM = 507
BUSY = 503
RETRY_AFTER_S = 5
# "Appendix A. PostgreSQL Error Codes": disk_full; and no connection, no resources, a lock, another
# transaction in the way, an operator or a timeout.
_POSTGRES_FULL = "53100"
_POSTGRES_BUSY = ("08", "53", "55", "40", "57")
_SQLITE_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What cannot be understood (400), or has more in it than is read (413)."""
    much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    # Without the request: it may be what cannot be read.
    page = render_to_string("errors/400.html", {"much": much})
    return HttpResponse(page, status=TOO_MUCH if much else 400)


def too_large(header: Callable[[str], str]) -> tuple[Mapping[str, str], bytes]:
    """What a body that is refused before Django sees it (413) is answered with: see body.Refusal.

    A page in words for those who show one, in a language that they take.
    """
    if "text/html" not in header("accept"):
        return in_plain_words(header)
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = header("accept-language")
    request.COOKIES = parse_cookie(header("cookie"))
    with translation.override(translation.get_language_from_request(request)):
        page = render_to_string("errors/400.html", {"much": True})
    return {"Content-Type": "text/html; charset=utf-8", **HEADERS}, page.encode()


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("errors/403.html", request=request), status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    page = render_to_string("errors/403.html", {"expired": True}, request=request)
    return HttpResponse(page, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("errors/404.html", request=request), status=404)


def in_words(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """A page for who opens the address of a form (405), of which Django's answer is empty."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.accepts("text/html"):
            response.content = render_to_string("errors/404.html", request=request)
        return response

    return answer


def failed(request: HttpRequest) -> HttpResponse:
    """A mistake of ours (500), or what people can mend (507, no room) or wait for (503, busy)."""
    error = sys.exception()
    full, busy = is_full_disk(error), is_busy(error)
    page = render_to_string("errors/500.html", {"style": STYLE, "full": full, "busy": busy})
    response = HttpResponse(page, status=NO_ROOM if full else BUSY if busy else 500)
    response.headers["Content-Security-Policy"] = STYLE_POLICY
    if busy:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def is_full_disk(error: BaseException | None) -> bool:
    """Whether this, or what led to it, says that a file or a database has no room left."""
    return any(
        getattr(each, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        or getattr(each, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(each, "sqlstate", None) == _POSTGRES_FULL
        for each in _led_to(error)
    )


def is_busy(error: BaseException | None) -> bool:
    """Whether the database cannot be had just now: it is locked, overrun, away or restarting."""
    return not is_full_disk(error) and any(map(_says_busy, _led_to(error)))


def _says_busy(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        # Its low byte: the others say which kind of the same it is.
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_BUSY
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    # From PostgreSQL without a code: nobody there to give one.
    cause = error.__cause__
    if cause is None or isinstance(cause, sqlite3.Error):
        return False
    return (getattr(cause, "sqlstate", None) or "08").startswith(_POSTGRES_BUSY)


def _led_to(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
