"""Readers of the feed of each role, starting anywhere, while many writers commit in any order."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from booking.adapters.feed_tokens import FeedTokens
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.domain.delivery.feed import Told, at_the_end
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from booking.domain.refusals import Unavailable
from booking.entrypoints.jobs import keep
from tests.builders import Organization, claims, organization, screening
from tests.chaos.figures import Figures
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

WRITERS = 64
MOST_AT_ONCE = 200  # events of a transaction
PLACED_AT_ONCE = 5_000
LIMITS = (1, 7, 100, 1_000)  # of a page

WRITE = """
INSERT INTO events (organization_id, id, type, actor_role, to_state, slot_id, booking_id, applicant_id, agent_id,
                    property_id, start_time, end_time, from_slot_id, from_property_id, from_agent_id, from_start_time,
                    from_end_time)
SELECT $1, gen_random_uuid(), CASE WHEN moved THEN 'booking.rescheduled' ELSE 'booking.confirmed' END, 'system',
       'confirmed', gen_random_uuid(), gen_random_uuid(), ($2::uuid[])[1 + floor(random() * 3)],
       ($3::uuid[])[1 + floor(random() * 3)], gen_random_uuid(), now(), now() + interval '1 hour',
       CASE WHEN moved THEN gen_random_uuid() END, CASE WHEN moved THEN gen_random_uuid() END,
       CASE WHEN moved THEN ($3::uuid[])[1 + floor(random() * 3)] END, CASE WHEN moved THEN now() END,
       CASE WHEN moved THEN now() + interval '1 hour' END
FROM generate_series(1, $4::integer), LATERAL (SELECT random() < 0.2 AS moved) of_chance
"""
EXPECTED = """
SELECT id FROM events WHERE organization_id = $1 AND organization_position > $2
  AND ($3 OR agent_id = $4 OR from_agent_id = $4 OR applicant_id = $5)
ORDER BY organization_position
"""


@dataclass
class Reader:
    """`after`: where it began, in each organization."""

    caller: Caller
    agency: Organization
    after: dict[UUID, int]
    position: str | None
    heard: list[tuple[UUID, UUID]] = field(default_factory=list)


class Placed:
    """Events that have their positions."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = asyncio.Event()

    def add(self, count: int) -> None:
        self._count += count
        self._changed.set()

    async def until(self, events: int) -> None:
        while self._count < events:
            self._changed.clear()
            await self._changed.wait()


def heard(rounds: int, _folder: Path, server: Server) -> Figures:
    """A round is an event."""
    figures = Figures(fault="events by 64 writers at once, heard by readers of each role from anywhere", rounds=rounds)
    asyncio.run(_all(figures, server))
    return figures


async def _all(figures: Figures, server: Server) -> None:
    async with server.fresh("template0") as owner_url:
        url = await serving_url(owner_url)
        await migrate(owner_url, url)
        database = Database(url)
        here = organization(postgres_store(database))
        there = Organization(here.store, uuid4())
        people = await _people(here, there)
        written = asyncio.create_task(_written(owner_url, (here, there), figures.rounds))
        readers = [Reader(one, here, {}, None) for one in people]
        done, placed = asyncio.Event(), Placed()
        async with asyncio.TaskGroup() as group:
            group.create_task(_place(here, written, placed, done))
            group.create_task(keep("watching", partial(_look, here), done, idle=0.05, busy=0.05))
            for reader in readers:
                group.create_task(_read(reader, done))
            for number, one in enumerate(people, 1):  # others come when some of it has happened
                await placed.until(figures.rounds * number // (2 * len(people)))
                later = await _from_the_end(one, here)
                readers.append(later)
                group.create_task(_read(later, done))
        figures.acknowledged = sum(len(reader.heard) for reader in readers)
        for reader in readers:
            await _judge(figures, reader, owner_url)
        await database.close()


async def _people(here: Organization, there: Organization) -> Sequence[Caller]:
    """An admin, an agent, an applicant of both organizations, somebody who is both, and a stranger."""
    email = f"{uuid4()}@example.com"
    for agency in (here, there):
        await agency.screen(screening(agency.organization_id, email=email))
    person = await here.identity.identify(claims(email=email), None)
    await there.screen(screening(there.organization_id, email=(also := f"{uuid4()}@example.com")))
    both = claims(email=also, organization_id=here.organization_id, role=AgentRole.MEMBER)
    stranger = await organization(here.store).admin()
    return [
        await here.admin(),
        await there.agent(),
        person,
        await here.identity.identify(both, None),
        stranger,
    ]


async def _written(owner_url: str, agencies: Sequence[Organization], events: int) -> None:
    left = events
    known = {}
    for agency in agencies:
        of = agency.organization_id
        people = await as_owner(owner_url, "SELECT id FROM applicants WHERE organization_id = $1", of)
        agents = await as_owner(owner_url, "SELECT id FROM agents WHERE organization_id = $1", of)
        known[of] = [[*(row["id"] for row in rows), uuid4(), uuid4(), uuid4()][:3] for rows in (people, agents)]

    async def write() -> None:
        nonlocal left
        owner: asyncpg.Connection[Any] = await asyncpg.connect(owner_url)
        try:
            while left > 0:
                count = min(left, random.randint(1, MOST_AT_ONCE))
                left -= count
                of = random.choice(list(known))
                transaction = owner.transaction()
                await transaction.start()
                await owner.execute(WRITE, of, *known[of], count)
                await asyncio.sleep(random.random() * 0.02)  # others commit meanwhile that began later
                if random.random() < 0.1:
                    await transaction.rollback()
                    left += count
                else:
                    await transaction.commit()
        finally:
            await owner.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(WRITERS):
            group.create_task(write())


async def _place(agency: Organization, written: "asyncio.Task[None]", placed: Placed, done: asyncio.Event) -> None:
    """Give positions as the relay does, until nothing more comes; then the readers have to come to the end."""
    while True:
        over = written.done()
        if count := await agency.store.outbox.place(PLACED_AT_ONCE):
            placed.add(count)
        elif over:
            break
        else:
            await asyncio.wait([written], timeout=0.01)
    written.result()
    done.set()


async def _look(agency: Organization) -> int:
    return len(await agency.store.heads.look(()))


async def _from_the_end(caller: Caller, agency: Organization) -> Reader:
    epoch, views = await agency.store.feeds.views(caller)
    begun = at_the_end(views, epoch)
    position = await FeedTokens(agency.store.feeds.secret).of(begun)
    return Reader(caller, agency, dict(begun.places), position)


async def _read(reader: Reader, done: asyncio.Event) -> None:
    while True:
        last = done.is_set()
        try:
            page = await reader.agency.feed.read(
                reader.caller, reader.position, types=(), limit=random.choice(LIMITS), wait=0 if last else 0.2
            )
        except Unavailable:  # the machine has too much to do; a reader asks again
            continue
        reader.position = page.position
        reader.heard += [_key(one) for one in page.messages if isinstance(one, Told)]
        if last and not page.messages and await _at_the_end(reader):
            return


async def _at_the_end(reader: Reader) -> bool:
    tokens = FeedTokens(reader.agency.store.feeds.secret)
    assert reader.position is not None
    position = await tokens.read(reader.position)
    _, views = await reader.agency.store.feeds.views(reader.caller)
    return all(position.places[view.organization_id] == view.last for view in views)


def _key(message: Any) -> tuple[UUID, UUID]:
    return message.recorded.event.organization_id, message.recorded.id


async def _judge(figures: Figures, reader: Reader, owner_url: str) -> None:
    """Nothing missed, twice, out of order, or seen that must not be."""
    for organization_id in {*reader.caller.organizations, *(of for of, _ in reader.heard)}:
        scope = reader.caller.scope
        own = scope.organization_id == organization_id
        rows = await as_owner(
            owner_url,
            EXPECTED,
            organization_id,
            reader.after.get(organization_id, 0),
            own and scope.admin,
            scope.agent_id if own else None,
            dict(scope.applicants).get(organization_id),
        )
        heard = [event for of, event in reader.heard if of == organization_id]
        figures.compare(heard, [row["id"] for row in rows])
