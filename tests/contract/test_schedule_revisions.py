"""Revisions of schedules: slots that are the same stay, others go or are made, and exceptions are kept."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from booking.domain.events import EventType
from booking.domain.paging import Window
from booking.domain.people.caller import Caller
from booking.domain.planning import content_lines, schedule_change
from booking.domain.planning.agent_schedule import AgentSchedule
from booking.domain.planning.job import JobState
from booking.domain.planning.refusals import OccurrenceNotFound, PlanStale, ScheduleEnded
from booking.domain.planning.schedule import Rule
from booking.domain.planning.schedule_change import Booked, ChangeScope, ScheduleChangePlan, Target
from booking.domain.planning.schedule_revision import Revision
from booking.domain.planning.slot_moves import Destination
from booking.domain.refusals import NotYourSlot, PreconditionFailed
from booking.domain.visits.refusals import SlotInPast, SlotOverlap
from booking.service.planning.schedule_changes import Change, ScheduleChanged
from tests.builders import HOUR, Organization, organization
from tests.contract.test_schedule_changes import ALL, LEASE, at_six, daily, delete, told
from tests.support.schedules import DAY, NIGHT, PAGE, fill, make
from tests.support.worlds import World

local = datetime.fromisoformat


async def revise(
    agency: Organization, by: Caller, of: AgentSchedule, target: Target, terms: dict[str, Any], **more: Any
) -> ScheduleChanged:
    version = more.pop("version", None) or (await agency.schedules.get(by, of.id)).version
    others = {name: one for name, one in terms.items() if name != "start"}
    revision = Revision(terms=others, start=terms.get("start"))
    change = Change(target=target, version=version, **more)
    return await agency.schedule_changes.revise(by, of.id, change, revision)


async def slots_of(agency: Organization, of: AgentSchedule) -> list[UUID]:
    return [
        one.slot_id for one in (await agency.store.schedules.occurrences(of.key, Window(), PAGE)).items if one.slot_id
    ]


async def there(agency: Organization, by: Caller, of: AgentSchedule) -> dict[str, str]:
    """The state of each occurrence; of one that is made, when its slot is, and for how many."""
    found = {}
    for one in (await agency.store.schedules.occurrences(of.key, Window(), PAGE)).items:
        found[f"{one.occurrence:%d}"] = str(one.reason or one.state)
        if one.state == "made" and one.slot_id is not None:
            slot = await agency.see(by, one.slot_id)
            found[f"{one.occurrence:%d}"] = f"{slot.start_time:%H:%M}-{slot.end_time:%H:%M} {slot.capacity}"
    return found


def made(plan: ScheduleChangePlan) -> dict[str, int]:
    """The slots that are made, each with how many are in its way."""
    shown = plan.made
    if shown is None:
        return {}
    return {f"{one.occurrence:%d}": len(shown.clashes.get(n, ())) for n, one in enumerate(shown.plan.draft.slots)}


def every(days: int, since: str = "2027-03-27T06:00") -> tuple[Rule, ...]:
    return (Rule(recurrence=content_lines.read(local(since), [f"RRULE:FREQ=DAILY;INTERVAL={days}"])),)


@pytest.fixture
async def agency(world: World) -> Organization:
    await world.stop(NIGHT)
    return organization(world.store)


async def test_other_terms_leave_what_is_the_same_and_what_is_booked_deleted_or_changed_by_itself(
    world: World, agency: Organization
) -> None:
    agent, visitor = await agency.agent(), await agency.applicant()
    schedule = await make(agency, agent, daily())
    slots = await slots_of(agency, schedule)
    await agency.slots.cancel(agent, slots[1])
    booking = await agency.book(visitor, slots[2])
    await agency.slot_moves.move(agent, slots[3], Destination(start_time=NIGHT + 3 * DAY + 9 * HOUR))
    looked = await revise(agency, agent, schedule, ALL, {"slot_minutes": 30}, dry=True)
    assert told(looked.plan) == {
        "27": ("cancelled", None),
        "29": ("stays", "booked"),
        "30": ("stays", "changed"),
        "31": ("cancelled", None),
    }
    assert (made(looked.plan), looked.schedule, looked.following) == ({"27": 0, "31": 0}, None, None)
    with pytest.raises(PreconditionFailed):
        await revise(agency, agent, schedule, ALL, {"slot_minutes": 30}, version=7)
    with pytest.raises(PlanStale):
        await revise(agency, agent, schedule, ALL, {"slot_minutes": 45}, expected=looked.plan.hash)
    done = await revise(agency, agent, schedule, ALL, {"slot_minutes": 30}, expected=looked.plan.hash)
    assert done.schedule is not None
    assert (done.schedule.version, done.schedule.schedule.slot_minutes) == (2, 30)
    assert await there(agency, agent, schedule) == {
        "27": "06:00-06:30 1",
        "28": "deleted",
        "29": "06:00-07:00 1",
        "30": "09:30-10:30 1",
        "31": "06:00-06:30 1",
    }
    assert (await agency.bookings.get(visitor, booking.id)).booking.status == "confirmed"
    before = await slots_of(agency, schedule)
    further = await revise(agency, agent, schedule, ALL, {"horizon_days": 7}, booked=Booked.CANCEL, reason="ill")
    assert told(further.plan) == {
        "27": ("stays", None),
        "29": ("cancelled", None),
        "30": ("stays", "changed"),
        "31": ("stays", None),
    }
    after = await slots_of(agency, schedule)
    assert [after[n] == before[n] for n in range(5)] == [True, True, False, True, True]
    assert (await agency.bookings.get(visitor, booking.id)).booking.reason == "ill"
    await world.stop(NIGHT + DAY)
    await fill(agency)
    assert set(await there(agency, agent, schedule)) == {"27", "28", "29", "30", "31", "01", "02", "03"}
    await delete(agency, agent, schedule, ALL)
    with pytest.raises(ScheduleEnded):
        await revise(agency, agent, schedule, ALL, {"slot_minutes": 30})


async def test_what_one_change_takes_away_another_brings_back_but_for_what_was_deleted(
    world: World, agency: Organization
) -> None:
    agent = await agency.agent()
    schedule = await make(agency, agent, daily())
    await delete(agency, agent, schedule, at_six(31))
    in_the_way = NIGHT + 5 * DAY + timedelta(hours=5, minutes=30)
    await agency.slots.offer(agent, schedule.property_id, in_the_way, in_the_way + HOUR)
    await revise(agency, agent, schedule, ALL, {"rules": every(2), "horizon_days": 6})
    assert await there(agency, agent, schedule) == {
        "27": "06:00-07:00 1",
        "28": "schedule_changed",
        "29": "06:00-07:00 1",
        "30": "schedule_changed",
        "31": "deleted",
    }
    for gone in (28, 31):
        with pytest.raises(OccurrenceNotFound):
            await delete(agency, agent, schedule, at_six(gone))
    back = await revise(agency, agent, schedule, ALL, {"rules": every(1)})
    assert made(back.plan) == {"28": 0, "30": 0, "01": 1}
    at_six_again = dict.fromkeys(("27", "28", "29", "30"), "06:00-07:00 1")
    assert await there(agency, agent, schedule) == {**at_six_again, "31": "deleted", "01": "slot_overlap"}
    told_of = [kind for kind, *_ in await world.events() if kind.startswith("schedule")]
    assert told_of[-2:] == [EventType.SCHEDULE_CHANGED, EventType.SCHEDULE_SLOT_SKIPPED]


async def test_what_follows_is_another_schedule_which_takes_over_what_stays(world: World, agency: Organization) -> None:
    agent, visitor = await agency.agent(), await agency.applicant()
    schedule = await make(agency, agent, daily())
    await agency.book(visitor, (await slots_of(agency, schedule))[3])
    await delete(agency, agent, schedule, at_six(31))
    following = at_six(29, ChangeScope.FOLLOWING)
    done = await revise(agency, agent, schedule, following, {"capacity": 3})
    assert (told(done.plan), made(done.plan)) == ({"29": ("cancelled", None), "30": ("stays", "booked")}, {"29": 0})
    assert done.schedule is not None
    assert done.following is not None
    assert (done.schedule.schedule.until, done.following.schedule.since) == (following.occurrence, following.occurrence)
    assert (done.schedule.schedule.capacity, done.following.schedule.capacity) == (1, 3)
    assert await agency.schedules.get(agent, done.following.id) == done.following
    await world.stop(NIGHT + DAY)
    await fill(agency)
    assert await there(agency, agent, schedule) == {
        "27": "06:00-07:00 1",
        "28": "06:00-07:00 1",
        "29": "schedule_changed",
        "30": "schedule_changed",
        "31": "deleted",
    }
    assert await there(agency, agent, done.following) == {
        "01": "06:00-07:00 3",
        "29": "06:00-07:00 3",
        "30": "06:00-07:00 1",
        "31": "deleted",
    }
    with pytest.raises(OccurrenceNotFound):
        await revise(agency, agent, schedule, at_six(30, ChangeScope.FOLLOWING), {"capacity": 2})


async def test_one_occurrence_has_another_hour_and_keeps_its_name(world: World, agency: Organization) -> None:
    agent, colleague, visitor = await agency.agent(), await agency.agent(), await agency.applicant()
    schedule = await make(agency, agent, daily())
    slots = await slots_of(agency, schedule)
    await agency.book(visitor, slots[2])
    nine = {"start": local("2027-03-28T09:00"), "slot_minutes": 30}
    looked = await revise(agency, agent, schedule, at_six(28), nine, dry=True)
    assert (told(looked.plan), made(looked.plan)) == ({"28": ("cancelled", None)}, {"28": 0})
    done = await revise(agency, agent, schedule, at_six(28), nine, expected=looked.plan.hash)
    again = await revise(agency, agent, schedule, at_six(28), nine)
    assert (told(again.plan), again.schedule) == ({"28": ("stays", None)}, done.schedule)
    kept = await revise(agency, agent, schedule, at_six(29), {"capacity": 2})
    assert (told(kept.plan), kept.schedule) == ({"29": ("stays", "booked")}, done.schedule)
    await revise(agency, agent, schedule, at_six(35), {"start": local("2027-04-04T08:00")})  # beyond the horizon
    with pytest.raises(SlotOverlap):
        await revise(agency, agent, schedule, at_six(30), {"start": local("2027-03-29T06:30")})
    with pytest.raises(SlotInPast):
        await revise(agency, agent, schedule, at_six(30), {"start": local("2027-03-27T00:00")})
    await agency.slot_moves.move(agent, slots[0], Destination(agent_id=colleague.as_agent().id))
    with pytest.raises(NotYourSlot):
        await revise(agency, agent, schedule, at_six(27), {"capacity": 2})
    await delete(agency, agent, schedule, at_six(31))
    with pytest.raises(OccurrenceNotFound):
        await revise(agency, agent, schedule, at_six(31), {"capacity": 2})
    after = await revise(agency, agent, schedule, ALL, {"capacity": 2}, booked=Booked.CANCEL)
    assert told(after.plan)["28"] == ("stays", "changed")
    assert await there(agency, agent, schedule) == {
        "27": "06:00-07:00 1",
        "28": "09:00-09:30 1",
        "29": "06:00-07:00 2",
        "30": "06:00-07:00 2",
        "31": "deleted",
        "04": "08:00-09:00 1",
    }
    version = (await agency.schedules.get(agent, schedule.id)).version
    await delete(agency, agent, schedule, ALL)
    with pytest.raises(ScheduleEnded):
        await revise(agency, agent, schedule, at_six(30), {"capacity": 3}, version=version + 1)


async def test_many_slots_are_ended_by_a_job_and_then_the_new_ones_are_made(
    world: World, agency: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule_change, "LARGEST_BATCH", 2)
    agent = await agency.agent()
    schedule = await make(agency, agent, daily())
    slots = await slots_of(agency, schedule)
    done = await revise(agency, agent, schedule, ALL, {"rules": every(2, "2027-03-28T06:30")})
    assert done.job is not None
    await world.stop(NIGHT + DAY)
    await fill(agency)
    await agency.book(await agency.applicant(), slots[2])
    while await agency.job_worker.step(LEASE):
        pass
    job = await agency.jobs.get(agent, done.job.id)
    assert (job.state, [one.code for one in job.failures]) == (JobState.DONE, ["slot_started", "slot_taken"])
    await fill(agency)
    assert await there(agency, agent, schedule) == {
        "27": "06:00-07:00 1",
        "28": "06:30-07:30 1",
        "29": "06:00-07:00 1",
        "30": "06:30-07:30 1",
        "31": "schedule_changed",
        "01": "06:30-07:30 1",  # by now the horizon is a day further
    }
