"""Who may change models and servers."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from accounts.access import PersonRequest, View, signed_in

P = ParamSpec("P")


def manager_required(view: View[P]) -> Callable[Concatenate[PersonRequest, P], HttpResponse]:
    """Sends a stranger to the sign-in page, and answers a member with 403."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.manages_models:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return signed_in(cast(View[P], guarded))
