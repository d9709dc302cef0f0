"""Many bookings live beside each other, over days on which the clocks of their zones are changed."""

import asyncio
import os
import secrets
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

from booking.adapters.postgres.engine.database import Database
from tests.builders import organization
from tests.chaos.figures import Figures
from tests.chaos.lives.agency import Agency
from tests.chaos.lives.town import Town
from tests.chaos.scene import Scene, scene
from tests.support.database import Server
from tests.support.notice_lives import PLACES
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld

OF_AN_AGENCY = 10  # bookings
SHORT = 500  # bookings, below which one place is enough, and the clock is moved in long steps
IN_FULL, IN_SHORT = timedelta(minutes=10), timedelta(hours=3)


def lived(rounds: int, _folder: Path, server: Server) -> Figures:
    """So many bookings."""
    seed = os.environ.get("SEED") or str(secrets.randbelow(10**9))
    figures = Figures(fault="lives of bookings over days on which clocks change, senders killed", rounds=rounds)
    places = PLACES if rounds >= SHORT else PLACES[:1]
    for zone, changes in places:
        begins = datetime.combine(changes - timedelta(days=2), time(12), UTC)
        with scene(server, people=0, slots=0) as made:
            asyncio.run(_lived(figures, rounds // len(places), zone, begins, Random(f"{seed} {zone}"), made))
    if figures.faults:
        figures.faults.append(f"SEED={seed}")
    return figures


async def _lived(figures: Figures, bookings: int, zone: str, begins: datetime, chance: Random, made: Scene) -> None:
    database = Database(made.serving_url)
    store = postgres_store(database)
    agencies = [
        Agency(organization(store), Random(chance.random()), zone) for _ in range(max(1, bookings // OF_AN_AGENCY))
    ]
    world = PostgresWorld(store, made.owner_url, database)
    full = bookings * len(PLACES) >= SHORT
    town = Town(world, agencies, chance, IN_FULL if full else IN_SHORT)
    try:
        await town.live(begins, 4 if full else 2, bookings)
    finally:
        await database.close()
    figures.acknowledged += town.accepted.total()
    figures.faults += [f"{zone}: {fault}" for fault in dict.fromkeys(town.faults)]
