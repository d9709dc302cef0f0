"""Statements straight through the driver: over lines that are kept, and given up when they fall silent."""

import asyncio

import asyncpg
import pytest
import sqlalchemy as sa

from booking.adapters.postgres.engine import errors
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import MOST
from booking.adapters.postgres.engine.statements import Prepared, asked
from booking.adapters.postgres.tables.visits import slots
from booking.domain.refusals import Unavailable
from tests.support.worlds import as_owner

WHO = Prepared(sa.select(sa.func.pg_backend_pid().label("pid")), ())


def raising(state: str) -> Prepared:
    statement = Prepared(sa.select(sa.literal(1)), ())
    statement.sql = f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"
    return statement


async def backend(database: Database, statement: Prepared = WHO) -> int:
    (row,) = await database.fetch(statement)
    return int(row.pid)


async def test_a_line_is_kept_also_when_a_statement_failed(database: Database) -> None:
    first = await backend(database)
    with pytest.raises(Unavailable):
        await database.fetch(raising("55P03"))
    assert await backend(database) == first
    assert len({*await asyncio.gather(*(backend(database) for _ in range(50)))}) == MOST


async def test_a_line_does_what_it_did_last(database: Database) -> None:
    others = [Prepared(sa.select(sa.func.pg_backend_pid().label("pid"), sa.literal(number)), ()) for number in range(3)]
    first, *pids = await asyncio.gather(*(backend(database, statement) for statement in (WHO, *others)))
    for _ in range(2):
        for statement, pid in zip(reversed(others), reversed(pids), strict=True):
            assert (await backend(database, statement), await backend(database)) == (pid, first)


async def test_what_no_line_did_last_is_done_by_the_one_that_was_used_last(database: Database) -> None:
    """One caller alone has all plans on one line, whichever else were opened in a rush."""
    new = [Prepared(sa.select(sa.func.pg_backend_pid().label("pid"), sa.literal(n)), ()) for n in range(3)]
    await asyncio.gather(*(backend(database) for _ in range(MOST)))
    last = await backend(database)
    assert [await backend(database, statement) for statement in new] == [last, last, last]


@pytest.mark.parametrize("way", ["idle", "busy"])
async def test_a_line_that_was_ended_is_replaced_and_nobody_hears_of_it(
    database: Database, owner_url: str, way: str
) -> None:
    first = await backend(database)
    sleeping = Prepared(sa.select(sa.func.pg_sleep(1), sa.func.pg_backend_pid().label("pid")), ())
    asking = asyncio.create_task(database.fetch(sleeping)) if way == "busy" else None
    await asyncio.sleep(0)
    while asking and not await as_owner(owner_url, "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
        pass
    await as_owner(owner_url, "SELECT pg_terminate_backend($1, 5000)", first)
    if asking is not None:
        (row,) = await asking
        assert row.pid != first
    assert await backend(database) != first


async def test_a_statement_that_is_ended_every_time_is_given_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "PAUSE", 0.0)
    with pytest.raises(Unavailable):
        await database.fetch(Prepared(sa.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid())), ()))


async def test_a_silent_line_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking.adapters.postgres.engine.database.ANSWER", 0.1)
    with pytest.raises(Unavailable):
        await database.fetch(Prepared(sa.select(sa.func.pg_sleep(2)), ()))
    assert await backend(database)


async def test_settings_are_made_only_in_a_session_that_is_ours_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pooler gives us another id than PostgreSQL has for the session."""
    mode = "SELECT current_setting('plan_cache_mode'), current_setting('enable_seqscan')"

    async def look() -> tuple[object, ...]:
        (row,) = await database.fetch(mode)
        return tuple(row)

    assert await look() == ("force_generic_plan", "off")
    monkeypatch.setattr(asyncpg.Connection, "get_server_pid", lambda _: 1)
    assert {*await asyncio.gather(*(look() for _ in range(MOST)))} == {
        ("force_generic_plan", "off"),  # the one from before
        ("auto", "on"),
    }


def test_what_is_constant_is_written_out_and_what_is_asked_is_not() -> None:
    questions = asked(id=sa.Uuid())
    statement = Prepared(
        sa.select(slots.c.id).where(slots.c.id == questions.c.id, slots.c.status.in_(("available", "it's"))), ("id",)
    )
    assert " ".join(statement.sql.split()) == (
        "SELECT slots.id FROM slots, unnest($1::UUID[]) WITH ORDINALITY AS asked(id, number)"
        " WHERE slots.id = asked.id AND slots.status IN ('available'::VARCHAR, 'it''s'::VARCHAR)"
    )


def test_a_constant_that_nobody_can_write_out_is_a_fault() -> None:
    with pytest.raises(TypeError):
        _ = Prepared(sa.select(sa.literal(b"x")), ()).sql
