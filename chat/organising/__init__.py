"""Keeping conversations in order: pins, the archive, folders, tags, and many at once."""

from chat.organising.chosen import Chosen, TooManyTags

__all__ = ["Chosen", "TooManyTags"]
