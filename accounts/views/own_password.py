"""Changing one's own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import PersonRequest, signed_in
from accounts.closing import move_session
from accounts.forms import PasswordForm
from accounts.hashers import TooManyAtOnce
from accounts.models import Person
from accounts.throttle import Attempt, Paused
from accounts.views import answers

TEMPLATE = "accounts/password.html"


@sensitive_post_parameters()
@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: PersonRequest) -> HttpResponse:
    """Changes the password: every other session ends with its sockets, this one goes on."""
    person = Person.objects.get(pk=str(request.user.pk))
    if request.method != "POST":
        return answers.with_form(request, TEMPLATE, PasswordForm(person))
    form = PasswordForm(person, request.POST)
    if not form.is_valid():
        return answers.with_form(request, TEMPLATE, form)
    try:
        if not _is_own(person, form.cleaned_data["password"]):
            form.refuse()
            return answers.with_form(request, TEMPLATE, form)
        person.set_password(form.cleaned_data["new_password"])
    except Paused as pause:
        return answers.too_soon(request, TEMPLATE, form, pause.seconds)
    except TooManyAtOnce:
        return answers.too_busy(request, TEMPLATE, form)
    _save(request, person)
    messages.success(request, _("Your password is changed. Other browsers are signed out."))
    return redirect("accounts:password")


def _is_own(person: Person, password: str) -> bool:
    attempt = Attempt.at_own_password(str(person.pk), timezone.now())
    try:
        right = person.check_password(password)
    except TooManyAtOnce:
        attempt.withdraw(timezone.now())
        raise
    if right:
        attempt.succeeded(timezone.now())
    return right


def _save(request: HttpRequest, person: Person) -> None:
    former = request.session.session_key
    with transaction.atomic():
        person.save(update_fields=["password"])
        audit.record("password_changed", person, person)
        update_session_auth_hash(request, person)
        request.session.save()  # now: sockets that move to the new key may be checked at once
    move_session(person.pk, former, request.session.session_key or "")
