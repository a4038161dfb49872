"""Who may change models and servers."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from accounts.access import PersonRequest, View, signed_in
from accounts.models import Person

P = ParamSpec("P")


def manager_required(view: View[P]) -> Callable[Concatenate[PersonRequest, P], HttpResponseBase]:
    """Sends a stranger to the sign-in page, and answers a member with 403."""
    return _required(view, lambda person: person.manages_models)


def administrator_required(
    view: View[P],
) -> Callable[Concatenate[PersonRequest, P], HttpResponseBase]:
    """The same, and answers a model manager with 403 too."""
    return _required(view, lambda person: person.administers)


def _required(
    view: View[P], may: Callable[[Person], bool]
) -> Callable[Concatenate[PersonRequest, P], HttpResponseBase]:
    @wraps(view)
    def guarded(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return signed_in(cast(View[P], guarded))
