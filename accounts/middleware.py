"""What each request owes to the person who makes it."""

import zoneinfo
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.decorators import sync_and_async_middleware

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
