"""Conversations and their messages."""

from chat.models.attachment import Attachment, AttachmentGone
from chat.models.conversation import AnswerRunning, Conversation, FollowedUp
from chat.models.defaults import Defaults
from chat.models.folder import Folder, FolderRefused, RemovedFolder
from chat.models.imported import Imported
from chat.models.message import Message, refresh_html
from chat.models.rating import Rating
from chat.models.role import Role
from chat.models.saved_prompt import PromptRefused, SavedPrompt
from chat.models.search import SearchDue, SearchEntry
from chat.models.summary import Summary
from chat.models.tag import Tag

__all__ = [
    "AnswerRunning",
    "Attachment",
    "AttachmentGone",
    "Conversation",
    "Defaults",
    "Folder",
    "FolderRefused",
    "FollowedUp",
    "Imported",
    "Message",
    "PromptRefused",
    "Rating",
    "RemovedFolder",
    "Role",
    "SavedPrompt",
    "SearchDue",
    "SearchEntry",
    "Summary",
    "Tag",
    "refresh_html",
]
