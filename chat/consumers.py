"""The sockets of open pages: each brings a page up to date and then shows what changes."""

import json
from uuid import UUID

from accounts.database import in_database
from accounts.sockets import Socket
from chat.models import Conversation
from inference.wakeups import audience_group

LIST = json.dumps({"kind": "list"})


class ListSocket(Socket):
    """For pages without a conversation: changes of the list, which reach the person's group."""

    async def joined(self) -> None:
        await self.send(LIST)


class ConversationSocket(Socket):
    """For a page that shows a conversation: its running answer besides."""

    async def groups_to_join(self) -> list[str] | None:
        pk: UUID = self.scope["url_route"]["kwargs"]["pk"]
        return [audience_group(pk)] if await in_database(self._stamp, pk) else None

    async def joined(self) -> None:
        # Read only now: what changes from here on is heard. A page that was just loaded compares.
        pk: UUID = self.scope["url_route"]["kwargs"]["pk"]
        stamp = await in_database(self._stamp, pk)
        await self.send(json.dumps({"kind": "thread", "stamp": stamp}))

    def _stamp(self, pk: UUID) -> str | None:
        mine = Conversation.objects.visible_to(self.person).select_related("latest_run")
        conversation = mine.filter(pk=pk).first()
        return conversation.stamp if conversation else None
