"""Messages: asking, showing them, asking again, going on."""

from uuid import UUID

from django.forms import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import PersonRequest, signed_in
from accounts.models import Person
from chat import thread
from chat.attachments.posting import gone
from chat.forms import chosen
from chat.models import (
    AnswerRunning,
    AttachmentGone,
    Conversation,
    FollowedUp,
    Message,
    Role,
    refresh_html,
)
from chat.pages import (
    ANSWER_RUNNING,
    INVALID,
    Composer,
    composer_part,
    conversation_page,
    parts,
    refuse,
)
from chat.prose import part_of
from chat.views.conversations import still_there, visible


def visible_message(person: Person, pk: UUID) -> Message:
    """The message with its conversation, or 404."""
    mine = Message.objects.visible_to(person).select_related("conversation__latest_run", "run")
    return get_object_or_404(mine, pk=pk)


def visible_answer(person: Person, pk: UUID) -> Message:
    """The same, only for answers."""
    found = visible_message(person, pk)
    if found.role != Role.ASSISTANT:
        raise Http404
    return found


def refused() -> str:
    """Why nothing else can be asked or chosen just now."""
    return _("An answer is running. Stop it, or wait until it has ended.")


@require_http_methods(["GET", "POST"])
@signed_in
@still_there
def collection(request: PersonRequest, pk: UUID) -> HttpResponse:
    """GET: a part of the thread. POST: a question; the answer to it comes over the socket.

    `?unseen=` says that nobody looks at the page that asks, and each `?whole=` which answer it has
    in full, however long that is.
    """
    found = visible(request.user, pk)
    if request.method == "POST":
        return _send(request, found)
    if not request.htmx:
        return redirect(found)
    if "unseen" not in request.GET:
        found.mark_seen()
    return _part(request, found)


@require_GET
@signed_in
def message(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One message as it stands now: also what a page fetches that missed something.

    `?text=kept` leaves out what an answer says, for a page that shows it already; `?text=whole`
    gives all of it, however long it is.
    """
    found = visible_message(request.user, pk)
    if not request.htmx:
        return redirect(found)
    if "unseen" not in request.GET:
        found.conversation.mark_seen()
    shown = thread.one(found, whole=request.GET.get("text") == "whole")
    return parts(
        request,
        "chat/_message.html",
        "chat/_foot_parts.html",
        shown=shown,
        last=shown,
        keeps_text=request.GET.get("text") == "kept",
        conversation=found.conversation,
        composer=Composer(request.user, found.conversation),
    )


@require_GET
@signed_in
def text(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A message as it was written, in Markdown, to be copied."""
    found = visible_message(request.user, pk)
    run = found.run
    written = run.text if run and run.is_open else ""
    return HttpResponse(found.text + written, content_type="text/plain; charset=utf-8")


@require_GET
@signed_in
def part(request: PersonRequest, pk: UUID, of: str) -> HttpResponse:
    """Parts of a far too long answer's text or thinking: from `?first=` on, before `?last=`."""
    found = visible_answer(request.user, pk)
    if not request.htmx:
        return redirect("chat:place", pk)
    refresh_html([found])
    try:
        first, last = int(request.GET["first"]), int(request.GET["last"])
    except (KeyError, ValueError) as error:
        raise Http404 from error
    asked = part_of(found.html if of == "text" else found.thinking_html, first, last)
    if not asked:  # it is another text by now
        raise Http404
    return parts(request, "chat/_parts.html", parts=asked)


@require_POST
@signed_in
@still_there
def regenerations(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Asks again for an answer: of the model that the form names, or of the one chosen now."""
    answer = visible_answer(request.user, pk)
    found = answer.conversation
    try:
        key = UUID(request.POST.get("key", ""))
        wanted = request.POST.get("model") or found.model_name
        model_name = chosen(Composer(request.user, found).models, wanted)
        found.regenerate(answer, request.user, model_name, key)
    except ValueError:
        return refuse(request, found, _("This page is out of date. Reload it."), INVALID)
    except ValidationError as error:
        return refuse(request, found, error.messages[0], INVALID)
    except AnswerRunning:
        return refuse(request, found, refused(), ANSWER_RUNNING)
    return HttpResponse(status=204) if request.htmx else redirect(found)


@require_POST
@signed_in
@still_there
def continuations(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Lets an answer go on where it ended."""
    answer = visible_answer(request.user, pk)
    found = answer.conversation
    try:
        chosen(Composer(request.user, found).models, answer.model_name)
        found.continue_(answer, request.user)
    except ValidationError as error:
        return refuse(request, found, error.messages[0], INVALID)
    except AnswerRunning:
        return refuse(request, found, refused(), ANSWER_RUNNING)
    except FollowedUp:
        why = _("The conversation went on from this answer. Regenerate it to have another one.")
        return refuse(request, found, why, INVALID)
    return HttpResponse(status=204) if request.htmx else redirect(answer)


def _send(request: PersonRequest, found: Conversation) -> HttpResponse:
    composer = Composer(request.user, found)
    form = composer.form(request)
    show = composer_part if request.htmx else conversation_page
    if not form.is_valid():
        composer.refuse(request, form.error)
        return show(request, composer, status=INVALID)
    asked = form.cleaned_data
    try:
        think = composer.think_sent(request, asked["model"])
        found.send(
            request.user,
            asked["text"],
            asked["model"],
            asked["key"],
            think=think,
            attachments=asked["attachments"],
            also=asked["also"],
        )
    except AnswerRunning:
        composer.refuse(request, refused())
        return show(request, composer, status=ANSWER_RUNNING)
    except AttachmentGone:
        composer.refuse(request, gone())
        return show(request, composer, status=INVALID)
    if not request.htmx:
        return redirect(found)
    return composer_part(request, composer.emptied())


def _part(request: PersonRequest, found: Conversation) -> HttpResponse:
    asked = {name: _id(request, name) for name in ("before", "after", "first", "at")}
    if asked["before"]:
        try:
            older = thread.older(found, asked["before"])
        except Message.DoesNotExist as error:
            raise Http404 from error
        return parts(request, "chat/_older.html", thread=older, conversation=found)
    shown = thread.after(found, asked["after"]) if asked["after"] else None
    others: tuple[str, ...] = ()
    if shown is None:
        first, whole = asked["first"], _ids(request, "whole")
        shown = thread.since(found, first, whole) if first else None
        if shown is None:  # it is of another path, and so is what the page has above it
            at = asked["at"]
            shown = thread.since(found, at, whole) if at else None
            shown = shown or thread.newest(found, whole)
            others = ("chat/_before_part.html",)
    return parts(
        request,
        "chat/_messages.html",
        *others,
        "chat/_title_part.html",
        "chat/_foot_parts.html",
        thread=shown,
        last=shown.last,
        conversation=found,
        composer=Composer(request.user, found),
    )


def _id(request: PersonRequest, name: str) -> UUID | None:
    return next(iter(_ids(request, name)), None)


def _ids(request: PersonRequest, name: str) -> list[UUID]:
    try:
        return [UUID(each) for each in request.GET.getlist(name)]
    except ValueError as error:
        raise Http404 from error
