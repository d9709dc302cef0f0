"""`booking availability recheck`, as it is typed, before and after the rules of a zone have changed."""

import asyncio
import importlib.resources
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from booking import time_zones
from booking.adapters.postgres.engine.database import Database
from booking.cli.parser import main
from booking.domain.planning.slot_moves import Destination
from booking.domain.values import replace
from tests.builders import HOUR, any_schedule, organization
from tests.commands.processes import PATIENCE, booking
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

ZONE, ANOTHER = "Europe/Warsaw", "Asia/Tokyo"


def another_tzdata(folder: Path) -> Path:
    """Lay out an edition of tzdata, of another version, in which the clocks of one zone are those of another."""
    real = importlib.resources.files("tzdata")
    made = folder / "tzdata"
    (made / "zoneinfo" / ZONE).parent.mkdir(parents=True)
    (made / "__init__.py").touch()
    for name in ("zones", "zoneinfo/UTC"):
        (made / name).write_bytes(real.joinpath(name).read_bytes())
    (made / "zoneinfo" / "tzdata.zi").write_text("# version 2099z\n", encoding="utf-8")
    (made / "zoneinfo" / ZONE).write_bytes(real.joinpath("zoneinfo", *ANOTHER.split("/")).read_bytes())
    return folder


async def test_recheck_tells_each_coming_slot_of_a_schedule_that_new_rules_displace_and_moves_none(
    owner_url: str,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    agency = organization(postgres_store(database))
    agent, wanted = await agency.agent(), any_schedule()
    (rule,) = wanted.schedule.rules
    rule = replace(rule, recurrence=replace(rule.recurrence, count=4))
    wanted = replace(wanted, schedule=replace(wanted.schedule, time_zone=ZONE, rules=(rule,)))
    plan = (await agency.schedules.preview(agent, wanted)).plan
    schedule = await agency.schedules.create(agent, wanted, plan.hash)
    alone = await agency.slot(agent, starts_in=timedelta(days=20))  # of no schedule: its instant is what was said
    made = await as_owner(owner_url, "SELECT id, start_time FROM slots WHERE id <> $1 ORDER BY 2", alone.id)
    first, cancelled, moved, last = made
    await agency.slots.cancel(agent, cancelled["id"])
    await agency.slot_moves.move(agent, moved["id"], Destination(start_time=moved["start_time"] + 5 * HOUR))
    monkeypatch.setenv("DATABASE_URL", await serving_url(owner_url))
    assert await asyncio.to_thread(main, ["availability", "recheck"]) == 0
    assert capsys.readouterr().out == f"every slot begins at its local time by the rules of {time_zones.version()}\n"

    places = [str(another_tzdata(tmp_path)), os.environ.get("PYTHONPATH")]
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, places))}
    before = await as_owner(owner_url, "SELECT * FROM slots ORDER BY id")
    with booking("availability", "recheck", environment=environment) as process:
        told, faults = process.communicate(timeout=PATIENCE)
    assert (process.returncode, faults) == (1, "")
    assert told.splitlines() == [
        f"slot {one['id']} of schedule {schedule.id}: planned for {_local(one['start_time'], ZONE)} in {ZONE},"
        f" and begins at {_local(one['start_time'], ANOTHER)} by the rules of 2099z"
        for one in (first, last)
    ]
    assert await as_owner(owner_url, "SELECT * FROM slots ORDER BY id") == before


def _local(at: datetime, zone: str) -> str:
    assert at.tzinfo is UTC or at.utcoffset() == timedelta(0)
    return at.astimezone(time_zones.zone(zone)).strftime("%Y-%m-%dT%H:%M")
