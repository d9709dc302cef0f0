"""Sessions ended under a statement: what can be done again is done again, the rest is unavailable, nothing a fault."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import asyncpg
import pytest
import sqlalchemy as sa
from asyncpg.transaction import Transaction as Begun

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.statements import Prepared
from booking.domain.refusals import OutcomeUnknown, Unavailable
from tests.support.worlds import SERVING_ROLE

MANY = Prepared(sa.select(sa.func.generate_series(1, 300)), ())
ENDINGS = 30  # at the least
RIVALS = 4

Way = Callable[[Database], Awaitable[object]]


async def _read(database: Database) -> None:
    await database.fetch(sa.select(sa.func.generate_series(1, 300)))


async def _prepared(database: Database) -> None:
    await database.fetch(MANY)


async def _in_a_unit(database: Database) -> None:
    async def work(transaction: Transaction) -> None:
        for number in range(2):
            await transaction.fetch(sa.select(sa.func.generate_series(number, 300)))

    await database.unit(work)


async def _by_a_statement_alone(database: Database) -> None:
    await database.write(MANY)


WAYS = [_read, _prepared, _in_a_unit, _by_a_statement_alone]


@pytest.mark.parametrize("way", WAYS)
async def test_a_session_ended_mid_statement_is_replaced_or_told_as_unavailable(
    database: Database, owner_url: str, way: Way
) -> None:
    outcomes: Counter[str] = Counter()
    over = asyncio.Event()

    async def go_on() -> None:
        while not over.is_set():
            try:
                await way(database)
            except Unavailable as told:
                outcomes[type(told).__name__] += 1
            except Exception as fault:
                outcomes[f"fault: {fault!r}"] += 1
            else:
                outcomes["done"] += 1

    async def end() -> None:
        owner = await asyncpg.connect(owner_url)
        ended = 0
        while ended < ENDINGS:
            ended += await owner.fetchval(
                "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE usename = $1 AND datname = current_database() AND state = 'active'",
                SERVING_ROLE,
            )
        over.set()
        await owner.close()

    await asyncio.wait_for(asyncio.gather(end(), *(go_on() for _ in range(RIVALS))), 60)
    assert outcomes.keys() <= {"done", "Unavailable", "OutcomeUnknown"}, outcomes
    await way(database)


def told_by_the_driver() -> list[BaseException]:
    """Each word that there is for a session that has ended."""
    return [
        asyncpg.InternalClientError("got result for unknown protocol state 3"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.CrashShutdownError("x"),
        asyncpg.DatabaseDroppedError("x"),
        asyncpg.IdleSessionTimeoutError("x"),
        asyncpg.IdleInTransactionSessionTimeoutError("x"),
        asyncpg.InvalidSQLStatementNameError("a pooler lost it"),
        asyncpg.ProtocolViolationError("server conn crashed?"),
        ConnectionResetError(),
        asyncio.CancelledError(),
    ]


@pytest.mark.parametrize("error", told_by_the_driver(), ids=lambda error: type(error).__name__)
async def test_whatever_the_driver_calls_it_work_is_done_again_in_another_session(
    database: Database, error: BaseException
) -> None:
    tries = 0

    async def work(_: object) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise error
        return tries

    assert await database.unit(work) == 2


async def test_any_error_on_a_session_that_has_ended_is_its_end(database: Database) -> None:
    tries = 0

    async def work(transaction: Transaction) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            transaction.connection.terminate()
            raise TypeError("'NoneType' object is not iterable")
        return tries

    assert await database.unit(work) == 2


@pytest.mark.parametrize("error", told_by_the_driver(), ids=lambda error: type(error).__name__)
async def test_whatever_the_driver_calls_it_a_commit_in_doubt_is_not_repeated(
    database: Database, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    tries = 0

    async def broken(_: Begun) -> None:
        raise error

    async def work(_: object) -> None:
        nonlocal tries
        tries += 1
        monkeypatch.setattr(Begun, "commit", broken)

    with pytest.raises(OutcomeUnknown):
        await database.unit(work)
    assert tries == 1


async def test_a_caller_who_goes_away_is_not_taken_for_a_session_that_ended(database: Database) -> None:
    tries = 0
    begun = asyncio.Event()

    async def work(transaction: Transaction) -> None:
        nonlocal tries
        tries += 1
        begun.set()
        await transaction.fetch("SELECT pg_sleep(2)")

    asking = asyncio.create_task(database.unit(work))
    await begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert tries == 1
