"""Hosts whose clocks are off, on the days when those on the walls change: deadlines are the database's own."""

import asyncio
import heapq
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx

from booking.adapters.postgres.engine.database import Database
from tests.builders import Organization, organization
from tests.chaos.clock.deadlines import PEOPLE, SCRIPTS
from tests.chaos.clock.office import Office
from tests.chaos.figures import Figures
from tests.chaos.load import PATIENCE
from tests.chaos.scene import Scene, scene
from tests.chaos.service import HOST_CLOCK, instance
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago")
OFF = (300.0, -300.0)  # seconds
BEFORE = timedelta(minutes=1)  # a change, so that no deadline lies before it
STEP = timedelta(minutes=30)  # of UTC, at which clocks change


def wrong_clocks(rounds: int, folder: Path, server: Server) -> Figures:
    """A zone a round: of the host, of the database's sessions, and of what people write."""
    figures = Figures(fault="hosts' clocks five minutes off, on days when they change", rounds=rounds)
    for name in ZONES[:rounds]:
        with scene(server, people=0, slots=0) as made:
            _in_zone(figures, name, made, folder)
    return figures


def _in_zone(figures: Figures, name: str, made: Scene, folder: Path) -> None:
    database = urlsplit(made.owner_url).path.removeprefix("/")
    asyncio.run(_as_owner(made, f"ALTER DATABASE {database} SET timezone = '{name}'"))
    for change, next_change in islice(pairwise(changes(ZoneInfo(name))), 2):
        began = change - BEFORE
        asyncio.run(_set_clock(made, began))
        with ExitStack() as stack:
            offices = []
            for off in OFF:
                seconds = began.timestamp() - time.time() + off
                running = stack.enter_context(instance(made.serving_url, folder, TZ=name, **{HOST_CLOCK: str(seconds)}))
                http = httpx.Client(base_url="http://{}:{}".format(*running.address), timeout=PATIENCE, trust_env=False)
                agency, subjects = asyncio.run(_people(made, name))
                offices.append(
                    Office(
                        http=stack.enter_context(http),
                        organization_id=agency.organization_id,
                        subjects=iter(subjects),
                        began=began,
                        off=off,
                        zone=ZoneInfo(name),
                        change=next_change,
                    )
                )
            _played(offices, made)
        for office in offices:
            figures.acknowledged += office.checked
            figures.lost += len(office.wrong)
            figures.faults += [f"{name}, {change:%d.%m.%Y}, {office.off:+.0f} s: {wrong}" for wrong in office.wrong]


def _played(offices: Sequence[Office], made: Scene) -> None:
    """All scripts side by side, each waking when the database's clock says so."""
    now = offices[0].began
    scripts = [(office, named.__name__, named(office)) for office in offices for named in SCRIPTS]
    waiting = [(now, number) for number in range(len(scripts))]
    while waiting:
        due, number = heapq.heappop(waiting)
        if due > now:
            now = due
            asyncio.run(_set_clock(made, now))
        office, name, script = scripts[number]
        try:
            with suppress(StopIteration):
                heapq.heappush(waiting, (next(script), number))
        except (KeyError, ValueError) as error:
            office.wrong.append(f"{name} cannot go on: {error!r}")


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The instants, from now on, at which the zone's clocks change."""
    instant = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + 2 * STEP
    while True:
        if instant.astimezone(zone).utcoffset() != (instant - STEP).astimezone(zone).utcoffset():
            yield instant
        instant += STEP


async def _set_clock(made: Scene, now: datetime) -> None:
    await _as_owner(
        made,
        "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
        f"AS 'SELECT timestamptz ''{now.isoformat()}'''",
    )


async def _as_owner(made: Scene, statement: str) -> None:
    await as_owner(made.owner_url, statement)


async def _people(made: Scene, zone: str) -> tuple[Organization, list[str]]:
    database = Database(made.serving_url)
    try:
        (row,) = await as_owner(made.serving_url, "SHOW timezone")
        assert row[0] == zone
        agency = organization(postgres_store(database))
        callers = await asyncio.gather(*(agency.applicant() for _ in range(PEOPLE)))
        return agency, [caller.subject for caller in callers]
    finally:
        await database.close()
