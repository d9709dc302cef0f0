"""The demo's planning: a colleague shows a further home by a schedule, with a blocked time; an applicant watches it and
asks for a visit, and another one waits for that.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from booking.domain.paging import Paging, Window
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.planning.recurrence import Frequency, Recurrence
from booking.domain.planning.schedule import Rule, Schedule
from booking.domain.properties.policy import Settings
from booking.domain.properties.property import Property
from booking.domain.refusals import PreconditionFailed, Refusal
from booking.domain.visits.watch import Hours
from booking.domain.weekday import Weekday
from booking.service.planning.schedules import Asked

ZONE = "Europe/Lisbon"
DAYS = (Weekday.TU, Weekday.TH)
FROM, UNTIL = time(17), time(18, 30)
BLOCKED = timedelta(minutes=30)
HORIZON_DAYS = 14
WATCHED = timedelta(days=90)


def property_of(organization_id: UUID) -> UUID:
    return uuid5(organization_id, "property that is planned")


async def load(services: Mapping[str, Any], agent: Caller, now: datetime) -> bool:
    """Name the home, block a time of the agent and make the schedule, which skips a slot; return whether it is new."""
    of = agent.as_agent()
    home = Property(
        organization_id=of.organization_id,
        id=property_of(of.organization_id),
        label="Loft by the river",
        area="Marvila, Lisbon",
        address="Rua do Açúcar 41, Lisbon",
        meeting_point="At the front door",
        updated_at=now,
    )
    try:
        await services["properties"].put(agent, home, expected=0)
    except PreconditionFailed:
        return False
    first = next(
        day for day in (now.date() + timedelta(days=ahead) for ahead in range(1, 8)) if Weekday.of(day) in DAYS
    )
    opens = datetime.combine(first, FROM)
    blocked = opens.replace(tzinfo=ZoneInfo(ZONE))
    await services["blocks"].create(agent, of.id, blocked, blocked + BLOCKED, "With the notary")
    rule = Rule(recurrence=Recurrence(start=opens, frequency=Frequency.WEEKLY, by_day=DAYS), until_time=UNTIL)
    schedule = Schedule(time_zone=ZONE, rules=(rule,), slot_minutes=30, horizon_days=HORIZON_DAYS)
    asked = Asked(property_id=home.id, agent_id=None, schedule=schedule)
    shown = await services["schedules"].preview(agent, asked)
    await services["schedules"].create(agent, asked, shown.plan.hash)
    return True


async def ask(services: Mapping[str, Any], admin: Caller, asks: Caller, waits: Caller) -> None:
    """Let an applicant whose visits of the home are to be approved ask for one, and another one wait for its place."""
    home = property_of(admin.as_agent().organization_id)
    with suppress(Refusal):  # an operator may have told of them otherwise
        levels = Settings(approval_levels=(RiskLevel.MEDIUM,))
        await services["policies"].put(admin, levels, expected=None, property_id=home)
        page = await services["slots"].bookable(asks, home, window=Window(), paging=Paging(after=None, limit=1))
        for view in page.items:
            await services["bookings"].book(asks, view.slot.id, "Is there a lift?")
            await services["waitlists"].join(waits, view.slot.id)


async def watch(services: Mapping[str, Any], organization_id: UUID, applicant: Caller, now: datetime) -> None:
    with suppress(Refusal):  # an operator may have told of the person otherwise
        hours = Hours(since=now, until=now + WATCHED, weekdays=DAYS)
        await services["watches"].watch(applicant, property_of(organization_id), hours)
