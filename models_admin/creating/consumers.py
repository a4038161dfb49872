"""The socket of the create page: it brings the answers to the person's own drafts."""

import json

from accounts.sockets import Socket
from inference.wakeups import audience_group

CATCH_UP = json.dumps({"kind": "thread"})


class TrialSocket(Socket):
    """Listens to the person's own trials; whoever may not try a draft gets NOT_FOUND."""

    async def groups_to_join(self) -> list[str] | None:
        person = self.person
        return [audience_group(person.pk)] if person.manages_models else None

    async def joined(self) -> None:
        await self.send(CATCH_UP)
