"""Withdrawals: nobody is taken any more, and all coming slots end; the same in memory and in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest

from booking.domain.events import BY_JOB, EventType
from booking.domain.paging import Paging
from booking.domain.people.refusals import WrongRole
from booking.domain.planning.change_plan import SlotFate
from booking.domain.planning.job import STEP, Job, JobState
from booking.domain.planning.plan import ClashKind
from booking.domain.planning.refusals import JobNotFound, PlanStale
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.properties.property import PropertyFilter
from booking.domain.properties.refusals import PropertyNotFound, PropertyWithdrawn
from booking.domain.refusals import BatchRefused, Unavailable
from booking.domain.visits.allowed_actions import SlotAction
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import SlotCancelled
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.slot_batch import BatchMode, Offer
from booking.domain.visits.waitlist import EntryStatus
from booking.service.planning.jobs import JobWorker
from booking.service.planning.slot_changes import Overtaken
from booking.service.ports import Lease
from tests.builders import HOUR, Organization, any_schedule, organization
from tests.contract.test_notices import ADA, BEN, EVE, Scene
from tests.support.worlds import World

LEASE = Lease("jobs", 1)


class Ending:
    """Slots as they were found a while ago."""

    def __init__(self, found: Sequence[Slot]) -> None:
        self.found = found

    async def ending(self, *_: object) -> Sequence[Slot]:
        return self.found


async def worked(agency: Organization) -> None:
    while await agency.job_worker.step(LEASE):
        pass


async def test_a_withdrawn_property_takes_nobody_from_that_time_on_and_then_its_slots_end(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    visitor, holder, waiter, other = [await agency.applicant() for _ in range(4)]
    sooner, first, second, third = await agency.slots_of(agent, 4)
    home = sooner.property_id
    booking = await agency.book(visitor, first.id)
    hold = await agency.holds.hold(holder, second.id)
    await agency.waitlists.join(waiter, first.id)
    plan, job = await agency.withdrawals.withdraw(admin, home, first.start_time, "sold")
    assert job is not None
    assert (job.state, job.done, job.total) == (JobState.QUEUED, 0, 3)
    assert await agency.jobs.get(admin, job.id) == job
    assert [(one.slot_id, one.fate) for one in plan.slots] == [
        (slot.id, SlotFate.CANCELLED) for slot in (first, second, third)
    ]
    assert [one.becomes for one in plan.slots[0].claims] == [BookingStatus.CANCELLED_BY_AGENT]
    assert [one.becomes for one in plan.slots[0].waitlist] == [EntryStatus.SKIPPED]

    start = third.start_time + 8 * HOUR
    offer = Offer(property_id=home, start_time=start, end_time=start + HOUR, agent_id=None, capacity=1)
    for taken in (
        agency.book(other, third.id),
        agency.book(agent, third.id, applicant_id=other.applicants[0].id),
        agency.book(holder, second.id, hold_id=hold.id),
        agency.holds.hold(other, third.id),
        agency.waitlists.join(other, first.id),
        agency.slots.offer(agent, home, start, start + HOUR),
        agency.slot_moves.move(agent, sooner.id, Destination(start_time=start)),
    ):
        with pytest.raises(PropertyWithdrawn):
            await taken
    with pytest.raises(BatchRefused):
        await agency.slot_batches.offer(agent, {0: offer}, BatchMode.ALL)
    wanted = any_schedule(property_id=home)
    clashes = (await agency.schedules.preview(agent, wanted)).clashes
    assert [one.kind for found in clashes.values() for one in found] == [ClashKind.WITHDRAWN] * 3
    assert (await agency.slots.get(agent, third.id)).actions == (
        SlotAction.SET_CAPACITY,
        SlotAction.MOVE,
        SlotAction.CANCEL,
    )
    assert (await agency.slots.get(other, third.id)).actions == ()
    await agency.bookings.cancel(visitor, booking.id)  # its place is offered to nobody
    assert (await world.events())[-1] == (EventType.BOOKING_CANCELLED, "confirmed", "cancelled_by_applicant")

    await worked(agency)
    done = await agency.jobs.get(admin, job.id)
    assert (done.state, done.done, done.total, done.failures) == (JobState.DONE, 3, 3, ())
    statuses = [(await agency.see(agent, slot.id)).status for slot in (sooner, first, second, third)]
    assert statuses == [SlotStatus.AVAILABLE, *[SlotStatus.CANCELLED] * 3]
    assert (await agency.see(agent, third.id)).reason == "sold"
    assert (EventType.WAITLIST_SKIPPED, "waiting", "skipped") in await world.events()
    await agency.book(other, sooner.id)

    await agency.withdrawals.restore(admin, home)
    await agency.withdrawals.restore(admin, home)  # is no change
    await agency.slots.offer(agent, home, start, start + HOUR)
    assert [kind for kind, _, _ in await world.events() if kind.startswith("property.")] == [
        EventType.PROPERTY_WITHDRAWN,
        EventType.PROPERTY_RESTORED,
    ]


async def test_a_dry_run_of_a_withdrawal_changes_nothing_and_its_hash_holds_until_somebody_books(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    slot, other = await agency.slots_of(agent, 2)
    home, before = slot.property_id, await world.events()
    plan, job = await agency.withdrawals.withdraw(admin, home, dry=True)
    assert (job, len(plan.slots), await world.events()) == (None, 2, before)
    await agency.book(applicant, slot.id)
    with pytest.raises(PlanStale) as stale:
        await agency.withdrawals.withdraw(admin, home, expected=plan.hash)
    await agency.book(await agency.applicant(), other.id)
    again, _ = await agency.withdrawals.withdraw(admin, home, dry=True)
    assert again.hash not in (plan.hash, stale.value.plan.hash)
    _, job = await agency.withdrawals.withdraw(admin, home, expected=again.hash)
    assert job is not None


async def test_a_job_that_is_cut_between_its_steps_goes_on_and_tells_of_each_slot_once(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    home, at = uuid4(), await world.store.now()
    offers = {
        n: Offer(
            property_id=home,
            start_time=at + HOUR + n * timedelta(minutes=10),
            end_time=at + HOUR + (n + 1) * timedelta(minutes=10),
            agent_id=None,
            capacity=1,
        )
        for n in range(STEP + 10)
    }
    await agency.slot_batches.offer(agent, offers, BatchMode.ALL)
    _, job = await agency.withdrawals.withdraw(admin, home)
    assert job is not None
    await agency.job_worker.step(LEASE)
    halfway = await agency.jobs.get(admin, job.id)
    assert (halfway.state, halfway.done, halfway.total) == (JobState.RUNNING, STEP, STEP + 10)
    await agency.withdrawals.step(halfway)  # by a process that has lost the lease since
    await worked(agency)
    assert (await agency.jobs.get(admin, job.id)).done == STEP + 10
    ended = [kind for kind, _, _ in await world.events()].count(EventType.SLOT_CANCELLED)
    assert ended == STEP + 10
    assert job.by.request_id == f"{BY_JOB}{job.id}"


async def test_a_step_that_is_done_twice_ends_and_tells_once(world: World) -> None:
    scene = await Scene(world).begin()
    agency, admin = scene.agency, await scene.agency.admin()
    slots = await agency.slots_of(scene.agent, 3)
    home = slots[0].property_id
    await agency.book(scene.ada, slots[0].id)
    await agency.waitlists.join(scene.ben, slots[0].id)
    await scene.told()
    _, job = await agency.withdrawals.withdraw(admin, home)
    assert job is not None
    ending = await world.store.withdrawals.ending((agency.organization_id, home), STEP)
    assert await agency.withdrawals.step(job) == 3
    late = replace(agency.withdrawals, withdrawals=cast("Any", Ending(ending)))  # looked before, writes after
    before = await world.events()
    with pytest.raises(Overtaken):
        await late.step(job)
    worker = JobWorker(world.store.jobs, {job.kind: lambda _: late.step(job)})
    assert (await worker.step(LEASE), await world.events()) == (1, before)
    await worked(agency)
    assert await agency.job_worker.step(LEASE) == 0
    done = await agency.jobs.get(admin, job.id)
    assert (done.state, done.done, done.failures) == (JobState.DONE, 3, ())
    assert sorted(await scene.told()) == [
        (ADA, "cancelled applicant agent"),
        (BEN, "waitlist_closed applicant system"),
        (EVE, "cancelled agent agent"),
        (EVE, "slots_withdrawn agent agent"),
    ]


async def test_jobs_take_turns_step_by_step(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    (slot,), (other,) = await agency.slots_of(agent, 1), await agency.slots_of(await agency.agent(), 1)
    for one in (slot, other):
        await agency.withdrawals.withdraw(admin, one.property_id)
    assert [await agency.job_worker.step(LEASE) for _ in range(2)] == [1, 1]  # one step of each, and none has ended
    assert [(await agency.see(agent, one.id)).status for one in (slot, other)] == [SlotStatus.CANCELLED] * 2


async def test_a_slot_that_is_gone_by_its_step_is_told_of_as_a_failure(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    slot, other = await agency.slots_of(agent, 2)
    _, job = await agency.withdrawals.withdraw(admin, slot.property_id)
    assert job is not None
    ending = await world.store.withdrawals.ending((agency.organization_id, slot.property_id), 10)
    await agency.slots.cancel(agent, slot.id)
    await replace(agency.withdrawals, withdrawals=cast("Any", Ending(ending))).step(job)
    found = await agency.jobs.get(admin, job.id)
    assert [(one.slot_id, one.code) for one in found.failures] == [(slot.id, SlotCancelled.code)]
    assert (await agency.see(agent, other.id)).status is SlotStatus.CANCELLED


async def test_a_property_shows_from_when_on_it_is_withdrawn_and_is_another_version_then(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    (slot,) = await agency.slots_of(agent, 1)
    home = slot.property_id

    async def shown() -> list[tuple[datetime | None, int]]:
        page = await agency.properties.list(agent, PropertyFilter(), Paging(after=None, limit=9))
        views = (await agency.properties.get(agent, home), *page.items)
        return [(view.property.withdrawn_from, view.property.version) for view in views]

    assert await shown() == [(None, 0)] * 2
    await agency.withdrawals.withdraw(admin, home, slot.start_time, dry=True)
    assert await shown() == [(None, 0)] * 2
    await agency.withdrawals.withdraw(admin, home, slot.start_time)
    assert await shown() == [(slot.start_time, 1)] * 2
    put = await agency.properties.put(agent, agency.property(home, label="Sold"), expected=1)
    assert (put.property.withdrawn_from, put.property.version) == (slot.start_time, 2)
    assert (await agency.rules.get(await agency.applicant(), home)).policy.withdrawn_from == slot.start_time
    for _ in range(2):
        await agency.withdrawals.restore(admin, home)
        assert await shown() == [(None, 3)] * 2


async def test_a_restored_property_keeps_what_its_job_has_not_ended_yet(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    (slot,) = await agency.slots_of(agent, 1)
    await agency.policies.put(admin, Settings(notice_seconds=60), expected=None, property_id=slot.property_id)
    _, job = await agency.withdrawals.withdraw(admin, slot.property_id)
    await agency.policies.put(admin, Settings(notice_seconds=90), expected=1, property_id=slot.property_id)
    with pytest.raises(PropertyWithdrawn):  # rules that are set meanwhile leave it withdrawn
        await agency.slots.offer(agent, slot.property_id, slot.end_time, slot.end_time + HOUR)
    await agency.withdrawals.restore(admin, slot.property_id)
    await worked(agency)
    assert job is not None
    assert (await agency.jobs.get(admin, job.id)).state is JobState.DONE
    assert (await agency.see(agent, slot.id)).status is SlotStatus.AVAILABLE


async def test_a_withdrawal_is_an_admins_and_its_job_is_seen_by_admins(
    world: World,
) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    (slot,) = await agency.slots_of(agent, 1)
    for change in (agency.withdrawals.withdraw, agency.withdrawals.restore):
        with pytest.raises(WrongRole):
            await change(agent, slot.property_id)
        with pytest.raises(PropertyNotFound):
            await change(admin, uuid4())
    _, job = await agency.withdrawals.withdraw(admin, slot.property_id)
    assert job is not None
    for caller, job_id in ((agent, job.id), (admin, uuid4()), (await organization(world.store).admin(), job.id)):
        with pytest.raises(JobNotFound):
            await agency.jobs.get(caller, job_id)
    assert (await agency.jobs.get(await agency.admin(), job.id)).id == job.id


async def test_a_job_that_no_step_can_do_has_failed(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    (slot,) = await agency.slots_of(agent, 1)
    _, job = await agency.withdrawals.withdraw(admin, slot.property_id)
    assert job is not None
    for error, state in ((Unavailable, JobState.QUEUED), (ZeroDivisionError, JobState.FAILED)):

        async def broken(_: Job, error: type[Exception] = error) -> int:
            raise error

        with pytest.raises(error):
            await JobWorker(world.store.jobs, {job.kind: broken}).step(LEASE)
        assert (await agency.jobs.get(admin, job.id)).state is state
    assert await agency.job_worker.step(LEASE) == 0
