"""Statements that Django composes once, for the few places where people wait for each of them.

To compose a statement and to prepare the reading of a wide row takes Django 0.2 to 0.5 ms each
time, of which SQLite needs 0.02 to run it. Here a queryset is composed at its first use, with
parameters in the place of values, and is kept. It is written as everywhere else, so that what may
be seen is still said by the querysets' own methods.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import Expression, Field, QuerySet
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql import UpdateQuery

M = TypeVar("M", bound=models.Model)
AnyField: TypeAlias = "Field[Any, Any]"


class Parameter(Expression):
    """Stands in a queryset for a value that comes with each call."""

    def __init__(self, name: str, field: AnyField) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]

    def fill(self, values: dict[str, Any], connection: Any) -> Any:
        """Its value among `values`, as the connection's database takes it."""
        return self.output_field.get_db_prep_save(values[self.name], connection)


class _Statement:
    """SQL for one connection, with parameters and constants in the place of its values."""

    def __init__(self, sql: str, parameters: Iterable[Any]) -> None:
        # Not Django's proxy, which looks for the thread's connection whenever it is touched.
        self.connection: Any = connections[DEFAULT_DB_ALIAS]
        self._sql = sql
        self._parameters = list(parameters)

    def run(self, cursor: Any, values: dict[str, Any]) -> None:
        filled = [
            each.fill(values, self.connection) if isinstance(each, Parameter) else each
            for each in self._parameters
        ]
        cursor.execute(self._sql, filled)


class _Rows(_Statement):
    """A statement whose rows are values, as Python has them."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        super().__init__(*compiler.as_sql())
        self._compiler: Any = compiler
        columns = [each[0] for each in self._compiler.select]
        self._converters = list(compiler.get_converters(columns).items())

    def row(self, found: Sequence[Any]) -> Sequence[Any]:
        row = list(found)
        for place, (converters, expression) in self._converters:
            for converter in converters:
                row[place] = converter(row[place], expression, self.connection)
        return row

    def each(self, values: dict[str, Any]) -> Iterator[Sequence[Any]]:
        with self.connection.cursor() as cursor:
            self.run(cursor, values)
            return map(self.row, cursor.fetchall())


class _Instances(_Rows, Generic[M]):
    """A statement whose rows are instances, with those that `select_related` adds."""

    def __init__(self, queryset: QuerySet[M]) -> None:
        super().__init__(queryset)
        select, found = self._compiler.select, self._compiler.klass_info
        self._database = connection.alias
        self._model: type[M] = found["model"]
        self._begin, self._end = found["select_fields"][0], found["select_fields"][-1] + 1
        self._names = [each[0].target.attname for each in select[self._begin : self._end]]
        self._related = get_related_populators(found, select, connection.alias)

    def instance(self, row: Sequence[Any]) -> M:
        made = self._model.from_db(self._database, self._names, row[self._begin : self._end])
        for related in self._related:
            related.populate(row, made)
        return made


class Prepared(Generic[M]):
    """A query for instances: `Prepared(lambda pk: Run.objects.open().filter(pk=pk), pk=UUID)`.

    `compose` is called with parameters instead of values, once for each connection and each value
    of `under`: it must not depend on anything else that changes, such as a setting. `fields` say of
    what type each parameter is.
    """

    def __init__(
        self,
        compose: Callable[..., QuerySet[M]],
        *,
        under: Callable[[], Hashable] | None = None,
        **fields: AnyField,
    ) -> None:
        self._compose = compose
        self._under = under
        self._fields = fields

    def each(self, **values: Any) -> list[M]:
        """The instances, as the queryset orders them."""
        reading = _kept(
            (self, self._under and self._under()),
            lambda: _Instances(self._compose(**_parameters(self._fields))),
        )
        return [reading.instance(row) for row in reading.each(values)]

    def first(self, **values: Any) -> M | None:
        """The first of them; for queries that find one or none."""
        return next(iter(self.each(**values)), None)


class PreparedRows:
    """The same for `values_list`: rows of values."""

    def __init__(
        self,
        compose: Callable[..., QuerySet[Any, Any]],
        *,
        under: Callable[[], Hashable] | None = None,
        **fields: AnyField,
    ) -> None:
        self._compose = compose
        self._under = under
        self._fields = fields

    def each(self, **values: Any) -> list[Sequence[Any]]:
        """The rows, as the queryset orders them."""
        reading = _kept(
            (self, self._under and self._under()),
            lambda: _Rows(self._compose(**_parameters(self._fields))),
        )
        return list(reading.each(values))


class PreparedUpdate:
    """An UPDATE: of what `compose` gives, as Prepared has it, it sets the fields `sets`.

    They are columns' names: `owner_id` for a foreign key `owner`. `always` are values, or
    expressions, that are the same each time.
    """

    def __init__(
        self,
        compose: Callable[..., QuerySet[Any]],
        sets: Sequence[str],
        *,
        always: dict[str, Any] | None = None,
        **fields: AnyField,
    ) -> None:
        self._compose = compose
        self._sets = sets
        self._always = always or {}
        self._fields = fields

    def run(self, **values: Any) -> int:
        """How many rows it changed."""
        statement = _kept(self, self._statement)
        with statement.connection.cursor() as cursor:
            statement.run(cursor, values)
            count: int = cursor.rowcount
            return count

    def save(self, instance: models.Model, **values: Any) -> int:
        """The same, with what the instance holds for the fields to set."""
        return self.run(**values, **{name: getattr(instance, name) for name in self._sets})

    def _statement(self) -> _Statement:
        queryset = self._compose(**_parameters(self._fields))
        meta = queryset.model._meta
        query: Any = queryset.query.chain(UpdateQuery)
        new = {name: Parameter(name, meta.get_field(name)) for name in self._sets}
        query.add_update_values({**self._always, **new})
        return _Statement(*query.get_compiler(connection=connection).as_sql())


def insert(*instances: models.Model, unless_there: bool = False) -> int:
    """Inserts rows of one model in one statement, as bulk_create does; keys are made before.

    Raises IntegrityError where a unique constraint is against it; `unless_there` leaves such rows
    out instead. Returns how many it inserted.
    """
    connection = connections[DEFAULT_DB_ALIAS]  # itself: each field asks it
    meta = instances[0]._meta
    fields = meta.concrete_fields
    statement = _kept((insert, meta.model), lambda: _insertion(meta.db_table, fields))
    row = f"({', '.join(['%s'] * len(fields))})"
    parameters = [
        field.get_db_prep_save(field.pre_save(instance, True), connection)
        for instance in instances
        for field in fields
    ]
    with connection.cursor() as cursor:
        end = "ON CONFLICT DO NOTHING" if unless_there else ""
        cursor.execute(f"{statement} {', '.join([row] * len(instances))} {end}", parameters)
        count: int = cursor.rowcount
    for instance in instances:
        instance._state.adding = False
        instance._state.db = connection.alias
    return count


def _insertion(table: str, fields: Sequence[AnyField]) -> str:
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    return f"INSERT INTO {quote(table)} ({names}) VALUES"


def _parameters(fields: dict[str, AnyField]) -> dict[str, Parameter]:
    return {name: Parameter(name, field) for name, field in fields.items()}


T = TypeVar("T")


def _kept(key: Any, make: Callable[[], T]) -> T:
    """What was made for this connection, which is this thread's: converters belong to one."""
    kept: dict[Any, T] = vars(connections[DEFAULT_DB_ALIAS]).setdefault("webchat_prepared", {})
    found = kept.get(key)
    if found is None:
        found = kept[key] = make()
    return found
