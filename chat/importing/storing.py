"""Stores conversations of another program, each once."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Person
from chat.attachments import taking
from chat.importing.parsed import ParsedConversation, ParsedFile, ParsedMessage
from chat.models import (
    Attachment,
    Conversation,
    Folder,
    FolderRefused,
    Imported,
    Message,
    Role,
    Summary,
    Tag,
)
from inference.models import Model

# Rows that one INSERT brings.
BATCH = 200
Image = Callable[[str], bytes]  # gives an image of the archive by its path


def known(owner: UUID, found: ParsedConversation) -> bool:
    """Whether it is here: imported before and not erased, or begun here."""
    imported = Imported.objects.filter(owner=owner, source=found.source, external_id=found.id)
    return imported.exists() or _is_own(owner, found)


def store(owner: UUID, found: ParsedConversation, image: Image) -> Conversation | None:
    """A new conversation of the person; None if it is here already.

    A file that cannot be taken is left out, and its message says so.
    """
    if known(owner, found):
        return None
    person = Person.objects.get(pk=owner)
    attachments = _taken(person, found, image)
    try:
        with transaction.atomic():
            if known(owner, found):
                return None
            return _stored(person, found, attachments)
    except IntegrityError:  # another import of the same file won a race
        return None


def _is_own(owner: UUID, found: ParsedConversation) -> bool:
    try:
        pk = UUID(found.id)
    except ValueError:
        return False
    return Conversation.objects.filter(pk=pk, owner=owner).exists()


def _taken(person: Person, found: ParsedConversation, image: Image) -> dict[str, list[Attachment]]:
    taken: dict[str, list[Attachment]] = {}
    for message in found.messages:
        for file in message.files[: taking.MOST_FILES]:
            try:
                taken.setdefault(message.id, []).append(_take(person, file, image))
            except ValidationError as error:
                note = f"*{file.name}: {' '.join(error.messages)}*"
                message.text = f"{message.text}\n\n{note}".strip()
    return taken


def _take(person: Person, file: ParsedFile, image: Image) -> Attachment:
    content = file.text.encode() if file.text is not None else file.content or image(file.path)
    upload = InMemoryUploadedFile(BytesIO(content), None, file.name, None, len(content), None)
    return taking.take(person, upload, waits=False)


def _stored(
    person: Person, found: ParsedConversation, attachments: dict[str, list[Attachment]]
) -> Conversation:
    now = timezone.now()
    conversation = Conversation.objects.create(
        owner=person,
        title=found.title,
        title_source=Conversation.TitleSource.PERSON,
        model_name=_model(found),
        settings=found.settings if found.source == "webchat" else {},
        created_at=found.created_at or now,
        updated_at=found.updated_at or found.created_at or now,
        folder=_folder(person, found.folder),
        pinned_at=now if found.is_pinned else None,
        archived_at=now if found.is_archived else None,
    )
    conversation.tags.set({Tag.objects.with_name(person, name) for name in found.tags})
    Imported.objects.create(
        owner=person, source=found.source, external_id=found.id, conversation=conversation
    )
    rows: dict[str, Message] = {}
    for message in found.messages:
        rows[message.id] = _row(person, conversation, message, rows)
        rows[message.id].attachment_count = len(attachments.get(message.id, ()))
    Message.objects.bulk_create(rows.values(), batch_size=BATCH)
    for key, files in attachments.items():
        Attachment.objects.attach(rows[key], files)
    Summary.objects.bulk_create(
        Summary(
            conversation=conversation,
            up_to=rows[message.id],
            text=message.summary,
            model_name=message.summary_model or conversation.model_name,
        )
        for message in found.messages
        if message.summary
    )
    conversation.leaf = rows[found.shown] if found.shown else None
    conversation.save(update_fields=["leaf"])
    return conversation


def _folder(person: Person, names: list[str]) -> Folder | None:
    """The innermost that can be had: made where it is missing, while there may be more."""
    folder = None
    for name in names:
        try:
            folder = Folder.objects.with_name(person, name, folder)
        except FolderRefused:
            break
    return folder


def _row(
    person: Person,
    conversation: Conversation,
    message: ParsedMessage,
    rows: dict[str, Message],
) -> Message:
    row = Message(
        id=uuid4(),
        conversation=conversation,
        parent=rows[message.parent] if message.parent else None,
        role=message.role,
        text=message.text,
        thinking=message.thinking,
        thought_seconds=message.thought_seconds,
        is_json=message.is_json and message.role == Role.ASSISTANT,
        model_name=message.model,
        tool_calls=message.tool_calls,
        rating=message.rating,
        rating_reason=message.rating_reason,
        created_at=message.created_at or conversation.created_at,
    )
    if row.is_answer:
        row.model_name = row.model_name or conversation.model_name
    else:
        row.author = person
    return row


def _model(found: ParsedConversation) -> str:
    """The model that it was had with; one that is not here is chosen anew on the page."""
    return found.model or Model.objects.values_list("name", flat=True).first() or "?"
