"""Absences: an agent has no slots at that time, and those there are go to colleagues who are free; the same in memory
and in PostgreSQL.
"""

from collections.abc import Sequence
from dataclasses import replace as replace_in
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.paging import Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.absence import Absence, HandOver, Left
from booking.domain.planning.block import Block
from booking.domain.planning.change_plan import SlotFate
from booking.domain.planning.job import STEP, Job, JobState
from booking.domain.planning.refusals import BlockEndsBeforeStart, BlockInPast, PlanStale
from booking.domain.planning.slot_moves import Destination
from booking.domain.refusals import BatchRefused
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import AgentBlocked, SlotOverlap, VisitStarted
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.slot_batch import BatchMode, Offer
from booking.service.planning.absences import Leaving
from booking.service.ports import Lease
from tests.builders import HOUR, Organization, organization
from tests.support.worlds import World

LEASE = Lease("jobs", 1)


def away(agent: Caller, slots: Sequence[Slot], hand_over: HandOver = HandOver.ANY, **how: Any) -> Absence:
    """From the first of these slots to the last."""
    since, until = slots[0].start_time, slots[-1].end_time
    whose = agent.as_agent().id
    return Absence(agent_id=whose, start_time=since, end_time=until, hand_over=hand_over, **how)


async def begun(agency: Organization, by: Caller, absence: Absence, **how: Any) -> Job:
    job = (await agency.absences.begin(by, absence, **how)).job
    assert job is not None
    return job


async def worked(agency: Organization, by: Caller, job: Job) -> Job:
    while await agency.job_worker.step(LEASE):
        pass
    return await agency.jobs.get(by, job.id)


async def blocks(agency: Organization, agent: Caller) -> Sequence[Block]:
    page = await agency.blocks.list(agent, agent.as_agent().id, window=Window(), paging=Paging(limit=20, after=None))
    return page.items


async def agents_of(agency: Organization, by: Caller, slots: Sequence[Slot]) -> Sequence[UUID]:
    return [(await agency.see(by, slot.id)).agent_id for slot in slots]


async def test_slots_of_an_absence_go_to_who_is_free_and_has_the_fewest_and_none_is_made_there_any_more(
    world: World,
) -> None:
    agency = organization(world.store)
    agent, visitor, waiter = await agency.agent(), await agency.applicant(), await agency.applicant()
    before, first, second, third = await agency.slots_of(agent, 4)
    aside = await agency.slot(agent, starts_in=20 * HOUR, lasts=HOUR / 4)
    booking = await agency.book(visitor, first.id)
    await agency.waitlists.join(waiter, first.id)
    earlier, later = await agency.agent(), await agency.agent()
    await agency.slot(earlier, starts_in=2 * HOUR, lasts=HOUR / 2)
    elsewhere = await agency.slot(earlier, starts_in=5.5 * HOUR, lasts=HOUR / 4)
    absence = replace(away(agent, [first, third]), end_time=third.end_time + HOUR)
    plan, job = await agency.absences.begin(agent, absence, "ill")
    assert job is not None
    assert (job.state, job.total, job.input["hand_over"]) == (JobState.QUEUED, 3, "any")
    assert await agency.jobs.get(agent, job.id) == job
    ids = [one.as_agent().id for one in (agent, earlier, later)]
    assert [(one.fate, one.becomes.agent_id) for one in plan.slots] == [
        (SlotFate.MOVED, ids[2]),  # the other is busy
        (SlotFate.MOVED, ids[2]),  # the other has two
        (SlotFate.MOVED, ids[1]),  # each has two, and this id is the first
    ]
    assert [one.booking_id for one in plan.slots[0].claims] == [booking.id]
    (block,) = await blocks(agency, agent)
    assert (block.id, block.of_absence, block.conflict, block.reason) == (job.id, True, True, "ill")

    async def none_is_made() -> None:
        at = elsewhere.start_time  # where nothing but the absence is in the way
        offer = Offer(property_id=uuid4(), start_time=at, end_time=at + HOUR / 4, agent_id=None, capacity=1)
        with pytest.raises(BatchRefused) as refused:
            await agency.slot_batches.offer(agent, {0: offer}, BatchMode.ALL)
        assert isinstance(refused.value.items[0].refusal, AgentBlocked)
        for made in (
            agency.slot_moves.move(agent, aside.id, Destination(start_time=at)),
            agency.slot_moves.move(earlier, elsewhere.id, Destination(agent_id=ids[0])),
            agency.slots.offer(agent, uuid4(), at, at + HOUR / 4),
        ):
            with pytest.raises(AgentBlocked):
                await made

    await none_is_made()
    done = await worked(agency, agent, job)
    assert (done.state, done.done, done.failures) == (JobState.DONE, 3, ())
    assert await agents_of(agency, agent, [before, first, second, third]) == [ids[0], ids[2], ids[2], ids[1]]
    moved = (await agency.bookings.get(visitor, booking.id)).booking
    assert (moved.slot_id, moved.sequence, moved.status) == (first.id, 1, BookingStatus.CONFIRMED)
    assert (await agency.see(later, first.id)).status is SlotStatus.BOOKED
    kinds = [kind for kind, _, _ in await world.events()]
    assert (kinds.count(EventType.SLOT_MOVED), kinds.count(EventType.BOOKING_RESCHEDULED)) == (3, 1)
    (block,) = await blocks(agency, agent)
    assert not block.conflict
    await none_is_made()

    await agency.blocks.remove(agent, ids[0], block.id)
    await agency.slots.offer(agent, uuid4(), second.start_time, third.start_time - HOUR / 2)
    assert await agents_of(agency, agent, [first]) == [ids[2]]  # what was handed over stays so


@pytest.mark.parametrize(("left", "fates"), [(Left.KEEP, ["available"]), (Left.CANCEL, ["cancelled"])])
async def test_what_a_colleague_cannot_take_is_left_for_a_person_to_decide_or_is_cancelled(
    world: World, left: Left, fates: list[str]
) -> None:
    agency = organization(world.store)
    agent, colleague, third = await agency.agent(), await agency.agent(), await agency.agent()
    first, second = await agency.slots_of(agent, 2)
    await agency.slot(colleague, starts_in=HOUR, lasts=HOUR / 2)
    absence = away(agent, [first, second], HandOver.TO, to_agent_id=colleague.as_agent().id, left=left)
    job = await worked(agency, agent, await begun(agency, agent, absence))
    kept = left is Left.KEEP
    assert [(one.slot_id, one.code) for one in job.failures] == [(first.id, SlotOverlap.code)] * kept
    assert [(await agency.see(agent, first.id)).status.value] == fates
    assert await agents_of(agency, agent, [second]) == [colleague.as_agent().id]
    assert [one.conflict for one in await blocks(agency, agent)] == [kept]
    with pytest.raises((AgentBlocked, SlotOverlap)):
        await agency.slots.offer(agent, uuid4(), second.start_time, second.end_time)
    # the person decides: another absence goes on with what is left
    again = away(agent, [first, second], HandOver.TO, to_agent_id=third.as_agent().id)
    assert (await worked(agency, agent, await begun(agency, agent, again))).total == kept
    if kept:
        assert await agents_of(agency, agent, [first]) == [third.as_agent().id]


async def test_an_absence_cancels_everything_if_it_says_so(world: World) -> None:
    agency = organization(world.store)
    agent, admin, visitor = await agency.agent(), await agency.admin(), await agency.applicant()
    first, second = await agency.slots_of(agent, 2)
    booking = await agency.book(visitor, second.id)
    job = await begun(agency, admin, away(agent, [first, second], HandOver.CANCEL), reason="in private")
    assert (await worked(agency, admin, job)).failures == ()
    seen = [await agency.see(agent, slot.id) for slot in (first, second)]
    assert [(one.status, one.reason) for one in seen] == [(SlotStatus.CANCELLED, None)] * 2
    ended = (await agency.bookings.get(visitor, booking.id)).booking
    assert (ended.status, ended.reason) == (BookingStatus.CANCELLED_BY_AGENT, None)


async def test_a_dry_run_of_an_absence_changes_nothing_and_its_hash_holds_until_somebody_books(world: World) -> None:
    agency = organization(world.store)
    agent, _, visitor = await agency.agent(), await agency.agent(), await agency.applicant()
    (slot,) = await agency.slots_of(agent, 1)
    absence, before = away(agent, [slot]), await world.events()
    plan, job = await agency.absences.begin(agent, absence, dry=True)
    assert (job, await blocks(agency, agent), await world.events()) == (None, [], before)
    await agency.book(visitor, slot.id)
    with pytest.raises(PlanStale) as stale:
        await agency.absences.begin(agent, absence, expected=plan.hash)
    assert await blocks(agency, agent) == []
    again = await agency.absences.begin(agent, absence, expected=stale.value.plan.hash)
    assert (again.plan.hash, again.job is None) == (stale.value.plan.hash, False)


async def test_an_absence_is_the_agents_or_an_admins_and_goes_to_another_agent(world: World) -> None:
    agency = organization(world.store)
    agent, colleague, stranger = await agency.agent(), await agency.agent(), await organization(world.store).agent()
    (slot,) = await agency.slots_of(agent, 1)
    at, absence = await world.store.now(), away(agent, [slot])
    for by, asked, refusal in (
        (colleague, absence, WrongRole),
        (agent, replace(absence, hand_over=HandOver.TO, to_agent_id=agent.as_agent().id), AgentNotFound),
        (agent, replace(absence, hand_over=HandOver.TO, to_agent_id=stranger.as_agent().id), AgentNotFound),
        (await agency.admin(), replace(absence, agent_id=stranger.as_agent().id), AgentNotFound),
        (agent, replace(absence, end_time=absence.start_time), BlockEndsBeforeStart),
        (agent, replace(absence, start_time=at - 2 * HOUR, end_time=at - HOUR), BlockInPast),
    ):
        with pytest.raises(refusal):
            await agency.absences.begin(by, asked)
    assert await blocks(agency, agent) == []


async def test_an_absence_that_is_cut_between_its_steps_goes_on_and_stops_with_its_block(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    home, at = uuid4(), await world.store.now() + HOUR
    minutes = [at + n * timedelta(minutes=10) for n in range(STEP + 3)]
    offers = {
        n: Offer(property_id=home, start_time=start, end_time=start + timedelta(minutes=10), agent_id=None, capacity=1)
        for n, start in enumerate(minutes)
    }
    await agency.slot_batches.offer(agent, offers, BatchMode.ALL)
    own = await agency.slot(admin, starts_in=HOUR, lasts=HOUR / 12)  # over the first slot, of the only colleague
    absence = Absence(agent_id=agent.as_agent().id, start_time=at, end_time=minutes[-1] + HOUR, hand_over=HandOver.ANY)
    job = await begun(agency, agent, absence)
    await agency.job_worker.step(LEASE)
    halfway = await agency.jobs.get(agent, job.id)
    assert (halfway.state, halfway.done, halfway.total) == (JobState.RUNNING, STEP, STEP + 3)
    assert [one.code for one in halfway.failures] == [SlotOverlap.code]
    await agency.slots.cancel(admin, own.id)
    await agency.absences.step(
        halfway
    )  # by a process that has lost the lease since; the one that stays is not asked again
    kinds = [kind for kind, _, _ in await world.events()]
    assert kinds.count(EventType.SLOT_MOVED) == STEP + 2
    assert await agency.absences.step(await agency.jobs.get(agent, job.id)) == 0
    await agency.blocks.remove(agent, absence.agent_id, job.id)
    assert (await worked(agency, agent, job)).state is JobState.DONE
    assert await agency.absences.step(halfway) == 0


async def test_a_slot_that_has_begun_or_gone_by_its_step_is_left_as_it_is(world: World) -> None:
    agency = organization(world.store)
    agent, colleague = await agency.agent(), await agency.agent()
    soon, gone, other = await agency.slots_of(agent, 3)
    job = await begun(agency, agent, away(agent, [soon, other], left=Left.CANCEL))
    leaving = await world.store.absences.leaving((agency.organization_id, agent.as_agent().id), job.id, (), STEP)
    await agency.slot_moves.move(agent, gone.id, Destination(agent_id=colleague.as_agent().id))
    await world.jump(HOUR + timedelta(minutes=5))

    class Late:
        async def leaving(self, *_: object) -> Leaving:
            return leaving

    assert await replace_in(agency.absences, absences=cast("Any", Late())).step(job) == 3
    found = await agency.jobs.get(agent, job.id)
    assert [(one.slot_id, one.code) for one in found.failures] == [(soon.id, VisitStarted.code)]
    ids = [one.as_agent().id for one in (agent, colleague, colleague)]
    assert await agents_of(agency, agent, [soon, gone, other]) == ids
    assert [kind for kind, _, _ in await world.events()].count(EventType.SLOT_MOVED) == 2
