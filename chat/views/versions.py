"""Versions of questions and answers: editing, walking among them, forking, looking closely."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.forms import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import PersonRequest, signed_in
from chat import thread
from chat.attachments.posting import gone
from chat.forks import fork
from chat.forms import chosen
from chat.models import AnswerRunning, Attachment, AttachmentGone, Conversation, Message
from chat.pages import (
    ANSWER_RUNNING,
    INVALID,
    Composer,
    Revision,
    conversation_page,
    parts,
    refuse,
)
from chat.sent import sent_for
from chat.views.conversations import still_there
from chat.views.messages import refused, visible_answer, visible_message


@require_http_methods(["GET", "POST"])
@signed_in
@still_there
def revisions(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: a question as a form. POST: asks it in other words; the one before stays beside it."""
    question = visible_message(request.user, pk)
    if question.is_answer:
        raise Http404
    found = question.conversation
    if request.method == "GET":
        kept = question.attachments.without_text().order_by("position")
        return _form(request, Revision(question, question.text, attachments=list(kept)))
    composer = Composer(request.user, found)
    form = composer.form(request)
    typed = _typed(request, question, composer.attachments)
    if not form.is_valid():
        return _form(request, replace(typed, error=form.error), INVALID)
    asked = form.cleaned_data
    try:
        asked_now = found.send(
            request.user,
            asked["text"],
            asked["model"],
            asked["key"],
            instead_of=question,
            attachments=asked["attachments"],
        )
    except AnswerRunning:
        return _form(request, replace(typed, error=refused()), ANSWER_RUNNING)
    except AttachmentGone:
        return _form(request, replace(typed, error=gone()), INVALID)
    return HttpResponse(status=204) if request.htmx else redirect(_place(found, asked_now))


@require_POST
@signed_in
@still_there
def choice(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Goes to this version of a question or an answer; every open page of it follows."""
    version = visible_message(request.user, pk)
    found = version.conversation
    was_compared = found.compares(version)
    try:
        found.choose(version)
    except AnswerRunning:
        return refuse(request, found, refused(), ANSWER_RUNNING)
    if request.htmx and was_compared:  # its model answers from now on
        composer = Composer(request.user, found)
        return parts(request, "chat/_model_part.html", composer=composer, conversation=found)
    return HttpResponse(status=204) if request.htmx else redirect(_place(found, version))


@require_POST
@signed_in
def forks(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Begins a new conversation with copies of all up to this message, and goes there."""
    end = visible_message(request.user, pk)
    found = end.conversation
    try:
        if not end.is_answer:  # it is asked there
            chosen(Composer(request.user, found).models, found.model_name)
        forked = fork(end, request.user, UUID(request.POST.get("key", "")))
    except ValueError:
        return refuse(request, found, _("This page is out of date. Reload it."), INVALID)
    except ValidationError as error:
        return refuse(request, found, error.messages[0], INVALID)
    except AnswerRunning:
        return refuse(request, found, refused(), ANSWER_RUNNING)
    there = forked.get_absolute_url()
    return HttpResponseClientRedirect(there) if request.htmx else redirect(there)


@require_GET
@signed_in
def sent(request: PersonRequest, pk: UUID) -> HttpResponse:
    """What was sent to the model for this answer: a dialog, or a page without JavaScript."""
    answer = visible_answer(request.user, pk)
    context = {"answer": answer, "sent": sent_for(answer), "conversation": answer.conversation}
    return render(request, "chat/_sent_dialog.html" if request.htmx else "chat/sent.html", context)


def _typed(
    request: PersonRequest, question: Message, attachments: Sequence[Attachment]
) -> Revision:
    key = request.POST.get("key", "")
    return Revision(question, request.POST.get("text", ""), key, attachments=attachments)


def _form(request: PersonRequest, revision: Revision, status: int = 200) -> HttpResponse:
    if request.htmx:
        return render(request, "chat/_revision.html", {"revision": revision}, status=status)
    found = revision.question.conversation
    shown = thread.since(found, revision.question.pk)
    composer = Composer(request.user, found)
    return conversation_page(request, composer, shown=shown, revision=revision, status=status)


def _place(found: Conversation, message: Message) -> str:
    """The page from that message on, for a browser without JavaScript."""
    return f"{found.get_absolute_url()}?at={message.pk}"
