"""What a reader thinks of an answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

REASON_LENGTH = 300  # characters


class Rating(models.TextChoices):
    UP = "up", _("Good answer")
    DOWN = "down", _("Bad answer")
