"""The start: it waits for the database and says so; with too much power it does not begin."""

import asyncio

from structlog.testing import capture_logs

from booking.domain.refusals import Unavailable
from booking.entrypoints.jobs import Job, Workers
from booking.entrypoints.start import Start
from booking.faults import Explained


async def fine() -> None:
    pass


async def test_it_begins_once_the_database_answers_and_says_both() -> None:
    looks = 0

    async def comes_late() -> None:
        nonlocal looks
        looks += 1
        if looks < 3:
            raise Unavailable("the database is not migrated")

    with capture_logs() as lines:
        assert await Start(comes_late, fine)(asyncio.Event())
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("waiting for the database", "warning"),
        ("the database answers", "info"),
    ]
    assert lines[0]["reason"] == "the database is not migrated"


async def test_it_does_not_begin_where_it_is_stopped_first() -> None:
    stop, looked = asyncio.Event(), asyncio.Event()

    async def away() -> None:
        looked.set()
        raise Unavailable

    starting = asyncio.create_task(Start(away, fine)(stop))
    await looked.wait()
    stop.set()
    assert not await starting


async def test_what_it_must_not_run_with_ends_it_and_is_kept_to_be_told() -> None:
    given_up = asyncio.Event()

    async def unfit() -> None:
        raise Explained("the role owns the tables")

    start = Start(fine, unfit, give_up=given_up.set)
    assert not await start(asyncio.Event())
    assert (given_up.is_set(), str(start.fault)) == (True, "the role owns the tables")


async def test_no_loop_begins_before_the_start_is_over_nor_after_it_failed() -> None:
    stepped, answers = asyncio.Event(), asyncio.Event()

    async def start(_: asyncio.Event) -> bool:
        await answers.wait()
        return True

    async def step() -> int:
        stepped.set()
        return 0

    workers = Workers(start)
    workers.add(Job("loop", step, idle=0.01))
    async with workers:
        await asyncio.sleep(0)
        assert not stepped.is_set()
        answers.set()
        await stepped.wait()

    async def refused(_: asyncio.Event) -> bool:
        return False

    stepped.clear()
    workers = Workers(refused)
    workers.add(Job("loop", step, idle=0.01))
    async with workers:
        await asyncio.sleep(0)
    assert not stepped.is_set()
