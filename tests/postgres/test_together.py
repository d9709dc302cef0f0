"""A joint transaction: what happens within it is kept as a whole, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from asyncpg.transaction import Transaction

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.statements import Prepared
from booking.adapters.postgres.idempotency import PostgresAnswers
from booking.domain.idempotency import Answer, Asked
from booking.domain.refusals import IdempotencyLimit, OutcomeUnknown, SlotTaken, Unavailable
from booking.domain.values import replace
from tests.builders import Organization, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

pytestmark = pytest.mark.anyio


SOON = """DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = %L', current_database(), '50ms');
END $$"""
"""Before the lock timeout, which is as short as PostgreSQL's own deadlock_timeout."""


def asked(agency: Organization, key: str = "1") -> Asked:
    organizations = [agency.organization_id]
    return Asked(
        organizations=organizations,
        subject="ada",
        route="POST /x",
        key=key,
        fingerprint=b"." * 32,
        value_fingerprint=b"v" * 32,
    )


def told(status: int) -> Answer:
    return Answer(status=status, headers=(), body=b"told")


async def kept(owner_url: str) -> tuple[int, int, int]:
    """Answers, live bookings, events of bookings."""
    (row,) = await as_owner(
        owner_url,
        "SELECT (SELECT count(*) FROM answers) AS answers,"
        " (SELECT count(*) FROM bookings WHERE status = 'confirmed') AS bookings,"
        " (SELECT count(*) FROM events WHERE type LIKE 'booking.%') AS events",
    )
    return row["answers"], row["bookings"], row["events"]


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_of_what_led_to_an_answer_that_is_not_kept_nothing_stays(
    database: Database, owner_url: str, status: int
) -> None:
    agency = organization(postgres_store(database))
    applicant, slot = await agency.applicant(), await agency.slot(await agency.agent())

    async def fails_late() -> Answer:
        await agency.book(applicant, slot.id)
        return told(status)

    assert await agency.store.answers.once(asked(agency), fails_late) == told(status)
    assert await kept(owner_url) == (0, 0, 0)


async def test_a_crash_in_between_leaves_neither_the_booking_nor_the_answer(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    applicant, slot = await agency.applicant(), await agency.slot(await agency.agent())
    booked = asyncio.Event()

    async def hangs() -> Answer:
        await agency.book(applicant, slot.id)
        booked.set()
        await asyncio.Event().wait()
        raise AssertionError

    request = asyncio.create_task(agency.store.answers.once(asked(agency), hangs))
    await booked.wait()
    assert await kept(owner_url) == (0, 0, 0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert await kept(owner_url) == (0, 0, 0)

    async def books() -> Answer:
        await agency.book(applicant, slot.id)
        return told(201)

    assert await agency.store.answers.once(asked(agency), books) == told(201)
    assert await kept(owner_url) == (1, 1, 1)


async def test_within_it_one_s_own_writes_are_seen_and_by_nobody_else(database: Database) -> None:
    agency = organization(postgres_store(database))
    applicant, rival = await agency.applicant(), await agency.applicant()
    slot = await agency.slot(await agency.agent())
    booked, go_on = asyncio.Event(), asyncio.Event()

    async def books() -> Answer:
        await agency.book(applicant, slot.id)
        booked.set()
        await go_on.wait()
        assert (await agency.see(applicant, slot.id)).status == "booked"
        return told(201)

    request = asyncio.create_task(agency.store.answers.once(asked(agency), books))
    await booked.wait()
    assert (await agency.see(rival, slot.id)).status == "available"
    go_on.set()
    await request
    assert (await agency.see(rival, slot.id)).status == "booked"


async def test_the_loser_of_a_race_is_told_why_and_its_refusal_is_kept(database: Database, owner_url: str) -> None:
    """The unique index refuses within the transaction, which goes on."""
    agency = organization(postgres_store(database))
    people, slot = [await agency.applicant() for _ in range(8)], await agency.slot(await agency.agent())
    barrier = asyncio.Barrier(len(people))

    async def rival(number: int) -> Answer:
        async def books() -> Answer:
            try:
                await agency.book(people[number], slot.id)
            except SlotTaken:
                return told(409)
            return told(201)

        await barrier.wait()
        return await agency.store.answers.once(asked(agency, str(number)), books)

    answers = await asyncio.gather(*(rival(number) for number in range(len(people))))
    assert sorted(answer.status for answer in answers) == [201] + 7 * [409]
    assert await kept(owner_url) == (8, 1, 1)


async def test_a_deadlock_within_it_is_done_again_as_a_whole(database: Database, owner_url: str) -> None:
    await as_owner(owner_url, SOON)
    agency = organization(postgres_store(database))
    agent, (ada, bob) = await agency.agent(), [await agency.applicant() for _ in range(2)]
    slots = await agency.slots_of(agent, 2)
    both_have_one = asyncio.Barrier(2)
    rounds = {"ada": 0, "bob": 0}

    def crossing(who: str, first: UUID, second: UUID) -> Callable[[], Awaitable[Answer]]:
        async def answer() -> Answer:
            caller = ada if who == "ada" else bob
            rounds[who] += 1
            try:
                await agency.book(caller, first)
                if rounds[who] == 1:
                    await both_have_one.wait()
                await agency.book(caller, second)
            except SlotTaken:
                return told(409)
            return told(201)

        return answer

    answers = await asyncio.gather(
        agency.store.answers.once(asked(agency, "ada"), crossing("ada", slots[0].id, slots[1].id)),
        agency.store.answers.once(asked(agency, "bob"), crossing("bob", slots[1].id, slots[0].id)),
    )
    assert sorted(rounds.values()) == [1, 2]
    assert {answer.status for answer in answers} <= {201, 409}
    assert (await kept(owner_url))[0] == 2
    assert not any((await agency.store.auditor.violations()).values())


async def test_a_connection_lost_within_it_is_done_again_on_another(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    applicant, slot = await agency.applicant(), await agency.slot(await agency.agent())
    rounds = 0

    async def books() -> Answer:
        nonlocal rounds
        rounds += 1
        await agency.book(applicant, slot.id)
        if rounds == 1:
            await as_owner(
                owner_url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state = 'idle in transaction'",
            )
        try:
            await agency.see(applicant, slot.id)
        except Unavailable:
            return told(503)
        return told(201)

    assert await agency.store.answers.once(asked(agency), books) == told(201)
    assert (rounds, await kept(owner_url)) == (2, (1, 1, 1))


async def test_a_connection_lost_in_the_commit_is_in_doubt_and_the_same_key_clears_it(
    database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = organization(postgres_store(database))
    applicant, slot = await agency.applicant(), await agency.slot(await agency.agent())
    rounds = 0

    async def books() -> Answer:
        nonlocal rounds
        rounds += 1
        await agency.book(applicant, slot.id)
        return told(201)

    whole = Transaction.commit

    async def committed_and_cut(transaction: Transaction) -> None:
        await whole(transaction)
        if rounds and not transaction._nested:  # type: ignore[attr-defined]
            raise ConnectionResetError

    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", committed_and_cut)
        with pytest.raises(OutcomeUnknown):
            await agency.store.answers.once(asked(agency), books)
    assert await agency.store.answers.once(asked(agency), books) == told(201).again()
    assert (rounds, await kept(owner_url)) == (1, (1, 1, 1))


async def test_answers_name_only_what_they_were_asked(database: Database) -> None:
    agency = organization(postgres_store(database))
    one = asked(agency, str(uuid4()))

    async def answer() -> Answer:
        return Answer(status=201, headers=(("location", "/x"), ("etag", '"1"')), body=b"\x00{}")

    first = await agency.store.answers.once(one, answer)
    assert await agency.store.answers.once(one, answer) == first.again()


async def test_what_is_no_part_of_it_is_not_done_within_it(database: Database) -> None:
    """Over a line of its own it would be committed, whatever becomes of the rest, and wait for locks of this."""
    done = []

    async def over_a_line() -> None:
        await database.write("SELECT 1")
        done.append(True)

    with pytest.raises(RuntimeError):
        await database.together(over_a_line)
    assert done == []
    await over_a_line()
    assert done == [True]


async def test_two_processes_together_keep_no_more_answers_than_may_be(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    processes = [PostgresAnswers(database), PostgresAnswers(database)]

    async def answer() -> Answer:
        return told(201)

    for number in range(60):
        with suppress(IdempotencyLimit):
            await processes[number % 2].once(replace(asked(agency, str(number)), most=25), answer)
    assert (await kept(owner_url))[0] == 25


async def test_what_comes_first_is_part_of_it_also_where_it_goes_straight_to_the_driver(database: Database) -> None:
    which = Prepared(sa.select(sa.cast(sa.func.pg_current_xact_id(), sa.Text).label("id")), ())

    async def twice() -> list[str]:
        return [(await database.fetch(which))[0].id for _ in range(2)]

    assert len({*await database.together(twice)}) == 1
