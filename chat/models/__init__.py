"""Conversations and their messages."""

from chat.models.attachment import Attachment, AttachmentGone
from chat.models.conversation import AnswerRunning, Conversation, FollowedUp
from chat.models.defaults import Defaults
from chat.models.message import Message, refresh_html
from chat.models.rating import Rating
from chat.models.role import Role
from chat.models.search import SearchDue, SearchEntry

__all__ = [
    "AnswerRunning",
    "Attachment",
    "AttachmentGone",
    "Conversation",
    "Defaults",
    "FollowedUp",
    "Message",
    "Rating",
    "Role",
    "SearchDue",
    "SearchEntry",
    "refresh_html",
]
