"""What each request owes to the person who makes it."""

import zoneinfo
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.decorators import sync_and_async_middleware
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import Person

Get = Callable[[HttpRequest], Any]


@sync_and_async_middleware
def as_the_person_has_it(get_response: Get) -> Get | Callable[[HttpRequest], Awaitable[Any]]:
    """Sets the language and the time zone of who is signed in; others keep their browser's.

    After LocaleMiddleware and AuthenticationMiddleware.
    """
    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponseBase:
            _take_over(request, await request.auser())
            response: HttpResponseBase = await get_response(request)
            return response

        return later

    def at_once(request: HttpRequest) -> HttpResponseBase:
        _take_over(request, request.user)
        response: HttpResponseBase = get_response(request)
        return response

    return at_once


@sync_and_async_middleware
def expired_sign_in(get_response: Get) -> Get | Callable[[HttpRequest], Awaitable[Any]]:
    """Where `login_required` sends a stranger away, leads them back to the page they were on.

    A page of htmx goes to the sign-in page as a whole, instead of swapping it in.
    """
    if iscoroutinefunction(get_response):

        async def later(request: HttpRequest) -> HttpResponseBase:
            return _led_away(request, await get_response(request))

        return later

    def at_once(request: HttpRequest) -> HttpResponseBase:
        return _led_away(request, get_response(request))

    return at_once


def _take_over(request: HttpRequest, person: Any) -> None:
    language, time_zone = "", ""
    if isinstance(person, Person):
        language, time_zone = person.language, person.time_zone
    if language and translation.check_for_language(language):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
    try:
        timezone.activate(zoneinfo.ZoneInfo(time_zone)) if time_zone else timezone.deactivate()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        timezone.deactivate()


def _led_away(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    if response.status_code != 302 or (request.method in ("GET", "HEAD") and not htmx):
        return response
    wanted = urlsplit(response["Location"])
    sign_in = resolve_url(settings.LOGIN_URL)
    if wanted.path != sign_in or not wanted.query:
        return response
    # Back to the page, not to the part of it or the change that was asked for.
    page = (htmx.current_url_abs_path if htmx else None) or "/"
    there = f"{sign_in}?{urlencode({'next': page})}"
    return HttpResponseClientRedirect(there) if htmx else HttpResponseRedirect(there)
