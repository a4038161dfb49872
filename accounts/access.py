"""Who may come in, and how somebody is sent away."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import Person

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: Person
    htmx: HtmxDetails


View = Callable[Concatenate[PersonRequest, P], HttpResponseBase]


def signed_in(view: View[P]) -> Callable[Concatenate[PersonRequest, P], HttpResponseBase]:
    """Sends a stranger to the sign-in page and back to the page where they were.

    An answer to htmx does it with HX-Redirect: fetch would follow a plain redirect and the sign-in
    page would stand in the conversation.
    """

    @wraps(view)
    def guarded(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        htmx = request.htmx
        if htmx:  # what it asks for is seldom a page
            here = open_page(request) or "/"
        else:
            here = request.get_full_path() if request.method == "GET" else _page_of_form(request)
        there = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here}, safe='/')}"
        if not htmx:
            return redirect(there)
        response = HttpResponseClientRedirect(there)
        response.status_code = 401  # nothing was accepted: the page keeps what was typed
        return response

    return cast(Callable[Concatenate[PersonRequest, P], HttpResponseBase], guarded)


def _page_of_form(request: HttpRequest) -> str:
    """Where the form stood that was sent: its own address may be no page."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return "/"
    parts = urlsplit(page)
    return f"{parts.path or '/'}{parts.query and '?'}{parts.query}"


def open_page(request: PersonRequest) -> str:
    """Path and query of the page that htmx asks from; "" for what is no page of ours."""
    try:
        return request.htmx.current_url_abs_path or ""
    except ValueError:  # the header is anybody's to write
        return ""
