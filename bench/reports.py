"""`python -m bench.reports`: how long `GET /reports/visits` takes over a year of a million visits, the whole use case.

Without the wire. It fills a database of its own first, which takes minutes and a GB of disk.
"""

import argparse
import asyncio
import statistics
import sys
import time
from typing import Any

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.domain.figures.periods import ReportGroup
from booking.domain.people.agent import AgentRole
from tests.builders import claims, organization
from tests.chaos.cells import SLOWEST, fill, year
from tests.support.database import Server, server
from tests.support.stores import postgres_store
from tests.support.worlds import serving_url


async def report(running: Server, visits: int, times: int) -> bool:
    """Print the milliseconds of each group, an admin's and a member's; return whether each holds what is promised."""
    async with running.fresh("template0") as owner_url:
        url = await serving_url(owner_url)
        await migrate(owner_url, url)
        database = Database(url)
        agency = organization(postgres_store(database))
        admin = await agency.admin()
        owner: asyncpg.Connection[Any] = await asyncpg.connect(owner_url, command_timeout=3_600)
        began = time.monotonic()
        await fill(owner, agency.organization_id, visits)
        await agency.cells.rebuild(agency.organization_id, since=None, until=None)
        await owner.execute("VACUUM ANALYZE")
        (cells,) = await owner.fetchrow("SELECT count(*) FROM figure_cells") or (0,)
        await owner.close()
        print(
            f"{visits:,} visits in {cells:,} cells, after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True
        )
        of_one = claims("agent 0", organization_id=agency.organization_id, role=AgentRole.MEMBER)
        member = await agency.identity.identify(of_one, None)
        print("| a year by | best, ms | median | worst | a member's own, median |\n|---|---|---|---|---|")
        holds = True
        for group in ReportGroup:
            all_of_it = [1_000 * took for took in await year(agency, admin, group, times)]
            own = statistics.median(await year(agency, member, group, times)) * 1_000
            middle = statistics.median(all_of_it)
            print(f"| {group} | {min(all_of_it):.0f} | {middle:.0f} | {max(all_of_it):.0f} | {own:.0f} |", flush=True)
            holds = holds and middle <= 1_000 * SLOWEST
        await database.close()
        return holds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=1_000_000, help="of the year (default: %(default)s)")
    parser.add_argument("--times", type=int, default=7, help="that each is asked for (default: %(default)s)")
    chosen = parser.parse_args()
    with server() as running:
        return 0 if asyncio.run(report(running, chosen.visits, chosen.times)) else 1


if __name__ == "__main__":
    sys.exit(main())
