"""The first start: making the first administrator."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import setting_up
from accounts.forms import SetUpForm
from accounts.hashers import TooManyAtOnce
from accounts.models import Person
from accounts.setting_up import AlreadySetUp
from accounts.views import answers
from accounts.views.entering import let_in

TEMPLATE = "accounts/set_up.html"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for the first administrator, makes them and lets them in."""
    if not setting_up.is_open(token, timezone.now()):
        return _useless(request)
    if request.method != "POST":
        return answers.with_form(request, TEMPLATE, SetUpForm())
    form = SetUpForm(request.POST)
    if not form.is_valid():
        return answers.with_form(request, TEMPLATE, form)
    try:
        person = setting_up.make_first_administrator(
            **form.cleaned_data, address=request.META.get("REMOTE_ADDR", "")
        )
    except AlreadySetUp:
        return _useless(request)
    except TooManyAtOnce:
        return answers.too_busy(request, TEMPLATE, form)
    return let_in(request, person, resolve_url(settings.LOGIN_REDIRECT_URL))


def _useless(request: HttpRequest) -> HttpResponse:
    context = {"nobody": not Person.objects.exists()}
    return render(request, "accounts/set_up_closed.html", context, status=410)
