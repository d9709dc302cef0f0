"""Published slots, held against the rules of time zones of now."""

from booking import time_zones
from booking.adapters.postgres.planning.horizons import PostgresHorizons
from booking.cli.targets import database


async def recheck() -> int:
    """Tell the slots of schedules that begin at another local time by now; return 1 if any does. Moves nothing."""
    async with database() as opened:
        displaced = await PostgresHorizons(opened).displaced()
    for one in displaced:
        local = one.start_time.astimezone(time_zones.zone(one.time_zone)).replace(tzinfo=None)
        planned = one.occurrence.isoformat(timespec="minutes")
        print(
            f"slot {one.slot_id} of schedule {one.schedule_id}: planned for {planned} in {one.time_zone},"
            f" and begins at {local.isoformat(timespec='minutes')} by the rules of {time_zones.version()}"
        )
    if not displaced:
        print(f"every slot begins at its local time by the rules of {time_zones.version()}")
    return 1 if displaced else 0
