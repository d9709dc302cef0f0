"""Histories of one slot, made by clients at once over connections of their own, each checked for linearizability."""

import asyncio
import random
import time
from collections.abc import Awaitable
from pathlib import Path
from uuid import UUID

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.domain.people.caller import Caller
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import Booking
from tests.builders import HOUR, Organization, organization
from tests.chaos.figures import Figures
from tests.chaos.history.linearizability import Operation, linearizable
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import serving_url

CLIENTS = 6
OPERATIONS = 100  # a history


def histories(rounds: int, _folder: Path, server: Server) -> Figures:
    figures = Figures(fault=f"concurrent histories, {OPERATIONS} operations each, linearizable", rounds=rounds)
    asyncio.run(_all(figures, server))
    return figures


async def _all(figures: Figures, server: Server) -> None:
    async def prepare(url: str) -> None:
        await migrate(url, await serving_url(url))

    async with server.template(prepare) as template, server.fresh(template) as url:
        database = Database(await serving_url(url))
        agency = organization(postgres_store(database))
        agent = await agency.agent()
        people = [await agency.applicant() for _ in range(CLIENTS)]
        for number in range(figures.rounds):
            slot = await agency.slot(agent, starts_in=(24 + 2 * number) * HOUR)
            history = await _history(agency, people, slot.id)
            figures.acknowledged += len(history)
            if not linearizable(history):
                figures.faults.append(f"history {number} is not linearizable")
            await agency.slots.cancel(agent, slot.id)
        await database.close()


async def _history(agency: Organization, people: list[Caller], slot_id: UUID) -> list[Operation]:
    barrier, history = asyncio.Barrier(len(people)), list[Operation]()

    async def client(name: str, caller: Caller) -> None:
        mine: str | None = None
        held = False
        await barrier.wait()
        for _ in range(OPERATIONS // len(people)):
            back = [] if mine is None else ["release" if held else "cancel"]
            what = random.choice(["book", "hold", *back])
            called = time.monotonic()
            outcome, known = await _done(agency, caller, what, slot_id, mine)
            history.append(Operation(name, what, outcome, known, called, time.monotonic()))
            if outcome == "ok":
                mine = known if what in ("book", "hold") else None
                held = what == "hold"

    await asyncio.gather(*(client(str(number), caller) for number, caller in enumerate(people)))
    return history


async def _done(
    agency: Organization, caller: Caller, what: str, slot_id: UUID, mine: str | None
) -> tuple[str, str | None]:
    """The outcome, and the id that it is about."""
    own = UUID(mine) if mine else slot_id
    match what:
        case "book":
            deed: Awaitable[object] = agency.book(caller, slot_id)
        case "hold":
            deed = agency.holds.hold(caller, slot_id)
        case "cancel":
            deed = agency.bookings.cancel(caller, own)
        case _:
            deed = agency.holds.release(caller, own)
    try:
        given = await deed
    except Refusal as refusal:
        return refusal.code, mine
    return "ok", str(given.id) if isinstance(given, Booking) else mine
