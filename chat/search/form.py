"""What somebody looks for, as the page and the dialog send it."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from chat.forms import CleanTextField
from chat.models import Conversation
from chat.models.folder import Folder
from chat.models.lists import ConversationQuerySet
from chat.models.tag import Tag
from chat.search.finding import MOST_CONVERSATIONS, Filters

# Conversations from which on a tag is looked for in each of the newest ones.
CROWDED = 3_000


class SearchForm(forms.Form):
    """What is looked for, and where."""

    q = CleanTextField(required=False)
    folder = forms.ModelChoiceField(Folder.objects.none(), required=False)
    tag = forms.ModelChoiceField(Tag.objects.none(), required=False)
    model = CleanTextField(required=False, max_length=350)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        """Only the person's own folders and tags can be named."""
        super().__init__(*args, **kwargs)
        self._person = person
        self.folders = Folder.objects.of(person).select_related("parent")
        self.tags = Tag.objects.of(person)
        for name, mine in (("folder", self.folders), ("tag", self.tags)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
            field.queryset = mine

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and since > until:
            self.add_error("until", _("This is before the first day."))
        return asked

    @property
    def filters(self) -> Filters:
        asked = self.cleaned_data
        return Filters(asked["model"], asked["since"], asked["until"], self._conversations())

    @property
    def is_filtered(self) -> bool:
        """Whether a filter is set, or tried to be."""
        return any(self.data.get(name) for name in ("folder", "tag", "model", "since", "until"))

    most_conversations = MOST_CONVERSATIONS

    @property
    def is_cut(self) -> bool:
        """Whether more conversations fit than a search can be narrowed to."""
        return len(self._fitting) > MOST_CONVERSATIONS

    def _conversations(self) -> list[UUID] | None:
        if not self.cleaned_data["folder"] and not self.cleaned_data["tag"]:
            return None
        return self._fitting[:MOST_CONVERSATIONS]

    @cached_property
    def _fitting(self) -> list[UUID]:
        """Those in the folder, or in one that stands in it, and with the tag: the newest first."""
        folder, tag = self.cleaned_data.get("folder"), self.cleaned_data.get("tag")
        if not folder and not tag:
            return []
        found = Conversation.objects.listed_for(self._person).newest_first()
        if folder:
            # By their ids: SQLite has an index for each, and none for the one or the other.
            inner = folder.children.values_list("pk", flat=True)
            found = found.filter(folder__in=[folder.pk, *inner])
        if tag:
            found = _tagged(found, tag)
        return list(found.values_list("pk", flat=True)[: MOST_CONVERSATIONS + 1])


def _tagged(found: ConversationQuerySet, tag: Tag) -> ConversationQuerySet:
    """Those with the tag. If many have it, the newest are looked at till there are enough."""
    tagged = Conversation.tags.through.objects.filter(tag=tag)
    if tagged[:CROWDED].count() < CROWDED:
        return found.filter(tags=tag)
    return found.filter(Exists(tagged.filter(conversation=OuterRef("pk"))))
