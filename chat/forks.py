"""A fork: a new conversation that begins as a copy of another one, up to a message."""

from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from chat.models import AnswerRunning, Attachment, Conversation, Message, Summary
from chat.models.lifespan import UNSEEN
from chat.text import LONGEST_TITLE

# Rows that one INSERT brings.
BATCH = 200


def fork(message: Message, person: Person, key: UUID) -> Conversation:
    """A new conversation of the person with copies of the path to an answer, which it ends with.

    A question is asked anew in it, after copies of what stood before. The copies keep their
    rendered HTML and have no runs: what was used is counted once. With the same key the first fork
    is returned. Raises AnswerRunning while the answer is being written.
    """
    if message.run and message.run.is_open:
        raise AnswerRunning
    try:
        with transaction.atomic():
            before = Conversation.objects.filter(owner=person, key=key).first()
            if before and before.deleted_at:  # a page that the browser kept: it is wanted anew
                before, key = None, uuid4()
            return before or _forked(message, person, key)
    except IntegrityError:  # the same key won a race
        return Conversation.objects.get(owner=person, key=key)


def _forked(message: Message, person: Person, key: UUID) -> Conversation:
    source = message.conversation
    title = _("Fork of %(title)s") % {"title": source.title}
    conversation = Conversation.objects.create(
        owner=person,
        title=title[:LONGEST_TITLE],
        title_source=Conversation.TitleSource.PERSON,  # else a model would hide that it is a fork
        model_name=source.model_name,
        settings=source.settings,
        key=key,
        is_temporary=source.is_temporary,
        erase_at=timezone.now() + UNSEEN if source.is_temporary else None,
    )
    end = message.pk if message.is_answer else message.parent_id
    if end is not None:
        _fill(conversation, Message.objects.path_to(end))
    if not message.is_answer:
        files = list(message.attachments.order_by("position"))
        conversation.send(person, message.text, source.model_name, uuid4(), attachments=files)
    conversation.show_in_lists()
    return conversation


def _fill(conversation: Conversation, path: list[Message]) -> None:
    with_files = {message.pk: message for message in path if message.attachment_count}
    by_end = {message.pk: message for message in path}
    summaries = list(Summary.objects.filter(up_to__in=by_end).exclude(text=""))
    copies = _copies(conversation, path)
    Message.objects.bulk_create(copies, batch_size=BATCH)
    if with_files:  # the copies by now
        Attachment.objects.share(with_files)
    for each in summaries:
        conversation.summaries.create(
            up_to=by_end[each.up_to_id], text=each.text, model_name=each.model_name
        )
    conversation.leaf = copies[-1]
    conversation.save(update_fields=["leaf"])


def _copies(conversation: Conversation, path: list[Message]) -> list[Message]:
    parent = None
    for message in path:
        message._state.adding = True
        message.pk, message.key, message.run = uuid4(), None, None
        message.conversation, message.parent = conversation, parent
        parent = message
    return path
