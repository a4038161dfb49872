"""The files of an earlier request in place of a source: its server may still have them."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from models_admin.models import CreateRequest

# What stands before the request's id where a model's name would stand; no name begins so.
PREFIX = "files://"


@dataclass(frozen=True)
class Files:
    """Those that a model was made of once, by name and digest."""

    request: CreateRequest

    @property
    def value(self) -> str:
        """In place of a model's name."""
        return f"{PREFIX}{self.request.pk}"

    @property
    def names(self) -> str:
        return ", ".join(self.request.files)

    @property
    def words(self) -> str:
        values = {"names": self.names, "server": self.request.server.name}
        return _("%(names)s, if %(server)s still has it") % values

    @property
    def model(self) -> dict[str, str]:
        """The digests of what the model consists of, by name."""
        return dict(self.request.request.get("files", {}))

    @property
    def adapters(self) -> dict[str, str]:
        """The digests of its adapters, by name."""
        return dict(self.request.request.get("adapters", {}))


def find(value: str) -> Files | None:
    """The files that `value` stands for; None if it stands for none."""
    if not value.startswith(PREFIX):
        return None
    try:
        pk = UUID(value.removeprefix(PREFIX))
    except ValueError:
        return None
    there = CreateRequest.objects.filter(pk=pk, server__enabled=True).select_related("server")
    request = there.first()
    return Files(request) if request and request.files else None
