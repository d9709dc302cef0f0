"""Figures of visits, computed anew."""

import sys
from datetime import datetime
from uuid import UUID

from booking.adapters.postgres.figures.cells import PostgresCells
from booking.cli.targets import database
from booking.service.figures.cells import CellService


async def rebuild(organization: UUID | None, since: datetime | None, until: datetime | None) -> None:
    """Compute cells anew, day by day; tell a person who looks on how many are done."""
    watched = sys.stderr.isatty()

    def tell(done: int) -> None:
        if watched:
            print(f"\r{done} cells", end="", file=sys.stderr, flush=True)

    async with database(changing=True) as opened:
        done = await CellService(PostgresCells(opened)).rebuild(organization, since=since, until=until, tell=tell)
    if watched:
        print(file=sys.stderr)
    print(f"{done} cell{'' if done == 1 else 's'} of figures computed anew")
