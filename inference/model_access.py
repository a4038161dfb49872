"""Who may use a model: everybody, or the members of some groups. It holds for a name everywhere."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import audit
from accounts.models import Group, Person
from inference import model_hints
from inference.models import Model, Server


@transaction.atomic
def restrict(person: Person | None, names: Iterable[str], groups: Collection[Group]) -> None:
    """From now on these models are for these groups only, or for everybody where there are none.

    It stays so when a model goes and comes again, on whichever server.
    """
    for name in sorted(set(names)):
        for model in Model.objects.filter(name=name):
            model.groups.set(groups)
        audit.record(
            "model_access_changed", person, name, groups=sorted(group.name for group in groups)
        )
    transaction.on_commit(model_hints.tell)


def reserve(server: Server, name: str) -> Model:
    """A row for a model that is to come, to be restricted before anybody could see it.

    The catalogue fills in the rest once the server has the model.
    """
    return Model.objects.create(server=server, name=name, present=False)


def expect(server: Server, source: str, made: str) -> None:
    """Reserves a model that is to be made of another for those who may use that one.

    What somebody chose for the new name already stays.
    """
    row = Model.objects.filter(server=server, name__iexact=source).first()
    if row is None or Model.objects.filter(server=server, name__iexact=made).exists():
        return
    if groups := list(row.groups.all()):
        reserve(server, made).groups.set(groups)


def inherit(models: Collection[Model]) -> None:
    """Gives rows of models that came unasked the groups of their name on other servers.

    A name that is new everywhere has those of the same files under another name: a copy of a
    restricted model is restricted.
    """
    # Where somebody else was quicker to make the row, ours is not there.
    new = {model.pk: model for model in Model.objects.filter(pk__in=[each.pk for each in models])}
    names = {model.name for model in new.values()}
    digests = {model.digest for model in new.values()} - {""}
    others = Model.objects.filter(Q(name__in=names) | Q(digest__in=digests)).exclude(pk__in=new)
    by_name: dict[str, set[UUID]] = {}
    by_digest: dict[str, set[UUID]] = {}
    for name, digest, group in others.values_list("name", "digest", "groups"):
        for known, key in ((by_name, name), (by_digest, digest)):
            known.setdefault(key, set()).update([group] if group else [])
    through = Model.groups.through
    through.objects.bulk_create(
        through(model_id=pk, group_id=group)
        for pk, model in new.items()
        for group in by_name.get(model.name, by_digest.get(model.digest, set()))
    )
