"""Migrations applied while the release before them is at work, and both releases side by side after that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from unittest.mock import patch

import asyncpg

from booking.adapters.postgres import migrations
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.domain.people.agent import AgentRole
from booking.service.audit import SealingService
from tests.chaos.figures import Figures
from tests.chaos.load import Client, Load
from tests.chaos.scene import Scene, judged
from tests.chaos.service import SECRET, Instance, instance
from tests.chaos.upgrade.former import Former, Step, former, steps
from tests.chaos.upgrade.locks import Waits
from tests.chaos.upgrade.past import empty, lived_in
from tests.support.database import Server
from tests.support.stores import Store, postgres_store

VISITS = 5_000  # of the past, with two events each
FEW = 2_000  # of them, where there is one round
LONGEST = 1.0  # seconds that a request may wait for a lock
READING = 1.3  # seconds: longer than any request waits for a lock
ENOUGH = 20  # answers

READ = "LOCK TABLE agents, applicants, slots, bookings, events IN ACCESS SHARE MODE"


def upgraded(rounds: int, folder: Path, server: Server) -> Figures:
    """A round is one step, beginning with the newest, and after the oldest anew. One round alone is not timed."""
    visits = FEW if rounds == 1 else VISITS
    figures = Figures(fault=f"migrations of {visits:,} visits under load, old and new code side by side", rounds=rounds)
    try:
        known = steps()
    except LookupError as error:
        figures.faults.append(str(error))
        return figures
    waits: dict[str, float] = {}
    for step in (known * rounds)[:rounds]:
        found, wait = _taken(step, folder, server, visits)
        waits[step.name] = max(wait, waits.get(step.name, 0.0))
        figures.acknowledged += found.acknowledged
        figures.lost += found.lost
        figures.doubled += found.doubled
        figures.faults += [f"{step.name}: {fault}" for fault in found.faults]
        if rounds > 1 and wait >= LONGEST:
            figures.faults.append(f"{step.name}: a request waited {wait:.1f} s for a lock")
    figures.fault += "; longest wait for a lock " + ", ".join(
        f"{1000 * wait:.0f} ms ({name})" for name, wait in sorted(waits.items())
    )
    return figures


def _taken(step: Step, folder: Path, server: Server, visits: int) -> tuple[Figures, float]:
    """What was found, and the longest wait for a lock."""
    figures = Figures(fault=step.name, rounds=1)
    with empty(server) as bare:
        asyncio.run(_migrated(bare, step.migrations[0].version - 1))
        with ExitStack() as stack:
            old = stack.enter_context(former(step.before, bare, folder))
            made, past = asyncio.run(lived_in(bare, visits))
            waits = stack.enter_context(Waits(made))
            with Load(lambda: old.address, made.tokens[2::2], made.slots) as early:
                early.await_told(ENOUGH)
                asyncio.run(_migrated_beside_a_reader(made, step.migrations[-1].version))
                early.await_told(early.told + ENOUGH)
                new = stack.enter_context(_new(step, made, folder))
                late = stack.enter_context(Load(lambda: new.address, made.tokens[1::2], made.slots))
                late.await_told(ENOUGH)
                both = Load(lambda: new.address, made.tokens[:1], made.slots)
                if step.after is None:
                    asyncio.run(_told_what_only_the_new_one_knows(made))
                    early.pair(lambda: new.address)
                    both.pair(lambda: old.address)
                with both:
                    early.await_told(early.told + ENOUGH)
                    both.await_told(ENOUGH)
            if (code := old.end()) != 0:
                figures.faults.append(f"the old one ended with {code}")
            late.await_told(late.told + ENOUGH)
        clients = [*early.clients, *both.clients, *late.clients]
        if retried := sum(client.retried for client in clients):
            figures.faults.append(f"{retried} requests failed")
        asyncio.run(migrate(made.owner_url, made.serving_url))
        load = Load(lambda: new.address, [], [])
        load.clients = [*clients, Client(lambda: new.address, "", bookings=past)]
        with instance(made.serving_url, folder):
            asyncio.run(judged(figures, made, load))
        figures.faults += asyncio.run(_unsealed(made))
        return figures, waits.longest


async def _told_what_only_the_new_one_knows(made: Scene) -> None:
    """An event of a type at which the old one's relay and sealer stop; nothing of it, or after it, may be lost."""
    async with _store(made) as store:
        await store.agents.provision("newcomer", made.organization_id, AgentRole.MEMBER)


async def _unsealed(made: Scene) -> list[str]:
    """What is wrong once all is sealed, by whichever of the two."""
    async with _store(made) as store:
        sealing = SealingService(store.trail, store.now, SECRET.encode())
        while await sealing.seal():
            pass
        return [f"audit: {breach.says}" async for breach in sealing.breaches()]


@asynccontextmanager
async def _store(made: Scene) -> AsyncIterator[Store]:
    database = Database(made.serving_url)
    try:
        yield postgres_store(database)
    finally:
        await database.close()


def _new(step: Step, made: Scene, folder: Path) -> AbstractContextManager[Former | Instance]:
    return instance(made.serving_url, folder) if step.after is None else former(step.after, made, folder)


async def _migrated(made: Scene, last: int) -> None:
    """By today's `booking migrate`, up to that version."""
    some = tuple(migration for migration in migrations.known() if migration.version <= last)
    with patch.object(migrations, "known", lambda: some):
        await migrate(made.owner_url, made.serving_url)


async def _migrated_beside_a_reader(made: Scene, last: int) -> None:
    """While a report is read, behind which nobody may have to queue."""
    connection = await asyncpg.connect(made.owner_url)
    try:
        async with connection.transaction():
            await connection.execute(READ)
            migrating = asyncio.create_task(_migrated(made, last))
            await asyncio.sleep(READING)
        await migrating
    finally:
        await connection.close()
