"""An agency with slots and applicants in a database of its own, and what must be true of it in the end."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.adapters.tokens.minting import mint
from tests.builders import HOUR, organization
from tests.chaos.figures import Figures
from tests.chaos.load import PATIENCE, Load
from tests.chaos.service import SECRET
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

PEOPLE = 8
SLOTS = 40


@dataclass(frozen=True)
class Scene:
    owner_url: str
    serving_url: str
    organization_id: UUID
    subjects: Sequence[str]
    tokens: Sequence[str]
    slots: Sequence[str]


@contextmanager
def scene(server: Server, *, people: int = PEOPLE, slots: int = SLOTS) -> Iterator[Scene]:
    """In a fresh, migrated database. The runner is closed before anybody is let in: nothing of ours stays connected."""
    made = server.fresh("template0")
    with asyncio.Runner() as runner:
        owner_url = runner.run(made.__aenter__())
        try:
            yield runner.run(_prepared(owner_url, people, slots))
        finally:
            runner.run(made.__aexit__(None, None, None))


def crowd(server: Server) -> AbstractContextManager[Scene]:
    """So many people that none comes to the most keys that are kept of one, however long a proof goes on."""
    return scene(server, people=4 * PEOPLE, slots=4 * SLOTS)


async def _prepared(owner_url: str, people: int, slots: int) -> Scene:
    url = await serving_url(owner_url)
    await migrate(owner_url, url)
    database = Database(url)
    agency = organization(postgres_store(database))
    callers = [await agency.applicant(f"{number}-{agency.organization_id}@example.com") for number in range(people)]
    agent = await agency.agent()
    offered = [await agency.slot(agent, starts_in=(24 + 2 * number) * HOUR) for number in range(slots)]
    await database.close()
    return Scene(
        owner_url,
        url,
        agency.organization_id,
        [caller.subject for caller in callers],
        [_token(caller.subject) for caller in callers],
        [str(slot.id) for slot in offered],
    )


def _token(subject: str) -> str:
    """Of somebody who is linked already."""
    return mint(SECRET, subject=subject, email=None, email_verified=False, lifetime=timedelta(hours=12), agency=None)


async def judged(figures: Figures, scene: Scene, load: Load) -> Figures:
    """Every acknowledged change is there, once, with one event that was handed on; and nothing untold."""
    if not await handed_on(scene):
        figures.faults.append("events were not handed on")
    booked = [booking for client in load.clients for booking in client.bookings]
    cancelled = {booking for client in load.clients for booking in client.cancelled}
    connection = await asyncpg.connect(scene.owner_url)
    try:
        rows = {str(row["id"]): row["status"] for row in await connection.fetch("SELECT id, status FROM bookings")}
        told = await connection.fetch(
            "SELECT booking_id, type, count(*) AS times FROM events WHERE booking_id IS NOT NULL GROUP BY 1, 2"
        )
    finally:
        await connection.close()
    times = {(str(row["booking_id"]), row["type"]): row["times"] for row in told}
    figures.acknowledged = sum(client.told for client in load.clients)
    figures.lost += sum(booking not in rows for booking in booked)
    figures.lost += sum(rows.get(booking) != "cancelled_by_applicant" for booking in cancelled)
    figures.lost += sum(times.get((booking, "booking.confirmed"), 0) == 0 for booking in booked)
    figures.lost += sum(times.get((booking, "booking.cancelled"), 0) == 0 for booking in cancelled)
    figures.doubled += len(booked) - len(set(booked))
    figures.doubled += len(set(rows) - set(booked))
    figures.doubled += sum(count > 1 for count in times.values())
    for client in load.clients:
        figures.faults += client.unexpected
        if client.stuck:
            figures.faults.append(f"{client.stuck} requests were never answered")
    figures.faults += await violations(scene)
    return figures


async def violations(scene: Scene) -> list[str]:
    database = Database(scene.serving_url)
    try:
        counted = await postgres_store(database).auditor.violations()
    finally:
        await database.close()
    return [f"{count} x {name}" for name, count in counted.items() if count]


async def handed_on(scene: Scene) -> bool:
    """Whether all that happened is placed and handed on, before patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not await _delivered(scene):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True


async def _delivered(scene: Scene) -> bool:
    (row,) = await as_owner(
        scene.owner_url,
        "SELECT NOT EXISTS (SELECT FROM events WHERE position IS NULL)"
        " AND NOT EXISTS (SELECT FROM deliveries)"
        " AND NOT EXISTS (SELECT FROM subscriptions s JOIN positions p ON s.position < p.last) AS whole",
    )
    return bool(row["whole"])
