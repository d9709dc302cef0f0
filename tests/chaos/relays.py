"""Relays in processes of their own, killed, or stopped past their lease and let go on."""

import asyncio
import os
import random
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from booking.adapters.postgres.engine.database import Database
from booking.domain.delivery.delivery import Subscription
from booking.domain.events import Recorded
from booking.domain.people.agent import AgentRole
from booking.entrypoints.relay import Relay
from tests.builders import HOUR, Organization, claims
from tests.chaos.figures import Figures
from tests.chaos.scene import Scene, handed_on, scene
from tests.chaos.workers import workers
from tests.support.database import Server
from tests.support.notifiers import Telling
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

LEASE = timedelta(seconds=0.4)


def relay(serving_url: str, heard: str) -> None:
    """Hands on for ever, to a file: one line for each time that an event was heard."""

    async def notify(recorded: Recorded, _: Subscription) -> None:
        await asyncio.sleep(random.random() * 0.01)
        descriptor = os.open(heard, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, f"{recorded.event.booking_id} {recorded.id}\n".encode())
        os.close(descriptor)

    async def run() -> None:
        worker = Relay(postgres_store(Database(serving_url, pool_size=4)).outbox, {"log": Telling(notify)}, LEASE)
        while True:
            if not await worker.step():
                await asyncio.sleep(0.02)

    asyncio.run(run())


def stopped_relays(rounds: int, folder: Path, server: Server) -> Figures:
    figures = Figures(fault="relay killed, or SIGSTOPped past its lease and continued", rounds=rounds)
    with scene(server, slots=0) as made:
        heard = folder / f"heard-{made.organization_id}"
        with workers([(relay, (made.serving_url, str(heard)))] * 2, LEASE) as relays:
            for _ in range(rounds):
                asyncio.run(happen(made))
                relays.stop_one()
            if not asyncio.run(handed_on(made)):
                figures.faults.append("events were not handed on")
        return asyncio.run(judged(figures, made, heard.read_text(encoding="utf-8").splitlines()))


async def happen(made: Scene) -> None:
    """A slot, a booking of it, and its cancellation."""
    database = Database(made.serving_url)
    agency = Organization(postgres_store(database), made.organization_id)
    caller = await agency.identity.identify(
        claims("agent-of-chaos", organization_id=made.organization_id, role=AgentRole.MEMBER), None
    )
    applicant = await agency.identity.identify(claims(made.subjects[0]), None)
    _hours.append(len(_hours))
    slot = await agency.slot(caller, starts_in=(24 + 2 * len(_hours)) * HOUR)
    booking = await agency.book(applicant, slot.id)
    await agency.bookings.cancel(applicant, booking.id)
    await database.close()


_hours: list[int] = []


async def judged(figures: Figures, made: Scene, heard: list[str]) -> Figures:
    """All was heard; what was heard twice has one id; of each booking the first times are in order."""
    rows = await as_owner(made.owner_url, "SELECT id, booking_id, type FROM events ORDER BY position NULLS LAST")
    order = list(dict.fromkeys(UUID(line.split()[1]) for line in heard))
    times = set(order)
    figures.acknowledged = len(rows)
    figures.lost += sum(row["id"] not in times for row in rows)
    figures.faults += [f"{event} was never recorded" for event in times - {row["id"] for row in rows}]
    for booking in {row["booking_id"] for row in rows} - {None}:
        recorded = [row["id"] for row in rows if row["booking_id"] == booking]
        if [event for event in order if event in recorded] != recorded:
            figures.faults.append(f"booking {booking} was told out of order")
    return figures
