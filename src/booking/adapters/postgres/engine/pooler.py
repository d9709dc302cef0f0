"""A pooler between us and PostgreSQL: whether it tracks prepared statements, without which none can be relied on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import asyncpg

from booking.faults import Explained

Connection: TypeAlias = "asyncpg.Connection[Any]"

LOOKS = 10
ASTRAY = {"26000", "42P05"}  # no such prepared statement, or there is one already
PATIENCE = 1.0  # seconds until a session counts as waiting for the only one that the pooler has


class Untracked(Explained):
    """The pooler gives clients sessions of others without the statements that they have prepared."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL leads to a pooler in transaction mode that does not track prepared statements: set "
            "max_prepared_statements (PgBouncer 1.21 or later), or lead it to PostgreSQL itself"
        )


async def require_tracking(connect: Callable[[], Awaitable[Connection]]) -> None:
    """Untracked where a statement does not follow its client from one session to another (ADR 42).

    A pooler's version cannot be asked. So one client prepares a statement, another takes the session that it was
    prepared in and prepares another one by its name there, and the first executes its own in the next.
    """
    one = await connect()
    try:
        if await one.fetchval("SELECT pg_backend_pid()") == one.get_server_pid():
            return  # PostgreSQL itself
        other = await connect()
        try:
            for look in range(LOOKS):
                if await _followed(one, other, f"booking_probe_{look}"):
                    return
        finally:
            other.terminate()
    except asyncpg.PostgresError as error:
        if error.sqlstate in ASTRAY:
            raise Untracked from error
        raise
    finally:
        one.terminate()


async def _followed(one: Connection, other: Connection, name: str) -> bool:
    """Whether a session saw both; where none did, each has one of its own: a pooler in session mode, or a busy one."""
    mine = await one.prepare("SELECT 'one', pg_backend_pid()", name=name)
    first = await mine.fetchrow()  # until then it keeps the session in which it was prepared
    transaction = other.transaction()
    await transaction.start()
    theirs = await other.prepare("SELECT 'other', pg_backend_pid()", name=name)
    executing = asyncio.ensure_future(mine.fetchrow())
    await asyncio.wait({executing}, timeout=PATIENCE)  # for ever, where there is but one session
    second = await theirs.fetchrow()
    await transaction.rollback()
    third = await executing
    if not (first and second and third and (first[0], second[0], third[0]) == ("one", "other", "one")):
        raise Untracked
    return bool(first[1] == second[1] or first[1] != third[1])
