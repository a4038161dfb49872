"""Conversations and their messages."""

from chat.models.conversation import AnswerRunning, Conversation
from chat.models.message import Message, refresh_html
from chat.models.role import Role

__all__ = ["AnswerRunning", "Conversation", "Message", "Role", "refresh_html"]
