"""What a model can be made from: the models that are there, and what is known of each."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from inference import descriptions
from inference.models import Description, Model, Server
from inference.ollama.memory import bytes_per_token
from inference.ollama.names import BadName, ModelName, parse

# Only these can be quantised, by Ollama's names for them.
WHOLE = frozenset(("F16", "BF16", "F32"))


class Sources:
    """The models on all servers in use; read once for a form."""

    def __init__(self) -> None:
        self.servers = list(Server.objects.filter(enabled=True))
        enabled = Model.objects.runnable().select_related("server").defer("system")
        self._rows: dict[str, dict[UUID, Model]] = {}
        for row in enabled.order_by("name"):
            self._rows.setdefault(row.name, {})[row.server_id] = row

    @property
    def names(self) -> list[str]:
        return sorted(self._rows, key=lambda name: name.removesuffix(":latest"))

    def called(self, text: str) -> str:
        """The name as it is shown of the model that `text` means; `text` if there is none."""
        if text in self._rows:
            return text
        meant = _parsed(text)
        return next((name for name in self._rows if meant and _parsed(name) == meant), text)

    def server(self, pk: str | None) -> Server | None:
        """The server with this id, if it is in use."""
        return next((server for server in self.servers if str(server.pk) == pk), None)

    def server_of(self, name: str) -> Server | None:
        """One that has the model, those that answer first; without one, any server."""
        there = self._rows.get(name, {})
        having = [server for server in self.servers if server.pk in there]
        by_health = sorted(having or self.servers, key=lambda server: server.error != "")
        return next(iter(by_health), None)

    def find(self, name: str, server: Server | None) -> "Source | None":
        """The model on this server, or else on any; None if nobody has it."""
        there = self._rows.get(name, {})
        row = there.get(server.pk) if server else None
        row = row or next(iter(there.values()), None)
        return Source(row) if row else None

    def is_on(self, name: str, server: Server) -> bool:
        return server.pk in self._rows.get(name, {})


def _parsed(text: str) -> ModelName | None:
    try:
        return parse(text)
    except BadName:
        return None


@dataclass(frozen=True)
class Source:
    """A model that another one is made from, or that is made anew."""

    row: Model

    @cached_property
    def shown(self) -> dict[str, Any]:
        """What /api/show said of it; asked for, and empty until then, where that is not known."""
        kept = (
            Description.objects.filter(digest=self.row.digest).first() if self.row.digest else None
        )
        if kept is None:
            descriptions.ask(self.row)
            return {}
        return kept.shown

    @property
    def can_be_quantised(self) -> bool:
        return self.row.quantization in WHOLE

    @property
    def bytes_per_token(self) -> int | None:
        info = self.shown.get("model_info")
        return bytes_per_token(info) if isinstance(info, dict) else None

    def text(self, name: str) -> str:
        """A text of /api/show, "" where there is none."""
        value = self.shown.get(name)
        return value if isinstance(value, str) else ""
