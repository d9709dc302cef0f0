"""Times at which an agent has no slots."""

import asyncio
from collections import Counter
from datetime import datetime
from uuid import uuid4

import pytest

from booking.domain.events import Appointment, EventType
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.block import Block
from booking.domain.planning.refusals import BlockEndsBeforeStart, BlockInPast, BlockNotFound, BlockOverlapsSlots
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.refusals import AgentBlocked
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_batch import BatchMode, Offer, Refused
from tests.builders import HOUR, Organization, organization
from tests.support.worlds import World

ANY_TIME = Window()


async def block(agency: Organization, by: Caller, start: datetime, hours: float = 1, of: Caller | None = None) -> Block:
    return await agency.blocks.create(by, (of or by).as_agent().id, start, start + hours * HOUR, "Dr. Grün")


async def listed(
    agency: Organization, by: Caller, of: Caller, window: Window = ANY_TIME, limit: int = 9
) -> Page[Block]:
    return await agency.blocks.list(by, of.as_agent().id, window=window, paging=Paging(after=None, limit=limit))


async def offer(agency: Organization, by: Caller, start: datetime) -> SlotView:
    return await agency.slots.offer(by, uuid4(), start, start + HOUR)


def appointment(slot: Slot) -> Appointment:
    return Appointment(
        slot_id=slot.id,
        property_id=slot.property_id,
        agent_id=slot.agent_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
    )


async def test_an_agent_blocks_a_time_and_has_no_slots_there_until_the_block_is_removed(world: World) -> None:
    agency = organization(world.store)
    agent, colleague = await agency.agent(), await agency.agent()
    start = await world.store.now() + 9 * HOUR
    made = await block(agency, agent, start, 2)
    other = await block(agency, agent, start + HOUR, 2)
    assert (made.agent_id, made.reason, made.conflict) == (agent.as_agent().id, "Dr. Grün", False)
    for hours in (-0.5, 0, 1, 2.5):
        with pytest.raises(AgentBlocked):
            await offer(agency, agent, start + hours * HOUR)
    await offer(agency, colleague, start)
    await offer(agency, agent, start - HOUR)
    await agency.blocks.remove(agent, agent.as_agent().id, other.id)
    await offer(agency, agent, start + 2 * HOUR)
    with pytest.raises(BlockNotFound):
        await agency.blocks.remove(agent, agent.as_agent().id, other.id)
    assert (await listed(agency, agent, agent)).items == [made]
    told = [one for one in await world.events() if not one[0].startswith("slot.")]
    assert told == [
        (EventType.BLOCK_CREATED, None, "created"),
        (EventType.BLOCK_CREATED, None, "created"),
        (EventType.BLOCK_DELETED, None, "deleted"),
    ]


async def test_no_block_lies_over_a_slot_unless_it_was_cancelled_or_has_begun(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    early, late = await agency.slot(agent, starts_in=2 * HOUR), await agency.slot(agent, starts_in=5 * HOUR)
    with pytest.raises(BlockOverlapsSlots) as refused:
        await block(agency, agent, early.start_time - HOUR, 8)
    assert refused.value.slots == (appointment(early), appointment(late))
    await block(agency, agent, early.end_time, 2)
    await agency.slots.cancel(agent, early.id)
    await block(agency, agent, early.start_time - HOUR, 3)
    await world.jump(6.5 * HOUR)
    await block(agency, agent, early.start_time - HOUR, 9)


@pytest.mark.parametrize("mode", list(BatchMode))
async def test_a_batch_says_which_of_its_slots_are_blocked(world: World, mode: BatchMode) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    start = await world.store.now() + 9 * HOUR
    made = await block(agency, agent, start)
    wanted = {
        hour: Offer(
            property_id=uuid4(),
            start_time=start + hour * HOUR,
            end_time=start + (hour + 1) * HOUR,
            agent_id=None,
            capacity=1,
        )
        for hour in (0, 1)
    }
    if mode is BatchMode.EACH:
        outcome = await agency.slot_batches.offer(agent, wanted, mode)
        assert [isinstance(one, Refused) and one.refusal.code for one in outcome.values()] == ["agent_blocked", False]
    await agency.blocks.remove(agent, agent.as_agent().id, made.id)
    with pytest.raises(BlockInPast):
        await block(agency, agent, start - 11 * HOUR)


async def test_blocks_are_the_agents_own_and_the_admins(world: World) -> None:
    agency = organization(world.store)
    admin, agent, colleague = await agency.admin(), await agency.agent(), await agency.agent()
    start = await world.store.now() + 9 * HOUR
    made = await block(agency, admin, start, of=agent)
    assert (await listed(agency, admin, agent)).items == [made]
    for attempt in (
        lambda: listed(agency, colleague, agent),
        lambda: block(agency, colleague, start, of=agent),
        lambda: agency.blocks.remove(colleague, agent.as_agent().id, made.id),
    ):
        with pytest.raises(WrongRole):
            await attempt()
    with pytest.raises(BlockNotFound):
        await agency.blocks.remove(admin, colleague.as_agent().id, made.id)
    removed = await agency.agent()
    nobody = Paging(after=None, limit=1)
    await agency.agents.remove(admin, removed.as_agent().id, nobody, cancel_slots=False, reason=None)
    for stranger in (await organization(world.store).agent(), removed):
        with pytest.raises(AgentNotFound):
            await block(agency, admin, start, of=stranger)
    with pytest.raises(AgentNotFound):
        await agency.blocks.list(admin, uuid4(), window=Window(), paging=Paging(after=None, limit=9))
    with pytest.raises(BlockEndsBeforeStart):
        await block(agency, agent, start, 0)


async def test_a_list_has_all_that_its_window_touches_page_by_page(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    start = await world.store.now() + 9 * HOUR
    made = [await block(agency, agent, start + hour * HOUR, 2) for hour in (0, 1, 4)]
    window = Window(since=start + 1.5 * HOUR, until=start + 4 * HOUR)
    assert (await listed(agency, agent, agent, window)).items == made[:2]
    assert (await listed(agency, agent, agent, Window(since=start + 2 * HOUR))).items == made[1:]
    page = await listed(agency, agent, agent, limit=2)
    assert page.items == made[:2]
    rest = Paging(after=page.next, limit=2)
    after = await agency.blocks.list(agent, agent.as_agent().id, window=Window(), paging=rest)
    assert (after.items, after.next) == (made[2:], None)


async def test_a_slot_and_a_block_at_once_are_never_both_made(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    start = await world.store.now() + 9 * HOUR
    won: Counter[str] = Counter()
    for day in range(4):
        at = start + 24 * day * HOUR
        outcomes = await asyncio.gather(
            offer(agency, agent, at), block(agency, admin, at, of=agent), return_exceptions=True
        )
        kinds = {type(one) for one in outcomes}
        assert kinds in ({SlotView, BlockOverlapsSlots}, {AgentBlocked, Block})
        won.update(kind.__name__ for kind in kinds)
    assert sum(won.values()) == 8


async def test_an_erased_agents_blocks_are_gone_with_their_reasons(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    await block(agency, agent, await world.store.now() + 9 * HOUR)
    whose = agent.as_agent()
    await world.store.agents.erase(whose.organization_id, whose.id)
    assert (await listed(agency, await agency.admin(), agent)).items == []
