"""Answers that help: alternatives, eligibility, finding people; the same in memory and in PostgreSQL."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from booking.domain.paging import Paging
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.refusals import ApplicantNotFound, WrongRole
from booking.domain.properties.policy import Settings
from booking.domain.refusals import NotYourSlot, SlotNotFound
from booking.domain.visits.refusals import BookingNotFound, HoldNotFound, SlotTaken
from tests.builders import HOUR, claims, organization, screening
from tests.support.worlds import World


async def test_whoever_comes_too_late_hears_of_the_nearest_bookable_slots_of_the_property(world: World) -> None:
    agency = organization(world.store)
    agent, winner, rival = await agency.agent(), await agency.applicant(), await agency.applicant()
    property_id = uuid4()
    slots = [await agency.slot(agent, property_id=property_id, starts_in=n * 2 * HOUR) for n in range(1, 8)]
    await agency.slot(await agency.agent(), starts_in=9 * HOUR)
    for taken in (slots[3], slots[2]):
        await agency.book(winner, taken.id)
    await agency.slots.cancel(agent, slots[4].id)
    free = [slots[n] for n in (0, 1, 5, 6)]
    nearest = sorted(free, key=lambda slot: abs(slot.start_time - slots[3].start_time))[:3]
    for ask in (agency.bookings.book, agency.holds.hold):
        with pytest.raises(SlotTaken) as refused:
            await ask(rival, slots[3].id)
        assert [availability.slot for availability in refused.value.alternatives or ()] == nearest


async def test_eligibility_tells_every_rule_why_not_and_until_when(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    await agency.policies.put(
        await agency.admin(), Settings(horizon_days=1, max_live_bookings=1, max_live_holds=1), expected=None
    )
    near = await agency.slot(agent, starts_in=3 * HOUR)
    far = await agency.slot(agent, starts_in=timedelta(days=3))
    await agency.book(applicant, near.id)
    verdicts = {verdict.rule: verdict for verdict in await agency.slots.eligibility(applicant, far.id)}
    assert list(verdicts) == [
        "screening",
        "not_started",
        "not_cancelled",
        "notice",
        "horizon",
        "place",
        "one_booking",
        "booking_limit",
        "property_limit",
        "no_overlap",
        "booking_cooldown",
    ]
    broken = {rule: verdict.until for rule, verdict in verdicts.items() if not verdict.satisfied}
    assert broken == {"horizon": far.start_time - timedelta(days=1), "booking_limit": near.end_time}
    assert all(verdict.refusal is None and verdict.until is None for verdict in verdicts.values() if verdict.satisfied)


async def test_a_limit_lifts_when_so_many_are_over_that_one_more_fits(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    first, second, third, wanted = [await agency.slot(agent, starts_in=hours * HOUR) for hours in (3, 5, 7, 9)]
    for slot in (second, first):
        await agency.book(applicant, slot.id)

    async def until(most: int) -> datetime | None:
        await agency.policies.put(admin, Settings(max_live_bookings=most), expected=None)
        (limit,) = [v for v in await agency.slots.eligibility(applicant, wanted.id) if v.rule == "booking_limit"]
        assert not limit.satisfied
        return limit.until

    assert await until(2) == first.end_time
    assert await until(1) == second.end_time
    await agency.policies.put(admin, Settings(), expected=None)
    hold = await agency.holds.hold(applicant, third.id)
    assert await until(3) == hold.deadline


async def test_a_place_that_is_only_held_lifts_with_the_hold_unless_somebody_waits(world: World) -> None:
    agency = organization(world.store)
    holder, waiter, looker = [await agency.applicant() for _ in range(3)]
    slot = await agency.slot(await agency.agent())
    hold = await agency.holds.hold(holder, slot.id)

    async def until() -> datetime | None:
        (place,) = [one for one in await agency.slots.eligibility(looker, slot.id) if one.rule == "place"]
        assert not place.satisfied
        return place.until

    assert await until() == hold.deadline
    await agency.waitlists.join(waiter, slot.id)
    assert await until() is None


async def test_eligibility_is_for_applicants_of_the_slot_s_organization(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    slot = await agency.slot(agent := await agency.agent())
    with pytest.raises(WrongRole):
        await agency.slots.eligibility(agent, slot.id)
    with pytest.raises(SlotNotFound):
        await agency.slots.eligibility(await other.applicant(), slot.id)


async def test_agents_find_the_people_of_their_organization(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    agent = await agency.agent()
    for name, email, risk_level in (
        ("Ada Lovelace", "ada@example.com", RiskLevel.LOW),
        ("Grace Hopper", "GRACE@example.com", RiskLevel.HIGH),
        ("Alan 100%_", "alan@example.org", RiskLevel.MEDIUM),
    ):
        await agency.screen(screening(agency.organization_id, name=name, email=email, risk_level=risk_level))
    await other.screen(screening(other.organization_id, name="Ada Foreign"))

    async def found(q: str | None = None, eligible: bool | None = None) -> list[str]:
        page = await agency.applicants.list(agent, q=q, eligible=eligible, paging=Paging(after=None, limit=9))
        return [applicant.name.split()[0] for applicant in page.items]

    assert await found() == ["Ada", "Grace", "Alan"]
    assert await found("ADA l") == ["Ada"]
    assert await found("grace@EXAMPLE") == ["Grace"]
    assert (await found("%_"), await found("_ovelace")) == (["Alan"], [])
    assert (await found(eligible=True), await found(eligible=False)) == (["Ada", "Alan"], ["Grace"])
    with pytest.raises(WrongRole):
        await agency.applicants.list(
            await agency.applicant(), q=None, eligible=None, paging=Paging(after=None, limit=9)
        )


async def test_pages_of_people_give_each_once(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    people = [(await agency.applicant()).applicants[0].id for _ in range(5)]
    seen, after = [], None
    while True:
        page = await agency.applicants.list(agent, q=None, eligible=None, paging=Paging(after=after, limit=2))
        seen += [applicant.id for applicant in page.items]
        if (after := page.next) is None:
            break
    assert seen == people


async def test_an_agent_books_for_somebody_on_own_slots_an_admin_on_all(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    person = applicant.applicants[0].id
    slot, second = await agency.slots_of(agent, 2)
    booking = await agency.book(agent, slot.id, applicant_id=person)
    assert booking.applicant_id == person
    await agency.book(await agency.admin(), second.id, applicant_id=person)
    third = await agency.slot(agent, starts_in=9 * HOUR)
    with pytest.raises(NotYourSlot):
        await agency.book(await agency.agent(), third.id, applicant_id=person)
    with pytest.raises(ApplicantNotFound):
        await agency.book(agent, third.id, applicant_id=(await other.applicant()).applicants[0].id)
    with pytest.raises(WrongRole):
        await agency.book(applicant, third.id, applicant_id=person)


async def test_whoever_is_agent_and_applicant_has_not_the_holds_and_visits_of_others(world: World) -> None:
    """What is in view as an agent's is still not one's own."""
    agency = organization(world.store)
    email = f"{uuid4()}@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    both = await agency.identity.identify(
        claims(email=email, organization_id=agency.organization_id, role=AgentRole.ADMIN), None
    )
    applicant = await agency.applicant()
    first, second = await agency.slots_of(both, 2)
    hold, booking = await agency.holds.hold(applicant, first.id), await agency.book(applicant, second.id)
    with pytest.raises(HoldNotFound):
        await agency.holds.release(both, hold.id)
    with pytest.raises(BookingNotFound):
        await agency.bookings.give_feedback(both, booking.id, rating=5, comment="")


async def test_a_colleague_may_look_and_do_nothing(world: World) -> None:
    agency = organization(world.store)
    slot = await agency.slot(await agency.agent())
    assert (await agency.slots.get(await agency.agent(), slot.id)).actions == ()
