"""The sockets of open pages: each brings a page up to date and then shows what changes."""

import json
from uuid import UUID

from accounts.database import in_database
from accounts.sockets import Socket
from chat.models import Conversation
from inference.wakeups import audience_group

CATCH_UP = json.dumps({"kind": "thread"})
LIST = json.dumps({"kind": "list"})


class ListSocket(Socket):
    """For pages without a conversation: changes of the list, which reach the person's group."""

    async def joined(self) -> None:
        await self.send(LIST)


class ConversationSocket(Socket):
    """For a page that shows a conversation: its running answer besides."""

    async def groups_to_join(self) -> list[str] | None:
        pk: UUID = self.scope["url_route"]["kwargs"]["pk"]
        return [audience_group(pk)] if await in_database(self._is_visible, pk) else None

    async def joined(self) -> None:
        await self.send(CATCH_UP)

    def _is_visible(self, pk: UUID) -> bool:
        return Conversation.objects.visible_to(self.person).filter(pk=pk).exists()
