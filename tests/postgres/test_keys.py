"""Keys in PostgreSQL: key, effect and answer are one write (ADR 46)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg.transaction import Transaction

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.idempotency import PostgresAnswers
from booking.domain.idempotency import Answer, Asked
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.refusals import IdempotencyLimit, OutcomeUnknown, Refusal, Unavailable
from booking.domain.values import replace
from booking.domain.visits.booking import Outcome
from tests.builders import HOUR, Organization, any_schedule, organization
from tests.contract.test_agent_calendars import URL
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld, as_owner, serving_url

pytestmark = pytest.mark.anyio

Deed = Callable[[Caller], Awaitable[object]]


def told(status: int, what: object = "") -> Answer:
    return Answer(status=status, headers=(), body=str(what).encode())


def asked_by(caller: Caller, key: str = "1", body: bytes = b"") -> Asked:
    return Asked(
        organizations=caller.organizations,
        subject=caller.subject,
        route="POST /x",
        key=key,
        fingerprint=body.ljust(32, b"."),
        value_fingerprint=body.ljust(32, b"."),
        answer=lambda seen: told(201, seen),
    )


async def once(
    agency: Organization, caller: Caller, deed: Deed, key: str = "1", body: bytes = b"", asked: Asked | None = None
) -> Answer:
    """As the pipeline does it."""
    asked = asked or asked_by(caller, key, body)

    async def answer() -> Answer:
        try:
            given = told(201, await deed(replace(caller, asked=asked)))
        except Unavailable:
            return told(503)
        except Refusal as refusal:
            return told(409, refusal.code)
        return asked.outcome.kept or given

    return await agency.store.answers.once(asked, answer)


def booking(agency: Organization, slot_id: UUID) -> Deed:
    async def deed(caller: Caller) -> object:
        return (await agency.bookings.book(caller, slot_id)).booking.id

    return deed


async def kept(owner_url: str) -> tuple[int, int, int]:
    """Answers, live bookings, events of bookings."""
    (row,) = await as_owner(
        owner_url,
        "SELECT (SELECT count(*) FROM answers) AS answers,"
        " (SELECT count(*) FROM bookings WHERE status = 'confirmed') AS bookings,"
        " (SELECT count(*) FROM events WHERE type LIKE 'booking.%') AS events",
    )
    return row["answers"], row["bookings"], row["events"]


class Office:
    """An agency in which every deed can be done at once."""

    def __init__(self, agency: Organization) -> None:
        self.agency = agency

    async def deeds(self, world: PostgresWorld) -> Mapping[str, tuple[Caller, Deed]]:
        agency, start = self.agency, await world.store.now()
        agent, admin = await agency.agent(), await agency.admin()
        people = [await agency.applicant() for _ in range(12)]
        risky = [await agency.applicant(risk_level=RiskLevel.MEDIUM) for _ in range(2)]
        slots = [await agency.slot(agent, starts_in=(number + 2) * 3 * HOUR) for number in range(14)]
        property_id = uuid4()
        over = await agency.book(people[0], slots[0].id)
        attended = await agency.book(people[1], slots[1].id)
        await world.jump(10 * HOUR)
        await agency.bookings.record(agent, attended.id, Outcome.ATTENDED)
        await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.MEDIUM,)), expected=None)
        pending = [await agency.book(one, slots[4 + number].id) for number, one in enumerate(risky)]
        cancelled, moved = await agency.book(people[2], slots[6].id), await agency.book(people[3], slots[7].id)
        await agency.book(people[4], slots[9].id)
        held = await agency.holds.hold(people[5], slots[10].id)
        entry = await agency.waitlists.join(people[6], slots[9].id)
        elsewhere, wanted = await agency.slot(agent, starts_in=500 * HOUR), any_schedule()
        gone = await agency.slot(agent, starts_in=510 * HOUR)
        blocked = await agency.blocks.create(agent, agent.as_agent().id, start + 800 * HOUR, start + 801 * HOUR, None)
        plan = (await agency.schedules.preview(admin, wanted)).plan
        there = Destination(start_time=start + 520 * HOUR)
        await agency.withdrawals.withdraw(admin, gone.property_id)
        calendars, mine = agency.agent_calendars(), agent.as_agent().id
        await calendars.put(admin, admin.as_agent().id, URL)
        bookings = agency.bookings
        begins, ends = start + 900 * HOUR, start + 901 * HOUR
        return {
            "record": (agent, lambda by: bookings.record(by, over.id, Outcome.ATTENDED)),
            "feedback": (people[1], lambda by: bookings.give_feedback(by, attended.id, rating=5, comment="")),
            "notes": (people[3], lambda by: bookings.change_notes(by, moved.id, "I ring twice.")),
            "approve": (agent, lambda by: bookings.approve(by, pending[0].id)),
            "decline": (agent, lambda by: bookings.decline(by, pending[1].id)),
            "cancel": (people[2], lambda by: bookings.cancel(by, cancelled.id)),
            "reschedule": (people[3], lambda by: bookings.reschedule(by, moved.id, slots[8].id)),
            "book": (people[7], lambda by: bookings.book(by, slots[11].id)),
            "book for": (agent, lambda by: bookings.book(by, slots[12].id, applicant_id=people[8].applicants[0].id)),
            "hold": (people[9], lambda by: agency.holds.hold(by, slots[13].id)),
            "release": (people[5], lambda by: agency.holds.release(by, held.id)),
            "join": (people[10], lambda by: agency.waitlists.join(by, slots[9].id)),
            "leave": (people[6], lambda by: agency.waitlists.leave(by, entry.entry.id)),
            "offer": (agent, lambda by: agency.slots.offer(by, property_id, begins, ends)),
            "resize": (agent, lambda by: agency.slots.resize(by, slots[9].id, 3)),
            "cancel slot": (agent, lambda by: agency.slots.cancel(by, slots[3].id)),
            "move slot": (agent, lambda by: agency.slot_moves.move(by, elsewhere.id, there)),
            "withdraw": (admin, lambda by: agency.withdrawals.withdraw(by, elsewhere.property_id)),
            "restore": (admin, lambda by: agency.withdrawals.restore(by, gone.property_id)),
            "block": (agent, lambda by: agency.blocks.create(by, mine, begins + 9 * HOUR, ends + 9 * HOUR, None)),
            "unblock": (agent, lambda by: agency.blocks.remove(by, mine, blocked.id)),
            "calendar": (agent, lambda by: calendars.put(by, mine, URL)),
            "no calendar": (admin, lambda by: calendars.remove(by, admin.as_agent().id)),
            "schedule": (admin, lambda by: agency.schedules.create(by, wanted, plan.hash)),
            "policy": (admin, lambda by: agency.policies.put(by, Settings(hold_seconds=60), expected=None)),
        }


async def test_every_kind_of_write_keeps_its_answer_in_its_own_transaction(database: Database, owner_url: str) -> None:
    """What it does and what it tells are there together, or not at all; and the same key does nothing more."""
    agency = organization(postgres_store(database))
    world = PostgresWorld(agency.store, owner_url, database)
    written = (
        "SELECT (SELECT xmin::text FROM answers WHERE key = $1) AS answer,"
        " (SELECT array_agg(DISTINCT xmin::text) FROM events WHERE seq > $2) AS effects,"
        " (SELECT max(seq) FROM events) AS last"
    )
    for name, (caller, deed) in (await Office(agency).deeds(world)).items():
        (before,) = await as_owner(owner_url, "SELECT max(seq) AS last FROM events")
        asked = asked_by(caller, name)
        first = await once(agency, caller, deed, asked=asked)
        (after,) = await as_owner(owner_url, written, name, before["last"])
        assert (first.status, asked.outcome.kept) == (201, first), name
        assert after["effects"] == [after["answer"]], name
        again = await once(agency, caller, deed, name)
        (later,) = await as_owner(owner_url, written, name, before["last"])
        assert (again, later["last"]) == (first.again(), after["last"]), name


@pytest.mark.parametrize("capacity", [1, 3])
async def test_where_the_answer_cannot_be_kept_nothing_is_done(
    database: Database, owner_url: str, capacity: int
) -> None:
    agency = organization(postgres_store(database))
    applicant, slot = await agency.applicant(), await agency.slot(await agency.agent(), capacity=capacity)
    await as_owner(owner_url, "ALTER TABLE answers ADD CONSTRAINT cut CHECK (false) NOT VALID")
    with pytest.raises(Exception, match="refuses the statement idempotency"):
        await once(agency, applicant, booking(agency, slot.id))
    assert await kept(owner_url) == (0, 0, 0)
    await as_owner(owner_url, "ALTER TABLE answers DROP CONSTRAINT cut")
    assert (await once(agency, applicant, booking(agency, slot.id))).status == 201
    assert await kept(owner_url) == (1, 1, 1)


async def test_a_key_that_was_used_for_something_else_undoes_what_is_done_under_it(
    database: Database, owner_url: str
) -> None:
    """Nobody looks for a fresh key beforehand: its row refuses."""
    agency = organization(postgres_store(database))
    applicant, agent = await agency.applicant(), await agency.agent()
    slots = await agency.slots_of(agent, 2)
    assert (await once(agency, applicant, booking(agency, slots[0].id))).status == 201
    with pytest.raises(Refusal, match="key"):
        await once(agency, applicant, booking(agency, slots[1].id), body=b"other")
    assert await kept(owner_url) == (1, 1, 1)
    assert (await once(agency, applicant, booking(agency, slots[1].id), "2")).status == 201


async def test_of_two_processes_with_one_key_one_acts_and_the_other_tells_the_same(
    database: Database, owner_url: str
) -> None:
    elsewhere = Database(await serving_url(owner_url))
    try:
        here = organization(postgres_store(database))
        there = Organization(postgres_store(elsewhere), here.organization_id)
        agent, applicant = await here.agent(), await here.applicant()
        for number in range(8):
            slot = await here.slot(agent, capacity=2, starts_in=(number + 2) * 3 * HOUR)
            answers = await asyncio.gather(
                *(once(agency, applicant, booking(agency, slot.id), str(number)) for agency in (here, there))
            )
            assert {(one.status, one.body) for one in answers} == {(201, answers[0].body)}
            assert sorted(one.replayed for one in answers) == [False, True]
        assert await kept(owner_url) == (8, 8, 8)
    finally:
        await elsewhere.close()


async def test_one_used_key_in_a_batch_keeps_nobody_else_from_a_place(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    agent, people = await agency.agent(), [await agency.applicant() for _ in range(6)]
    slots = await agency.slots_of(agent, 7)
    await once(agency, people[0], booking(agency, slots[6].id))
    answers = await asyncio.gather(
        *(
            once(agency, person, booking(agency, slot.id), body=b"other" if person is people[0] else b"")
            for person, slot in zip(people, slots, strict=False)
        ),
        return_exceptions=True,
    )
    assert [getattr(one, "status", None) or getattr(one, "code", None) for one in answers] == [
        "idempotency_key_reused",
        *5 * [201],
    ]
    assert await kept(owner_url) == (6, 6, 6)


async def test_the_loser_of_a_race_is_told_why_and_its_refusal_is_kept(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    people, slot = [await agency.applicant() for _ in range(8)], await agency.slot(await agency.agent())
    answers = await asyncio.gather(*(once(agency, person, booking(agency, slot.id)) for person in people))
    assert sorted(answer.status for answer in answers) == [201] + 7 * [409]
    assert await kept(owner_url) == (8, 1, 1)


async def test_what_the_clock_ends_on_the_way_claims_no_key(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    world = PostgresWorld(agency.store, owner_url, database)
    agent, (holder, rival) = await agency.agent(), [await agency.applicant() for _ in range(2)]
    slot = await agency.slot(agent, starts_in=24 * HOUR)
    await agency.holds.hold(holder, slot.id)
    await world.jump(HOUR)
    given = await once(agency, rival, booking(agency, slot.id))
    assert (given.status, await kept(owner_url)) == (201, (1, 1, 1))


@pytest.mark.parametrize("deed", ["book", "hold"])
async def test_a_connection_lost_in_the_commit_is_in_doubt_and_the_same_key_clears_it(
    database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    agency = organization(postgres_store(database))
    applicant, slot = await agency.applicant(), await agency.slot(await agency.agent())
    whole = Transaction.commit

    async def committed_and_cut(transaction: Transaction) -> None:
        await whole(transaction)
        raise ConnectionResetError

    async def hold(caller: Caller) -> object:
        return (await agency.holds.hold(caller, slot.id)).id

    do = booking(agency, slot.id) if deed == "book" else hold
    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", committed_and_cut)
        with suppress(OutcomeUnknown):
            assert (await once(agency, applicant, do)).status == 503
    again = await once(agency, applicant, do)
    assert (again.status, again.replayed) == (201, True)
    assert len(await as_owner(owner_url, "SELECT FROM bookings")) == 1


async def test_two_processes_together_keep_no_more_answers_than_may_be(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    caller = await agency.agent()
    processes = [PostgresAnswers(database), PostgresAnswers(database)]

    async def answer() -> Answer:
        return told(201)

    for number in range(60):
        with suppress(IdempotencyLimit):
            await processes[number % 2].once(replace(asked_by(caller, str(number)), most=25), answer)
    assert (await kept(owner_url))[0] == 25


async def test_a_key_that_was_kept_for_long_enough_is_fresh(database: Database, owner_url: str) -> None:
    agency = organization(postgres_store(database))
    world: Any = PostgresWorld(agency.store, owner_url, database)
    applicant, agent = await agency.applicant(), await agency.agent()
    slots = [await agency.slot(agent, starts_in=hours * HOUR) for hours in (100, 103)]
    await once(agency, applicant, booking(agency, slots[0].id))
    await world.jump(timedelta(hours=25))
    later = await once(agency, applicant, booking(agency, slots[1].id), body=b"other")
    assert (later.status, later.replayed) == (201, False)
    assert await kept(owner_url) == (1, 2, 2)
