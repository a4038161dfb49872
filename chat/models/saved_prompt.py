"""A prompt that a person saved: a name, and text with {{variables}} to be filled in."""

import re
import unicodedata
import uuid
from collections.abc import Mapping

from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person

LONGEST_NAME = 60
LONGEST_TEXT = 20_000
# A person's prompts are listed, and looked through, as a whole.
MOST = 500

_VARIABLE = re.compile(r"\{\{[ \t]*([^{}\s](?:[^{}\n]{0,58}[^{}\s])?)[ \t]*\}\}")


class PromptRefused(Exception):
    """It cannot be saved like that; says why in words."""


class SavedPromptQuerySet(models.QuerySet["SavedPrompt"]):
    def of(self, person: Person) -> "SavedPromptQuerySet":
        """The person's own, by name: nobody else sees them."""
        return self.filter(owner=person).order_by("name_key")

    def make(self, person: Person, name: str, text: str) -> "SavedPrompt":
        """Saves a new one. Raises PromptRefused."""
        if self.of(person).count() >= MOST:
            raise PromptRefused(
                _("You have %(most)s prompts, which is the most. Delete some first.")
                % {"most": MOST}
            )
        prompt = SavedPrompt(owner=person)
        prompt.change(name, text)
        return prompt


class SavedPrompt(models.Model):
    """One of a person's prompts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_prompts")
    name = models.CharField(max_length=LONGEST_NAME)
    # The name as it is compared. Folding may lengthen it.
    name_key = models.CharField(max_length=20 * LONGEST_NAME, editable=False)
    text = models.TextField()

    objects = SavedPromptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name_key"], name="saved_prompt_once")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("chat:prompt", args=[self.pk])

    @property
    def variables(self) -> list[str]:
        """The names between {{ and }}, each once, in their order."""
        return list(dict.fromkeys(_VARIABLE.findall(self.text)))

    def size_filled(self, values: Mapping[str, str]) -> int:
        """How many bytes `filled` has: to be asked before, as a value may stand in many places."""
        sizes = {name: len(value.encode()) for name, value in values.items()}
        found = [each for each in _VARIABLE.finditer(self.text) if each[1] in sizes]
        more = sum(sizes[each[1]] - len(each[0].encode()) for each in found)
        return len(self.text.encode()) + more

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with a value for each variable; what has none stays as it stands."""
        return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), self.text)

    def change(self, name: str, text: str) -> None:
        """Gives it this name and text and saves it. Raises PromptRefused if the name is taken."""
        self.name, self.name_key, self.text = name, key_of(name), text
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            raise PromptRefused(
                _("You have a prompt with the name %(name)s already.") % {"name": name}
            ) from None


def key_of(name: str) -> str:
    """What is the same for names that differ only in case or in how their letters are coded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
