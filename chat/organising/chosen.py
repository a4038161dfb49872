"""Changes of where conversations stand, of one or of many at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from chat import erasing
from chat.models import Conversation, Folder, Tag
from chat.models.lists import ConversationQuerySet
from chat.models.news import show_lists
from chat.models.tag import MOST_TAGS


class TooManyTags(Exception):
    """A conversation would have more than it may; says so, for people."""


class Chosen:
    """Conversations of one person that are changed together.

    What is not the person's, temporary or gone is left out. Each verb is one transaction, after
    which the person's open lists are fetched once, and returns how many it changed.
    """

    def __init__(self, person: Person, ids: Iterable[UUID]) -> None:
        self._person = person
        self._ids = list(ids)

    def pin(self) -> int:
        """Keeps them on top of the list; they are at hand again if they were archived."""
        return self._update(pinned_at=timezone.now(), archived_at=None)

    def unpin(self) -> int:
        return self._update(pinned_at=None)

    def archive(self) -> int:
        """Takes them off the list, where they come back once somebody goes on with them."""
        return self._update(archived_at=timezone.now())

    def bring_back(self) -> int:
        """Undoes archive()."""
        return self._update(archived_at=None)

    def move_to(self, folder: Folder | None) -> int:
        """Puts them into a folder of the person, or into none."""
        return self._update(folder=folder)

    def tag(self, names: Sequence[str]) -> int:
        """Adds tags to those they have. Raises TooManyTags, and then changes nothing."""
        with transaction.atomic():
            found = list(self._listed().values_list("pk", flat=True))
            tags = [Tag.objects.with_name(self._person, name) for name in names] if found else []
            self._refuse_too_many(tags)
            rows = [_Link(conversation_id=pk, tag_id=tag.pk) for pk in found for tag in tags]
            _Link.objects.bulk_create(rows, ignore_conflicts=True)
            self._tell()
        return len(found)

    def untag(self, names: Sequence[str]) -> int:
        """Takes tags off; a tag that no conversation has any more is gone."""
        folded = {name.casefold() for name in names}
        return self._untag(tag for tag in self._tags() if tag.name.casefold() in folded)

    def tag_only(self, names: Sequence[str]) -> int:
        """Makes these all the tags they have."""
        folded = {name.casefold() for name in names}
        with transaction.atomic():
            self._untag(tag for tag in self._tags() if tag.name.casefold() not in folded)
            return self.tag(names)

    def delete(self, now: datetime | None = None) -> int:
        """Hides them and stops their runs; `now` is what restore() knows them by together."""
        now = now or timezone.now()
        listed = list(self._listed())
        count = sum(each.hide(now, and_tell_lists=False) for each in listed)
        self._tell()
        return count

    def restore(self) -> int:
        """Undoes delete(), while it is time."""
        gone = Conversation.objects.deleted_by(self._person).filter(pk__in=self._ids)
        return sum(each.restore() for each in gone)

    def erase(self) -> int:
        """Erases those that are deleted without waiting."""
        gone = Conversation.objects.deleted_by(self._person).filter(pk__in=self._ids)
        count = sum(each.erase_now() for each in gone)
        erasing.submit_soon()
        return count

    def _listed(self) -> ConversationQuerySet:
        return Conversation.objects.listed_for(self._person).filter(pk__in=self._ids)

    def _refuse_too_many(self, tags: Sequence[Tag]) -> None:
        counted = self._listed().annotate(others=Count("tags", filter=~Q(tags__in=tags)))
        if counted.filter(others__gt=MOST_TAGS - len(tags)).exists():
            raise TooManyTags(_("A conversation has at most 20 tags."))

    def _tags(self) -> Iterable[Tag]:
        return Tag.objects.of(self._person)

    def _untag(self, tags: Iterable[Tag]) -> int:
        with transaction.atomic():
            found = list(self._listed().values_list("pk", flat=True))
            ids = [tag.pk for tag in tags]
            _Link.objects.filter(conversation__in=found, tag__in=ids).delete()
            Tag.objects.drop_unused(self._person)
            self._tell()
        return len(found)

    def _update(self, **changes: Any) -> int:
        with transaction.atomic():
            count = self._listed().update(**changes)
            self._tell()
        return count

    def _tell(self) -> None:
        show_lists(self._person.pk)
        for conversation in self._listed().only("pk"):
            conversation.tell_pages({"kind": "thread"})


_Link = Conversation.tags.through
