"""The audit: everything that changed, by whom, in order; sealed so that no change of it goes unseen."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from booking.domain import audit
from booking.domain.audit import RETENTION, Audited, AuditFilter, Breach, Seal, Tally
from booking.domain.events import EventType
from booking.domain.people.agent import Agent, AgentRole
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.values import replace
from booking.entrypoints import sealer as sealer_module
from booking.entrypoints.http.routes.audit import AuditedEvent
from booking.entrypoints.sealer import Sealer
from booking.service import audit as sealing_service
from booking.service.audit import AuditService, SealingService
from booking.service.ports import Lease, Lost
from tests.builders import Organization, organization
from tests.support.worlds import World

SECRET = b"s" * 32
ANY = AuditFilter()


def sealing(world: World, secret: bytes = SECRET) -> SealingService:
    return SealingService(world.store.trail, world.store.now, secret)


async def placed(world: World) -> None:
    while await world.store.outbox.place(100):
        pass


async def listed(agency: Organization, chosen: AuditFilter = ANY, limit: int = 100) -> Sequence[AuditedEvent]:
    service = AuditService(agency.store.audit_queries)
    found, _ = await service.list(admin_of(agency), AuditedEvent, chosen, after=None, limit=limit)
    return found


def admin_of(agency: Organization) -> Caller:
    """As the service knows them; nothing is recorded of it."""
    admin = Agent(id=uuid4(), organization_id=agency.organization_id, role=AgentRole.ADMIN)
    return Caller(subject="admin", email=None, agent=admin, applicants=())


async def test_an_admin_sees_what_happened_in_the_organization_newest_first(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    await other.slot(await other.agent())
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id, "call me")
    assert await listed(agency) == []
    await placed(world)
    found = await listed(agency)
    assert [one.type for one in found] == [
        EventType.BOOKING_CONFIRMED,
        EventType.SLOT_CREATED,
        EventType.APPLICANT_LINKED,
        EventType.APPLICANT_REGISTERED,
        EventType.AGENT_ADDED,
    ]
    confirmed = found[0]
    assert (confirmed.actor.subject, confirmed.actor.role) == (applicant.subject, "applicant")
    assert (confirmed.from_state, confirmed.to_state, confirmed.booking_id) == (None, "confirmed", booking.id)
    positions = [one.position for one in found]
    assert positions == sorted(positions, reverse=True)
    assert "call me" not in repr(found)


async def test_whoever_is_no_admin_does_not_see_it(world: World) -> None:
    agency = organization(world.store)
    for caller in (await agency.agent(), await agency.applicant()):
        with pytest.raises(WrongRole):
            await AuditService(world.store.audit_queries).list(caller, AuditedEvent, ANY, after=None, limit=10)


async def test_pages_and_filters_leave_nothing_out(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slots = await agency.slots_of(agent, 3)
    booking = await agency.book(applicant, slots[0].id)
    await placed(world)
    everything = await listed(agency)
    service, admin, seen, after = AuditService(world.store.audit_queries), admin_of(agency), list[AuditedEvent](), None
    while True:
        page, after = await service.list(admin, AuditedEvent, ANY, after=after, limit=2)
        seen += page
        if after is None:
            break
    assert seen == everything
    found = everything[0]
    for chosen, expected in (
        (AuditFilter(type=EventType.SLOT_CREATED), 3),
        (AuditFilter(subject=applicant.subject), 2),
        (AuditFilter(slot_id=slots[0].id), 2),
        (AuditFilter(booking_id=booking.id), 1),
        (AuditFilter(applicant_id=applicant.applicants[0].id), 3),
        (AuditFilter(since=found.occurred_at), 1),
        (AuditFilter(until=found.occurred_at), 6),
        (AuditFilter(type=EventType.SLOT_CREATED, booking_id=booking.id), 0),
    ):
        assert (chosen, len(await listed(agency, chosen))) == (chosen, expected)


async def changed_as(agency: Organization, request_id: str) -> Caller:
    """One request that changes two things: it books the place of one hold, and the agency hears of both."""
    agent = replace(await agency.agent(), request_id=request_id)
    slot = await agency.slot(agent)
    await agency.book(replace(await agency.applicant(), request_id=request_id), slot.id)
    await agency.slots.cancel(agent, slot.id, "burst pipe")
    return agent


async def test_a_request_is_found_by_its_id_and_nobody_elses_is(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    await changed_as(agency, "one")
    await changed_as(agency, "two")
    await changed_as(other, "one")
    await placed(world)
    found = await listed(agency, AuditFilter(request_id="one"))
    assert [one.type for one in found] == [
        EventType.BOOKING_CANCELLED,
        EventType.SLOT_CANCELLED,
        EventType.BOOKING_CONFIRMED,
        EventType.SLOT_CREATED,
    ]
    assert {one.request_id for one in found} == {"one"}
    assert await listed(agency, AuditFilter(request_id="three")) == []


@pytest.mark.parametrize("at_once", [1, 2, 100])
async def test_who_waits_for_a_request_gets_all_that_it_changed_or_what_is_there_in_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """However few events are given their position at once."""
    agency = organization(world.store)
    service, chosen = AuditService(world.store.audit_queries), AuditFilter(request_id="one")
    pauses: list[float] = []

    async def meanwhile(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 1:
            await changed_as(agency, "one")
        elif placing:
            await world.store.outbox.place(at_once)

    monkeypatch.setattr(sealing_service, "pause", meanwhile)
    placing = True
    found, _ = await service.list(admin_of(agency), AuditedEvent, chosen, after=None, limit=100, wait=10)
    assert len(found) == 4
    assert sum(pauses) < 10
    waited = len(pauses)
    again, _ = await service.list(admin_of(agency), AuditedEvent, chosen, after=None, limit=100, wait=10)
    assert (again, len(pauses)) == (found, waited)

    pauses, placing = [0.0], False
    none = AuditFilter(request_id="none")
    assert await service.list(admin_of(agency), AuditedEvent, none, after=None, limit=100, wait=3) == ([], None)
    assert sum(pauses) == pytest.approx(3)
    assert pauses == sorted(pauses) or pauses[:-1] == sorted(pauses[:-1]), "ever longer, but for what is left"
    await changed_as(agency, "late")
    late = AuditFilter(request_id="late")
    assert await service.list(admin_of(agency), AuditedEvent, late, after=None, limit=100, wait=1) == ([], None)


async def test_a_move_is_found_by_either_slot(world: World) -> None:
    agency = organization(world.store)
    applicant = await agency.applicant()
    old, new = await agency.slots_of(await agency.agent(), 2)
    booking = await agency.book(applicant, old.id)
    await agency.bookings.reschedule(applicant, booking.id, new.id)
    await placed(world)
    moved, booked, offered = await listed(agency, AuditFilter(slot_id=old.id))
    assert [one.type for one in (moved, booked, offered)] == [
        EventType.BOOKING_RESCHEDULED,
        EventType.BOOKING_CONFIRMED,
        EventType.SLOT_CREATED,
    ]
    assert (await listed(agency, AuditFilter(slot_id=new.id)))[0] == moved


async def test_seals_of_a_former_release_hold_though_they_say_nothing_of_moves(world: World) -> None:
    """The one before ran beside this one and sealed what this one wrote."""
    agency = organization(world.store)
    await agency.slot(await agency.agent())
    await placed(world)
    events, at = await world.store.trail.placed(1, 10), await world.store.now()
    content = audit.content_of(events, whole=False)
    header = f"1:1:{len(events)}:{at.isoformat()}".encode()
    digest = hmac.new(SECRET, audit.START + content + header, hashlib.sha256).digest()
    former = audit.Seal(number=1, first=1, last=len(events), content=content, digest=digest, sealed_at=at)
    await world.store.trail.add_seal(former)
    await agency.slot(await agency.agent(), starts_in=timedelta(hours=3))
    await placed(world)
    sealed = await sealing(world).seal()
    assert sealed
    assert sealed.number == 2
    assert [one async for one in sealing(world).breaches()] == []


async def test_a_time_or_a_move_that_is_changed_or_added_later_is_seen(world: World) -> None:
    agency = organization(world.store)
    applicant = await agency.applicant()
    old, new = await agency.slots_of(await agency.agent(), 2)
    booking = await agency.book(applicant, old.id)
    await agency.bookings.reschedule(applicant, booking.id, new.id)
    await placed(world)
    events, at = await world.store.trail.placed(1, 100), await world.store.now()
    sealed = audit.seal(SECRET, None, events, at=at)
    assert audit.changed(sealed, events, at) is None
    left = events[-1].recorded.event.moved_from
    assert left
    for change in (
        {"moved_from": None},
        {"moved_from": replace(left, agent_id=booking.id)},
        {"start_time": None, "end_time": None},
        {"start_time": at},
    ):
        assert audit.changed(sealed, [*events[:-1], _with(events[-1], change)], at)
    assert audit.changed(sealed, [_with(events[0], {"moved_from": left}), *events[1:]], at)
    assert audit.changed(sealed, [_with(events[0], {"start_time": at, "end_time": at}), *events[1:]], at)


async def test_an_endpoint_that_is_changed_or_added_later_is_seen(world: World) -> None:
    agency = organization(world.store)
    slot = await agency.slot(await agency.agent())
    await placed(world)
    (*_, made), at = await world.store.trail.placed(1, 100), await world.store.now()
    of_endpoint = _with(made, {"type": "webhook_endpoint.changed", "endpoint_id": slot.id})
    sealed = audit.seal(SECRET, None, [of_endpoint], at=at)
    assert audit.changed(sealed, [of_endpoint], at) is None
    assert audit.changed(sealed, [_with(of_endpoint, {"endpoint_id": made.recorded.id})], at)
    assert audit.changed(sealed, [_with(of_endpoint, {"endpoint_id": None})], at)
    of_slot = audit.seal(SECRET, None, [made], at=at)
    assert audit.changed(of_slot, [_with(made, {"endpoint_id": slot.id})], at)


async def test_what_the_release_before_sealed_without_its_endpoint_still_fits(world: World) -> None:
    agency = organization(world.store)
    slot = await agency.slot(await agency.agent())
    await placed(world)
    (*_, made), at = await world.store.trail.placed(1, 100), await world.store.now()
    without = _with(made, {"type": "webhook_endpoint.changed"})
    sealed = audit.seal(SECRET, None, [without], at=at)
    assert audit.changed(sealed, [_with(without, {"endpoint_id": slot.id})], at) is None


def _with(one: Audited, changes: Mapping[str, Any]) -> Audited:
    return replace(one, recorded=replace(one.recorded, event=replace(one.recorded.event, **changes)))


async def test_seals_follow_each_other_over_all_that_was_placed(world: World) -> None:
    agency = organization(world.store)
    assert await sealing(world).seal() is None
    for _ in range(2):
        await agency.slot(await agency.agent())
        await placed(world)
        await sealing(world).seal()
    assert await Sealer(sealing(world)).step() == 0
    first, second = await world.store.trail.seals(1, 10)
    assert [(one.number, one.first, one.last) for one in (first, second)] == [(1, 1, 2), (2, 3, 4)]
    assert [one async for one in sealing(world).breaches()] == []


async def test_of_two_who_seal_at_once_one_is_heard(world: World) -> None:
    agency = organization(world.store)
    await agency.slot(await agency.agent())
    await placed(world)
    events = await world.store.trail.placed(1, 10)
    own = audit.seal(SECRET, None, events, at=await world.store.now())
    assert await sealing(world).seal() is not None
    quick = sealing(world)

    class Late:
        """Looked before the other one sealed."""

        def __getattr__(self, name: str) -> object:
            return getattr(world.store.trail, name)

        async def last_seal(self) -> None:
            return None

        async def tally(self) -> Tally:
            return Tally(last=1, highest=1, sealed=0)

    assert await SealingService(Late(), world.store.now, SECRET).seal() is None  # type: ignore[arg-type]
    assert (await world.store.trail.last_seal()).content == own.content  # type: ignore[union-attr]
    assert [one async for one in quick.breaches()] == []


async def test_without_the_secret_no_seal_can_be_made(world: World) -> None:
    agency = organization(world.store)
    await agency.slot(await agency.agent())
    await placed(world)
    await sealing(world, b"another").seal()
    (breach,) = [one async for one in sealing(world).breaches()]
    assert (breach.seal, "is not among those that are given" in breach.says) == (1, True)


async def test_events_past_their_retention_may_be_missing_and_others_not(world: World) -> None:
    agency = organization(world.store)
    await agency.slot(await agency.agent())
    await placed(world)
    sealed = await sealing(world).seal()
    assert sealed is not None
    for age, whole in ((RETENTION - timedelta(days=1), False), (RETENTION + timedelta(days=1), True)):
        found = audit.changed(sealed, [], sealed.sealed_at + age)
        assert (found is None) is whole


async def test_seals_of_another_history_do_not_fit_into_this_one(world: World) -> None:
    """Each covers the one before, so that nobody puts together what was never one record."""
    agency = organization(world.store)
    for _ in range(3):
        await agency.slot(await agency.agent())
    await placed(world)
    one, two, three = await world.store.trail.placed(1, 3)
    at = await world.store.now()
    here = audit.seal(SECRET, None, [one], at=at)
    there = audit.seal(SECRET, None, [replace(two, position=1)], at=at)
    after_here, after_there = (
        audit.seal(SECRET, first, [replace(three, position=2)], at=at) for first in (here, there)
    )
    assert audit.unsound([SECRET], here, after_here) is None
    assert audit.unsound([SECRET], here, after_there) is not None


async def test_a_position_counts_the_events_of_its_organization_alone(world: World) -> None:
    """Else a tenant could count another's events."""
    agency, other = organization(world.store), organization(world.store)
    for _ in range(2):
        for one in (agency, other, other):
            await one.slot(await one.agent())
        await placed(world)
    assert [one.position for one in await listed(agency)] == [4, 3, 2, 1]
    assert [one.position for one in await listed(other)] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert [one.position for one in await world.store.trail.placed(1, 20)] == list(range(1, 13))
    service, admin = AuditService(world.store.audit_queries), await other.admin()
    first, after = await service.list(admin, AuditedEvent, ANY, after=None, limit=5)
    last, end = await service.list(admin, AuditedEvent, ANY, after=after, limit=5)
    assert ([one.position for one in (*first, *last)], after, end) == ([8, 7, 6, 5, 4, 3, 2, 1], 4, None)


async def test_a_seal_that_is_not_the_next_one_is_not_added(world: World) -> None:
    agency = organization(world.store)
    await agency.slots_of(await agency.agent(), 2)
    await placed(world)
    one, two, three = await world.store.trail.placed(1, 3)
    at = await world.store.now()
    first = audit.seal(SECRET, None, [one], at=at)
    for wrong in (
        audit.seal(SECRET, first, [two], at=at),
        audit.seal(SECRET, None, [two], at=at),
        replace(first, last=4),
    ):
        with pytest.raises(Lost):
            await world.store.trail.add_seal(wrong)
    await world.store.trail.add_seal(first)
    for wrong in (first, audit.seal(SECRET, first, [three], at=at), replace(first, number=2)):
        with pytest.raises(Lost):
            await world.store.trail.add_seal(wrong)
    assert await world.store.trail.seals(1, 10) == [first]
    assert await world.store.trail.tally() == Tally(last=3, highest=3, sealed=1)


async def test_a_secret_can_be_changed_and_what_the_former_one_sealed_still_holds(world: World) -> None:
    agency = organization(world.store)
    now, trail = world.store.now, world.store.trail
    secrets = [b"1" * 32, b"2" * 32, b"3" * 32]
    for number, secret in enumerate(secrets):
        await agency.slot(await agency.agent())
        await placed(world)
        assert await SealingService(trail, now, secret, secrets[:number]).seal() is not None
    found = await trail.seals(1, 10)
    assert [one.key_id for one in found] == [audit.key_id_of(secret) for secret in secrets]
    assert len({one.key_id for one in found}) == 3
    newest_first = SealingService(trail, now, secrets[2], [secrets[1], secrets[0]])
    assert [one async for one in newest_first.breaches()] == []
    forgotten = SealingService(trail, now, secrets[2], [secrets[1]])
    assert [(one.seal, one.says) async for one in forgotten.breaches()] == [
        (1, f"its secret, of the id {found[0].key_id}, is not among those that are given")
    ]


async def test_a_seal_of_the_release_before_is_tried_with_each_secret(world: World) -> None:
    """It names none."""
    agency = organization(world.store)
    await agency.slot(await agency.agent())
    await placed(world)
    content = audit.content_of(await world.store.trail.placed(1, 1), whole=False)
    at = await world.store.now()
    header = f"1:1:1:{at.astimezone(UTC).isoformat()}".encode()
    digest = hmac.new(b"former" * 6, bytes(32) + content + header, hashlib.sha256).digest()
    former = Seal(number=1, first=1, last=1, content=content, digest=digest, sealed_at=at)
    await world.store.trail.add_seal(former)
    for before, whole in (([b"other" * 7, b"former" * 6], True), ([], False)):
        service = SealingService(world.store.trail, world.store.now, SECRET, before)
        assert ([one async for one in service.breaches()] == []) is whole
    assert audit.unsound([b"former" * 6], None, replace(former, key_id=audit.key_id_of(b"former" * 6))) is not None


async def test_events_without_a_seal_for_over_a_minute_are_an_alarm_until_they_are_sealed(world: World) -> None:
    agency = organization(world.store)
    await agency.slots_of(await agency.agent(), 2)
    await placed(world)
    assert await sealing(world).alarms() == []
    assert [one async for one in sealing(world).breaches()] == []
    await world.jump(timedelta(seconds=61))
    waiting = Breach(seal=None, says="events from position 1 on are without a seal for over a minute")
    assert await sealing(world).alarms() == [waiting]
    assert [one async for one in sealing(world).breaches()] == [waiting]

    class Failing(SealingService):
        async def seal(self, lease: Lease | None = None) -> None:
            raise ConnectionError

    failing, mended = Sealer(Failing(world.store.trail, world.store.now, SECRET)), sealing(world)
    with capture_logs() as lines:
        for _ in range(2):
            with pytest.raises(ConnectionError):
                await failing.step()
        assert await Sealer(mended, failing.alarms).step() == 0
    assert [(line["event"], line.get("says"), line["log_level"]) for line in lines] == [
        ("audit alarm", waiting.says, "error"),
        ("audit sealed", None, "info"),
        ("audit alarm over", waiting.says, "info"),
    ]
    assert [one async for one in mended.breaches()] == []


async def test_what_waits_for_a_seal_is_read_and_sealed_in_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it catches up, the sealer raises no alarm."""
    for module in (sealing_service, sealer_module):
        monkeypatch.setattr(module, "BATCH", 2)
    agency = organization(world.store)
    await agency.slots_of(await agency.agent(), 4)
    await placed(world)
    assert [one async for one in sealing(world).breaches()] == []
    await world.jump(timedelta(seconds=61))
    waiting = [Breach(seal=None, says="events from position 1 on are without a seal for over a minute")]
    assert [one async for one in sealing(world).breaches()] == waiting
    assert await sealing(world).alarms() == waiting, "of the first page alone"
    sealer = Sealer(sealing(world))
    with capture_logs() as lines:
        assert [await sealer.step() for _ in range(3)] == [2, 2, 0]
    assert [(line["event"], line["first"], line["last"]) for line in lines] == [
        ("audit sealed", 1, 2),
        ("audit sealed", 3, 4),
        ("audit sealed", 5, 5),
    ]
    assert [one async for one in sealing(world).breaches()] == []
