"""Changes of schedules: looked at, then done; a booked slot never goes in silence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from booking.domain.events import BY_JOB, EventType
from booking.domain.paging import Window
from booking.domain.people.caller import Caller
from booking.domain.planning import schedule_change
from booking.domain.planning.agent_schedule import AgentSchedule, ScheduleStatus
from booking.domain.planning.job import JobState
from booking.domain.planning.refusals import (
    OccurrenceNotFound,
    PlanStale,
    ScheduleChanging,
    ScheduleEnded,
    ScheduleNotFound,
)
from booking.domain.planning.schedule_change import Booked, ChangeScope, ScheduleChangePlan, Target
from booking.domain.planning.slot_moves import Destination
from booking.domain.refusals import NotYourSlot, PreconditionFailed
from booking.service.planning.schedule_changes import Change, ScheduleChanged
from booking.service.planning.schedules import Asked
from booking.service.ports import Lease
from tests.builders import HOUR, Organization, organization
from tests.support.schedules import DAY, NIGHT, PAGE, fill, make, states
from tests.support.schedules import daily as daily_schedule
from tests.support.worlds import World

LEASE = Lease("jobs", 1)
ALL = Target(scope=ChangeScope.ALL)


def at_six(day: int, scope: ChangeScope = ChangeScope.THIS) -> Target:
    return Target(scope=scope, occurrence=datetime.fromisoformat("2027-03-01T06:00") + (day - 1) * DAY)


def daily(**terms: Any) -> Asked:
    return daily_schedule(**{"horizon_days": 5, **terms})


async def slots(agency: Organization, of: AgentSchedule) -> Sequence[Any]:
    return [one.slot_id for one in (await agency.store.schedules.occurrences(of.key, Window(), PAGE)).items]


def told(plan: ScheduleChangePlan) -> dict[str, tuple[str | None, str | None]]:
    return {f"{one.occurrence:%d}": (one.slot.fate if one.slot else None, one.kept) for one in plan.occurrences}


async def delete(agency: Organization, by: Caller, of: AgentSchedule, target: Target, **more: Any) -> ScheduleChanged:
    version = more.pop("version", None) or (await agency.schedules.get(by, of.id)).version
    return await agency.schedule_changes.delete(by, of.id, Change(target=target, version=version, **more))


@pytest.fixture
async def agency(world: World) -> Organization:
    await world.stop(NIGHT)
    return organization(world.store)


async def test_one_occurrence_is_deleted_with_its_slot_or_beyond_the_horizon_and_stays_so(
    world: World, agency: Organization
) -> None:
    agent = await agency.agent()
    schedule = await make(agency, agent, daily())
    (first, second, third, *_) = await slots(agency, schedule)
    looked = await delete(agency, agent, schedule, at_six(28), dry=True)
    assert (told(looked.plan), looked.schedule, looked.job) == ({"28": ("cancelled", None)}, None, None)
    assert await states(agency, schedule) == dict.fromkeys(("27", "28", "29", "30", "31"), "made")
    done = await delete(agency, agent, schedule, at_six(28), expected=looked.plan.hash, reason="dentist")
    assert done.schedule is not None
    assert (done.plan, done.schedule.version) == (looked.plan, 2)
    assert (await agency.see(agent, second)).reason == "dentist"
    await agency.slot_moves.move(agent, third, Destination(start_time=NIGHT + 2 * DAY + 9 * HOUR))
    await delete(agency, agent, schedule, at_six(29))  # it is named by its local start, wherever its slot is by now
    await delete(agency, agent, schedule, at_six(33))
    assert (await agency.schedules.get(agent, schedule.id)).version == 4
    for gone in (28, 33, 26):
        with pytest.raises(OccurrenceNotFound):
            await delete(agency, agent, schedule, at_six(gone))
    for other in (at_six(31).occurrence, None):
        wrong = other and other + HOUR
        with pytest.raises(OccurrenceNotFound):
            await delete(
                agency,
                agent,
                schedule,
                Target(scope=ChangeScope.FOLLOWING, occurrence=wrong or NIGHT.replace(tzinfo=None)),
            )
    await world.stop(NIGHT + 2 * DAY)
    await fill(agency)
    assert await states(agency, schedule) == {
        "01": "made",
        "02": "deleted",
        **dict.fromkeys(("27", "30", "31"), "made"),
        **dict.fromkeys(("28", "29"), "deleted"),
    }
    assert (await agency.see(agent, first)).status == "available"
    changed = [(was, now) for kind, was, now in await world.events() if kind == EventType.SCHEDULE_CHANGED]
    assert changed == [("1", "2"), ("2", "3"), ("3", "4")]


async def test_what_follows_an_occurrence_is_cut_off_and_what_is_booked_is_kept_or_cancelled(
    world: World, agency: Organization
) -> None:
    agent, visitor, holder, waiter = await agency.agent(), *[await agency.applicant() for _ in range(3)]
    schedule = await make(agency, agent, daily())
    (_, second, third, _, fifth) = await slots(agency, schedule)
    booking = await agency.book(visitor, third)
    hold = await agency.holds.hold(holder, fifth)
    following = at_six(29, ChangeScope.FOLLOWING)
    looked = await delete(agency, agent, schedule, following, dry=True)
    assert told(looked.plan) == {"29": ("stays", "booked"), "30": ("cancelled", None), "31": ("stays", "booked")}
    await agency.book(waiter, second)
    assert (await delete(agency, agent, schedule, following, dry=True)).plan.hash == looked.plan.hash
    await agency.holds.release(holder, hold.id)
    with pytest.raises(PlanStale) as stale:
        await delete(agency, agent, schedule, following, expected=looked.plan.hash)
    assert told(stale.value.plan)["31"] == ("cancelled", None)
    done = await delete(agency, agent, schedule, following)
    assert done.schedule is not None
    assert (done.schedule.status, done.schedule.schedule.until) == (ScheduleStatus.ACTIVE, following.occurrence)
    kept = await delete(agency, agent, schedule, at_six(29))
    assert (told(kept.plan), kept.schedule) == ({"29": ("stays", "booked")}, done.schedule)  # it is no change
    await delete(agency, agent, schedule, at_six(29), booked=Booked.CANCEL, reason="ill")
    ended = await agency.bookings.get(visitor, booking.id)
    assert (ended.booking.status, ended.booking.reason) == ("cancelled_by_agent", "ill")
    await world.stop(NIGHT + 3 * DAY)
    await fill(agency)
    assert await states(agency, schedule) == {
        "27": "made",
        "28": "made",
        "29": "deleted",
        "30": "deleted",
        "31": "deleted",
    }


async def test_a_schedule_ends_with_its_slots_and_then_nothing_of_it_can_be_changed(
    world: World, agency: Organization
) -> None:
    agent, colleague, admin = await agency.agent(), await agency.agent(), await agency.admin()
    schedule = await make(agency, agent, daily())
    (first, *_) = await slots(agency, schedule)
    await agency.slot_moves.move(agent, first, Destination(agent_id=colleague.as_agent().id))
    with pytest.raises(NotYourSlot):
        await delete(agency, agent, schedule, at_six(27))
    for other, refusal in ((colleague, ScheduleNotFound), (await organization(world.store).admin(), ScheduleNotFound)):
        with pytest.raises(refusal):
            await agency.schedule_changes.delete(other, schedule.id, Change(target=ALL, version=1))
    with pytest.raises(PreconditionFailed):
        await delete(agency, agent, schedule, ALL, version=2)
    await delete(agency, agent, schedule, at_six(28))
    by_agent = await delete(agency, agent, schedule, ALL, dry=True)
    assert told(by_agent.plan)["27"] == ("stays", "colleague")
    assert told((await delete(agency, admin, schedule, ALL, dry=True)).plan)["27"] == ("cancelled", None)
    done = await delete(agency, agent, schedule, ALL)
    assert done.schedule is not None
    assert (done.schedule, done.schedule.status) == (
        await agency.schedules.get(agent, schedule.id),
        ScheduleStatus.ENDED,
    )
    assert list((await states(agency, schedule)).values()) == ["made", *["deleted"] * 4]
    for target in (ALL, at_six(27)):
        with pytest.raises(ScheduleEnded):
            await delete(agency, agent, schedule, target)
    assert ("schedule.ended", "active", "ended") in await world.events()
    while await world.store.outbox.place(100):
        pass
    placed = [one.recorded.event for one in await world.store.trail.placed(1, 1_000)]
    assert {one.schedule_id for one in placed if one.type.startswith("schedule.")} == {schedule.id}


async def test_many_slots_are_ended_by_a_job_and_what_is_booked_meanwhile_is_told(
    world: World, agency: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule_change, "LARGEST_BATCH", 2)
    agent, admin = await agency.agent(), await agency.admin()
    schedule = await make(agency, agent, daily())
    (first, second, *_) = await slots(agency, schedule)
    done = await delete(agency, agent, schedule, ALL)
    assert done.job is not None
    assert (done.job.state, done.job.total, done.job.input["booked"]) == (JobState.QUEUED, 5, "keep")
    with pytest.raises(ScheduleChanging):
        await delete(agency, admin, schedule, at_six(28))
    await agency.book(await agency.applicant(), first)
    await agency.slots.cancel(agent, second)
    while await agency.job_worker.step(LEASE):
        pass
    job = await agency.jobs.get(agent, done.job.id)
    assert (job.state, job.done) == (JobState.DONE, 5)
    assert [(one.slot_id, one.code) for one in job.failures] == [(first, "slot_taken"), (second, "slot_cancelled")]
    assert list((await states(agency, schedule)).values()) == ["made", *["deleted"] * 4]
    assert job.by.request_id == f"{BY_JOB}{job.id}"
    with pytest.raises(ScheduleEnded):
        await delete(agency, agent, schedule, ALL)
    with pytest.raises(ScheduleNotFound):
        await agency.schedule_changes.delete(agent, uuid4(), Change(target=ALL, version=1))


async def test_the_horizon_makes_nothing_by_a_version_of_before(world: World, agency: Organization) -> None:
    agent = await agency.agent()
    schedule = await make(agency, agent, daily())
    await world.stop(NIGHT + DAY)
    known = await agency.store.horizons.decided_on(schedule.key)
    draft = await agency.horizons.drafting.draft(schedule, NIGHT + DAY, known)
    await delete(agency, agent, schedule, at_six(32, ChangeScope.FOLLOWING))
    await agency.store.horizons.fill(draft, NIGHT + 2 * DAY)
    assert set(await states(agency, schedule)) == {"27", "28", "29", "30", "31"}
