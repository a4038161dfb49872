"""People, their groups and keys, and what the entrance keeps."""

from accounts.models.audit import AuditEntry
from accounts.models.entrance import FirstAdministrator, SetUpLink, SignInAttempts
from accounts.models.group import Group
from accounts.models.key import Key
from accounts.models.person import Person

__all__ = [
    "AuditEntry",
    "FirstAdministrator",
    "Group",
    "Key",
    "Person",
    "SetUpLink",
    "SignInAttempts",
]
