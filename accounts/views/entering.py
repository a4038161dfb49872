"""Signing in and out."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit, known_browser, usernames
from accounts.closing import close_sessions
from accounts.forms import SignInForm
from accounts.hashers import TooManyAtOnce
from accounts.models import Person
from accounts.throttle import Attempt, Paused
from accounts.views import answers

TEMPLATE = "accounts/sign_in.html"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Lets a person in, and leads back to where they wanted to go."""
    next_url = _next_url(request)
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(next_url)
        nobody = not Person.objects.exists()
        return answers.with_form(request, TEMPLATE, SignInForm(), next=next_url, nobody=nobody)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return answers.with_form(request, TEMPLATE, form, next=next_url)
    try:
        person = _checked(request, form)
    except Paused as pause:
        return answers.too_soon(request, TEMPLATE, form, pause.seconds, next=next_url)
    except TooManyAtOnce:
        return answers.too_busy(request, TEMPLATE, form, next=next_url)
    if person is None:
        form.refuse()
        return answers.with_form(request, TEMPLATE, form, next=next_url)
    return let_in(request, person, next_url)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends this session and what it has open."""
    session_key = request.session.session_key
    if isinstance(request.user, Person):
        audit.record("signed_out", request.user, request.user)
    logout(request)
    close_sessions(session_key)
    return redirect("accounts:sign_in")


def let_in(request: HttpRequest, person: Person, next_url: str) -> HttpResponse:
    """Signs in a person whose password was checked; the session gets a new key."""
    former = request.session.session_key
    login(request, person, backend="accounts.backends.ByUsername")
    if request.session.session_key != former:
        close_sessions(former)
    response = redirect(next_url)
    known_browser.remember(request, response, person)
    return response


def _checked(request: HttpRequest, form: SignInForm) -> Person | None:
    """The person, or None; raises Paused or TooManyAtOnce before anything is known."""
    username = form.cleaned_data["username"]
    address = request.META.get("REMOTE_ADDR", "")
    browser = known_browser.name_of(request, username)
    attempt = Attempt.at_account(username, address, browser, timezone.now())
    try:
        person = authenticate(request, username=username, password=form.cleaned_data["password"])
    except TooManyAtOnce:
        attempt.withdraw(timezone.now())
        raise
    if not isinstance(person, Person):
        # What was typed is not kept: it may be a password.
        account = Person.objects.filter(folded_username=usernames.folded(username)).first()
        audit.record("sign_in_failed", None, account, address=address)
        return None
    attempt.succeeded(timezone.now())
    audit.record("signed_in", person, person, address=address)
    return person


def _next_url(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if own else resolve_url(settings.LOGIN_REDIRECT_URL)
