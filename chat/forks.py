"""A fork: a new conversation that begins as a copy of another one, up to an answer."""

from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from chat.models import AnswerRunning, Attachment, Conversation, Message
from chat.models.lifespan import UNSEEN

# Rows that one INSERT brings.
BATCH = 200
LONGEST_TITLE = 200


def fork(answer: Message, person: Person, key: UUID) -> Conversation:
    """A new conversation of the person with copies of the path to `answer`, which it ends with.

    The copies keep their rendered HTML and have no runs: what was used is counted once. With the
    same key the first fork is returned. Raises AnswerRunning while the answer is being written.
    """
    if answer.run and answer.run.is_open:
        raise AnswerRunning
    try:
        with transaction.atomic():
            before = Conversation.objects.filter(owner=person, key=key).first()
            if before and before.deleted_at:  # a page that the browser kept: it is wanted anew
                before, key = None, uuid4()
            return before or _forked(answer, person, key)
    except IntegrityError:  # the same key won a race
        return Conversation.objects.get(owner=person, key=key)


def _forked(answer: Message, person: Person, key: UUID) -> Conversation:
    source = answer.conversation
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
    path = Message.objects.path_to(answer.pk)
    with_files = {message.pk: message for message in path if message.attachment_count}
    copies = _copies(conversation, path)
    Message.objects.bulk_create(copies, batch_size=BATCH)
    if with_files:  # the copies by now
        Attachment.objects.share(with_files)
    conversation.leaf = copies[-1]
    conversation.save(update_fields=["leaf"])
    conversation.show_in_lists()
    return conversation


def _copies(conversation: Conversation, path: list[Message]) -> list[Message]:
    parent = None
    for message in path:
        message._state.adding = True
        message.pk, message.key, message.run = uuid4(), None, None
        message.conversation, message.parent = conversation, parent
        parent = message
    return path
