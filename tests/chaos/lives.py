"""Many bookings live beside each other in PostgreSQL, over days on which the clocks of their zones are changed."""

import asyncio
import os
import secrets
from datetime import date, timedelta
from pathlib import Path
from random import Random

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.notices.notices import PostgresNotices
from booking.domain.people.contact import Channel
from tests.builders import organization
from tests.chaos.figures import Figures
from tests.chaos.scene import Scene, scene
from tests.support.database import Server
from tests.support.lives.agency import Agency
from tests.support.lives.evidence import PostgresEvidence
from tests.support.lives.town import PLACES, Town, noon_before
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld

OF_AN_AGENCY = 20  # bookings
SHORT = 500  # bookings, below which one place is enough, and the clock is moved in long steps
IN_FULL, IN_SHORT = timedelta(minutes=10), timedelta(hours=3)


def lived(rounds: int, _folder: Path, server: Server) -> Figures:
    """So many bookings."""
    seed = os.environ.get("SEED") or str(secrets.randbelow(10**9))
    figures = Figures(fault="lives of bookings over days on which clocks change, senders killed", rounds=rounds)
    full = rounds >= SHORT
    places = PLACES if full else PLACES[:1]
    for zone, changes in places:
        with scene(server, people=0, slots=0) as made:
            lives = _lived(figures, rounds // len(places), zone, changes, Random(f"{seed} {zone}"), made, full=full)
            asyncio.run(lives)
    if figures.faults:
        figures.faults.append(f"SEED={seed}")
    return figures


async def _lived(
    figures: Figures, bookings: int, zone: str, changes: date, chance: Random, made: Scene, *, full: bool
) -> None:
    database, connection = Database(made.serving_url), await asyncpg.connect(made.owner_url)
    store = postgres_store(database)
    number = max(1, bookings // OF_AN_AGENCY)
    agencies = [Agency(organization(store), Random(chance.random()), zone) for _ in range(number)]
    world = PostgresWorld(store, made.owner_url, database)
    town = Town(world, PostgresEvidence(connection), agencies, chance, IN_FULL if full else IN_SHORT)
    try:
        await PostgresNotices(database).follow((Channel.EMAIL, Channel.WHATSAPP))
        faults = await town.live(noon_before(changes), 4 if full else 2, bookings)
    finally:
        await connection.close()
        await database.close()
    figures.acknowledged += town.judge.accepted.total()
    figures.faults += [f"{zone}: {fault}" for fault in dict.fromkeys(faults)]
