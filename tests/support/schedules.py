"""A daily schedule over a change of clocks, for the tests of horizons and of changes."""

from datetime import datetime, timedelta
from typing import Any

from booking.domain.paging import Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.planning.agent_schedule import AgentSchedule
from booking.domain.values import replace
from booking.service.planning.schedules import Asked
from tests.builders import Organization, any_schedule

DAY = timedelta(days=1)
PAGE = Paging(after=None, limit=1_000)
NIGHT = datetime.fromisoformat("2027-03-27T00:30:00Z")


def daily(*, horizon_days: int, **terms: Any) -> Asked:
    """An hour at six each day."""
    wanted = any_schedule()
    (rule,) = wanted.schedule.rules
    start = datetime.fromisoformat("2027-03-27T06:00")
    rule = replace(rule, recurrence=replace(rule.recurrence, start=start, count=None))
    return replace(wanted, schedule=replace(wanted.schedule, rules=(rule,), horizon_days=horizon_days, **terms))


async def make(agency: Organization, by: Caller, wanted: Asked) -> AgentSchedule:
    plan = (await agency.schedules.preview(by, wanted)).plan
    return await agency.schedules.create(by, wanted, plan.hash)


async def fill(agency: Organization) -> None:
    lease = await agency.store.leases.take("filling horizons", timedelta(minutes=1), None)
    assert lease is not None
    while await agency.horizons.step(lease):
        pass
    await agency.store.leases.give_back(lease)


async def states(agency: Organization, of: AgentSchedule) -> dict[str, str]:
    page = await agency.store.schedules.occurrences(of.key, Window(), PAGE)
    return {f"{one.occurrence:%d}": one.state for one in page.items}
