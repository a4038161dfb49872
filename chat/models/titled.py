"""What a conversation is called, and by whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.news import News
from chat.text import LONGEST_TITLE


class Titled(News):
    """The title: the first words of the question, until a person or a model gives another one."""

    class TitleSource(models.TextChoices):
        WORDS = "words", _("first words")
        PERSON = "person", _("person")
        MODEL = "model", _("model")

    title = models.CharField(max_length=LONGEST_TITLE)
    title_source = models.CharField(
        max_length=6, choices=TitleSource.choices, default=TitleSource.WORDS
    )

    class Meta:
        abstract = True

    def rename(self, title: str) -> None:
        """Gives it a title that no model will replace."""
        self.title, self.title_source = title, self.TitleSource.PERSON
        self.save(update_fields=["title", "title_source"])
        self.touched({"kind": "thread"})

    def take_title(self, title: str) -> bool:
        """Takes a model's title; False if a person gave it one, or it is deleted."""
        untitled = self.row().filter(title_source=self.TitleSource.WORDS, deleted_at=None)
        if not untitled.update(title=title, title_source=self.TitleSource.MODEL):
            return False
        self.touched({"kind": "thread"})
        return True
