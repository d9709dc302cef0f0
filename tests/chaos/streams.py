"""All streams cut at once: their readers come again, and hear each event once, while bookings go on."""

import asyncio
import itertools
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from booking.adapters.postgres.engine.database import Database
from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency, Caller
from tests.builders import HOUR, Organization
from tests.chaos.event_streams import Audience, Reader
from tests.chaos.figures import Figures
from tests.chaos.load import PATIENCE, Load
from tests.chaos.scene import Scene, crowd, handed_on, judged
from tests.chaos.service import SECRET, Instance, instance
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

PEOPLE, EACH = 4, 5  # of an organization, and streams of one person
CUTS = 2
OPENING = 64  # streams that begin at once in the beginning; afterwards they come as they were told to
PAUSE = 0.02  # seconds between two slots that are offered
BACK = 300.0  # seconds, at most, until all are back: ten thousand begin on two cores that do the rest, too
CLIENTS = 8  # that book meanwhile
WORK = 20  # answers that the load has to get between two cuts
HEARD = "SELECT id::text FROM events WHERE organization_id = $1 AND id <> ALL($2) ORDER BY organization_position"


@dataclass(frozen=True)
class Listening:
    """An organization whose dashboards listen, and the events that were there before they did."""

    agency: Organization
    admin: Caller
    readers: Sequence[Reader]
    before: Sequence[str]


def cut_streams(rounds: int, folder: Path, server: Server) -> Figures:
    """A round is a stream. Two instances on one socket have them, and are killed at once."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with crowd(server) as made, instance(made.serving_url, folder) as one:
        two = Instance(one.environment, one.listener, folder / "second.log")
        two.start()
        load = Load(lambda: one.address, made.tokens[:CLIENTS], made.slots)
        figures, took = asyncio.run(_cut(rounds, made, load, (one, two)))
        two.kill()
        figures.fault = f"{rounds:,} streams cut at once, all of them back after {max(took):.1f} s"
        return asyncio.run(judged(figures, made, load))


async def _cut(rounds: int, made: Scene, load: Load, instances: Sequence[Instance]) -> tuple[Figures, Sequence[float]]:
    figures, audience = Figures(fault="", rounds=rounds), Audience()
    database = Database(made.serving_url)
    places = [await _listening(made, database, audience, instances[0], number) for number in range(rounds // 20)]
    readers = [reader for place in places for reader in place.readers]
    try:
        await handed_on(made)  # else what was there before has its position only once there are streams
        for number, reader in enumerate(readers, 1):
            await reader.connect()
            if number % OPENING == 0:
                await audience.until(partial(_are_open, number), PATIENCE)
        await audience.until(partial(_are_open, len(readers)), PATIENCE)
        with load:
            happening = asyncio.create_task(_happen(places))
            took = [await _killed(audience, len(readers), load, instances) for _ in range(CUTS)]
            happening.cancel()
            await asyncio.wait([happening])
        expected = [await _told(made, place) for place in places]
        wanted = sum(len(ids) * len(place.readers) for ids, place in zip(expected, places, strict=True))
        await audience.until(lambda now: now.heard >= wanted, PATIENCE)
        for place, ids in zip(places, expected, strict=True):
            for reader in place.readers:
                figures.compare(reader.heard, ids)
                if reader.resumed < CUTS:
                    figures.faults.append("a stream did not go on after its position")
    finally:
        for reader in readers:
            reader.close()
        await database.close()
    return figures, took


async def _killed(audience: Audience, streams: int, load: Load, instances: Sequence[Instance]) -> float:
    """Kill and start all instances; return after how many seconds all streams were back. Bookings go on at once."""
    await asyncio.to_thread(load.await_told, load.told + WORK)
    for running in instances:
        running.kill()
    await audience.until(partial(_are_open, 0), PATIENCE)
    for running in instances:
        running.start()
    booking = asyncio.create_task(asyncio.to_thread(load.await_told, load.told + WORK))
    took = await audience.until(partial(_are_open, streams), BACK)
    await booking
    return took


async def _told(made: Scene, place: Listening) -> Sequence[str]:
    return [row["id"] for row in await as_owner(made.owner_url, HEARD, place.agency.organization_id, place.before)]


def _are_open(streams: int, now: Audience) -> bool:
    return now.open == streams


async def _listening(made: Scene, database: Database, audience: Audience, running: Instance, number: int) -> Listening:
    """Make an organization with its readers; the first is where the load books."""
    agency = Organization(postgres_store(database), uuid4() if number else made.organization_id)
    admins = [await agency.admin() for _ in range(PEOPLE)]
    known = Agency(organization_id=agency.organization_id, role=AgentRole.ADMIN)
    tokens = [mint(SECRET, subject=one.subject, agency=known, lifetime=timedelta(hours=12)) for one in admins]
    readers = [Reader(running.address, token, audience) for token in tokens for _ in range(EACH)]
    before = await as_owner(made.owner_url, "SELECT id FROM events WHERE organization_id = $1", agency.organization_id)
    return Listening(agency, admins[0], readers, [row["id"] for row in before])


async def _happen(places: Sequence[Listening]) -> None:
    """Offer slots in one organization after the other, until it is cut off."""
    for number in itertools.count():
        place = places[number % len(places)]
        await place.agency.slot(place.admin, starts_in=2 * (1 + number // len(places)) * HOUR)
        await asyncio.sleep(PAUSE)
