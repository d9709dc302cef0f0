"""Statements as the driver takes them: SQLAlchemy Core only composes and compiles."""

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.util import LRUCache

_dialect: Any = dialect()  # type: ignore[no-untyped-call]
_compiled: Any = LRUCache(256)
_PLACE = re.compile(r"\$(\d+)::")
_TABLE = re.compile(r"\b(?:(INSERT) INTO|(UPDATE)|(DELETE) FROM|(SELECT)\b.*?\bFROM) (\w+)", re.DOTALL)


def asked(of: str = "", /, **columns: sa.types.TypeEngine[Any]) -> sa.TableValuedAlias:
    """The questions of a batch as a table: for each column an input by its name, an array; and `number`, from 1.

    Where a statement has several, `of` comes before the names of the inputs.
    """
    inputs = [sa.bindparam(of + name, None, type_=ARRAY(kind)) for name, kind in columns.items()]
    named = [sa.column(name, kind) for name, kind in columns.items()]
    return sa.func.unnest(*inputs).table_valued(*named, with_ordinality="number").render_derived(name=f"asked{of}")


class Prepared:
    """A statement whose text is made once. `inputs` are given to it in that order.

    All else in it is constant and written out: only so does PostgreSQL find partial indexes in a plan that it keeps,
    where an input could be anything.
    """

    def __init__(self, statement: sa.Executable, inputs: Sequence[str]) -> None:
        self._statement = statement
        self._inputs = inputs

    @cached_property
    def sql(self) -> str:
        """Compiled when it is first asked for, and not in the start, of which all of them together were a tenth."""
        compiled: Any = self._statement.compile(dialect=_dialect, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
        places = {
            str(number): f"${self._inputs.index(name) + 1}" if name in self._inputs else _written(compiled.params[name])
            for number, name in enumerate(compiled.positiontup, 1)
        }
        return _PLACE.sub(lambda found: f"{places[found[1]]}::", str(compiled))


class Named(Protocol):
    """A statement whose text is there."""

    @property
    def sql(self) -> str: ...


Statement: TypeAlias = "str | Named | sa.Executable"


def driven(statement: Statement, inputs: Sequence[object]) -> tuple[str, Sequence[object]]:
    """Return a statement as the driver takes it: the text, and its inputs."""
    if isinstance(statement, str):
        return statement, inputs
    if isinstance(statement, sa.Executable):
        return _composed(statement)
    return statement.sql, inputs


def name_of(statement: Statement) -> str:
    """Return the name of a statement, or else its verb and its table, for traces; never a value."""
    if named := getattr(statement, "name", ""):
        return str(named)
    text, _ = driven(statement, ())
    found = _TABLE.search(text)
    return " ".join(filter(None, found.groups())) if found else text.partition(" ")[0]


def constants(*words: str) -> Sequence[sa.ColumnElement[str]]:
    """Words of ours for a composed statement, written out, so that PostgreSQL finds partial indexes that have them."""
    return [sa.literal_column(f"'{word}'", sa.Text) for word in words]


def _composed(statement: sa.Executable) -> tuple[str, Sequence[object]]:
    """Compiled once for all statements of the same shape: SQLAlchemy's own cache, which is its engine's otherwise."""
    of: Any = statement
    compiled, extracted, collected, _ = of._compile_w_cache(_dialect, compiled_cache=_compiled, column_keys=[])
    values = compiled.construct_params(extracted_parameters=extracted, escape_names=False, _collected_params=collected)
    expanded = compiled._process_parameters_for_postcompile(values)
    values |= expanded.additional_parameters
    return expanded.statement, [values[name] for name in expanded.positiontup or ()]


def _written(value: object) -> str:
    match value:
        case bool() | int():
            return str(value)
        case str():
            return "'" + value.replace("'", "''") + "'"
        case timedelta():
            return f"'{value.total_seconds()} seconds'"
    raise TypeError(f"a constant of a prepared statement cannot be {value!r}")
