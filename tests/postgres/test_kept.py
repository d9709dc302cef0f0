"""Pages that are kept: they save the database work, and are never told from others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import msgspec
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.sql_files import Query
from booking.adapters.postgres.visits import page_cache
from booking.adapters.postgres.visits.listing import LISTED, MARKED, MARKED_OR_SEEN
from booking.adapters.postgres.visits.page_cache import Mark, PageCache
from booking.domain.paging import Paging, Window
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.values import replace
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.booking import Booking
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_page import PropertyPage
from booking.entrypoints.http.routes.visits.property_slots import encoded
from tests.builders import HOUR, Organization, organization, screening
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld, as_owner

ALL = Paging(after=None, limit=20)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Property:
    """With three slots: of one place and of three in the next hours, and of two tomorrow."""

    world: PostgresWorld
    agency: Organization
    property_id: UUID
    agent: Caller
    admin: Caller
    ana: Caller
    ben: Caller
    slots: Sequence[Slot]

    async def page(self, viewer: Caller, agency: Organization | None = None, paging: Paging = ALL) -> PropertyPage:
        agency = agency or self.agency
        return await agency.slots.bookable(viewer, self.property_id, window=Window(), paging=paging)

    async def booked(self, of: int) -> Booking:
        return await self.agency.book(self.ana, self.slots[of].id)

    async def held(self, of: int) -> Booking:
        return await self.agency.holds.hold(self.ana, self.slots[of].id)

    async def cancelled(self) -> None:
        page = await self.agency.bookings.list(self.ana, side=None, window=Window(), paging=ALL)
        for view in page.items:
            await self.agency.bookings.cancel(self.ana, view.booking.id)

    async def screened(self, who: Caller, level: RiskLevel) -> None:
        person = who.applicants[0]
        found = screening(person.organization_id, external_id=person.external_id, email=person.email, risk_level=level)
        await self.agency.screen(found)

    async def sql(self, statement: str, slot: int) -> None:
        await as_owner(self.world.owner_url, statement, self.slots[slot].id)


async def property_in(world: PostgresWorld) -> Property:
    agency = organization(world.store)
    agent, admin, ana, ben = (
        await agency.agent(),
        await agency.admin(),
        await agency.applicant(),
        await agency.applicant(),
    )
    property_id = uuid4()
    slots = [
        await agency.slot(agent, property_id=property_id, starts_in=HOUR * hours, capacity=capacity)
        for hours, capacity in ((2, 1), (3, 3), (30, 2))
    ]
    return Property(world, agency, property_id, agent, admin, ana, ben, slots)


Deed = Callable[[Property], Awaitable[object]]


async def _nothing(_: Property) -> None: ...


async def _awaited(at: Property) -> None:
    """As where the only booking was moved away, and the worker has still to offer its place on."""
    await at.booked(0)
    await at.agency.waitlists.join(at.ben, at.slots[0].id)
    await at.agency.slots.resize(at.agent, at.slots[0].id, 1)
    await at.sql("DELETE FROM bookings WHERE slot_id = $1", 0)
    await at.sql("UPDATE slots SET status = 'available', capacity = 2 WHERE id = $1", 0)


async def _awaited_by_somebody_barred(at: Property) -> None:
    await _awaited(at)
    await at.sql(
        "UPDATE applicants SET risk_level = 'HIGH' WHERE id IN (SELECT applicant_id FROM waitlist WHERE slot_id = $1)",
        0,
    )


async def _approved(at: Property, of: int = 0) -> None:
    await at.agency.policies.put(
        at.admin, Settings(approval_levels=(RiskLevel.LOW,), approval_seconds=600), expected=None
    )
    await at.booked(of)


async def _group_approved(at: Property) -> None:
    await _approved(at, 1)


DEEDS: dict[str, tuple[Deed, Deed]] = {
    "the only place is booked": (_nothing, lambda at: at.booked(0)),
    "one place of several is booked": (_nothing, lambda at: at.booked(1)),
    "one place of several is free again": (
        lambda at: at.booked(1),
        lambda at: at.cancelled(),
    ),
    "the only place is held": (_nothing, lambda at: at.held(0)),
    "one place of several is held": (_nothing, lambda at: at.held(1)),
    "a hold of the only place is over by the clock": (lambda at: at.held(0), lambda at: at.world.jump(HOUR)),
    "a hold of one place of several is over by the clock": (lambda at: at.held(1), lambda at: at.world.jump(HOUR)),
    "a booking of the only place has expired by the clock": (_approved, lambda at: at.world.jump(HOUR)),
    "a booking of one place of several has expired by the clock": (_group_approved, lambda at: at.world.jump(HOUR)),
    "a slot is cancelled": (_nothing, lambda at: at.agency.slots.cancel(at.agent, at.slots[1].id)),
    "a slot is offered": (
        _nothing,
        lambda at: at.agency.slot(at.agent, property_id=at.property_id, starts_in=9 * HOUR),
    ),
    "a slot has more places": (_nothing, lambda at: at.agency.slots.resize(at.agent, at.slots[1].id, 5)),
    "a visit has begun": (_nothing, lambda at: at.world.jump(2.5 * HOUR)),
    "there is a notice": (
        _nothing,
        lambda at: at.agency.policies.put(at.admin, Settings(notice_seconds=9000), expected=None),
    ),
    "there is a horizon": (
        _nothing,
        lambda at: at.agency.policies.put(at.admin, Settings(horizon_days=1), expected=None),
    ),
    "bookings are approved from now on": (
        _nothing,
        lambda at: at.agency.policies.put(at.admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=None),
    ),
    "whoever looks is barred": (_nothing, lambda at: at.screened(at.ana, RiskLevel.HIGH)),
    "whoever waits is barred": (_awaited, lambda at: at.screened(at.ben, RiskLevel.HIGH)),
    "whoever waits is not barred any more": (
        _awaited_by_somebody_barred,
        lambda at: at.screened(at.ben, RiskLevel.LOW),
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
async def test_a_page_tells_whatever_has_happened_since_it_was_kept(
    deed: str, database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "LIFE", timedelta(days=1))  # so that nothing is told for being old
    before, then = DEEDS[deed]
    at = await property_in(PostgresWorld(postgres_store(database), owner_url, database))
    await before(at)
    viewers = (at.ben, at.ana, at.agent, at.admin)
    for viewer in 3 * viewers:
        _shown(await at.page(viewer))
    await then(at)
    for viewer in 2 * (at.ben, *viewers):
        keeps_none = Organization(postgres_store(database), at.agency.organization_id)
        told, right = await at.page(viewer), await at.page(viewer, keeps_none)
        assert (_shown(told), told.items, told.next) == (_shown(right), right.items, right.next)


def _shown(page: PropertyPage) -> bytes:
    return msgspec.json.encode(encoded(page))


@pytest.fixture
def asked(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[Query]:
    """What the database is asked."""
    statements: list[Query] = []
    fetch = database.fetch

    async def recorded(statement: Query, *inputs: object) -> Sequence[Row]:
        statements.append(statement)
        return await fetch(statement, *inputs)

    monkeypatch.setattr(database, "fetch", recorded)
    return statements


async def test_while_nothing_changes_only_the_mark_of_a_page_is_asked_for(
    database: Database, owner_url: str, asked: list[Query]
) -> None:
    at = await property_in(PostgresWorld(postgres_store(database), owner_url, database))
    await at.booked(1)
    asked.clear()
    pages = [await at.page(viewer) for viewer in (at.ben, at.ben, at.agent, at.admin)]
    assert asked == [LISTED, MARKED, MARKED, MARKED]
    assert pages[0].items == pages[1].items
    assert [[view.slot.id for view in page.items] for page in pages] == [[slot.id for slot in at.slots]] * 4


async def test_pages_and_slots_that_are_asked_for_at_one_time_are_one_question(
    database: Database, owner_url: str, asked: list[Query]
) -> None:
    """Each who asks is told what they would be told alone."""
    at = await property_in(PostgresWorld(postgres_store(database), owner_url, database))
    await at.booked(1)
    first = Paging(after=None, limit=2)
    questions: list[Callable[[], Awaitable[object]]] = [
        *(partial(at.agency.slots.get, viewer, slot.id) for viewer in (at.ana, at.ben, at.agent) for slot in at.slots),
        *(partial(_told, at, viewer, paging) for viewer in (at.ben, at.ana, at.agent) for paging in (ALL, first)),
    ]
    for question in questions:
        await question()
    alone = [await question() for question in questions]
    asked.clear()
    together = await asyncio.gather(*(question() for question in questions))
    assert asked == [MARKED_OR_SEEN]
    assert [_untimed(one) for one in together] == [_untimed(one) for one in alone]


async def _told(at: Property, viewer: Caller, paging: Paging) -> object:
    page = await at.page(viewer, paging=paging)
    return page.items, page.next


def _untimed(told: object) -> object:
    if not isinstance(told, SlotView):
        return told
    return told.actions, replace(told.availability, at=NOON)


@pytest.mark.parametrize("of", [0, 1])
async def test_a_page_that_changes_by_the_clock_is_not_kept(
    of: int, database: Database, owner_url: str, asked: list[Query]
) -> None:
    """It would be asked for twice each time."""
    at = await property_in(PostgresWorld(postgres_store(database), owner_url, database))
    await at.held(of)
    asked.clear()
    for _ in range(2):
        await at.page(at.ben)
    assert asked == [LISTED, LISTED]


async def test_each_page_is_kept_for_itself(database: Database, owner_url: str) -> None:
    at = await property_in(PostgresWorld(postgres_store(database), owner_url, database))
    first = Paging(after=None, limit=2)
    for _ in range(3):
        page = await at.page(at.ben, paging=first)
        assert [view.slot.id for view in page.items] == [slot.id for slot in at.slots[:2]]
        rest = await at.page(at.ben, paging=Paging(after=page.next, limit=2))
        assert ([view.slot.id for view in rest.items], rest.next) == ([at.slots[2].id], None)


async def test_what_a_page_was_written_to_is_kept_for_those_who_may_do_the_same(
    database: Database, owner_url: str
) -> None:
    at = await property_in(PostgresWorld(postgres_store(database), owner_url, database))
    await at.page(at.ben)
    shown = []
    for viewer in (at.ben, at.ana, at.agent, at.agent):
        shown.append(encoded(await at.page(viewer)))
    assert shown[0] is shown[1]
    assert shown[1] is not shown[2]
    assert shown[2] is shown[3]


async def test_the_page_that_was_asked_for_longest_ago_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "MOST", 4)  # slots
    slots, pages = 2 * (uuid4().bytes + b"1234"), PageCache[str]()
    mark = Mark(slots, 0)
    for key in ("a", "b"):
        pages.put(key, mark, NOON, [[], [1, 2]])
    assert pages.get("a", mark, NOON) is not None
    pages.put("c", mark, NOON, [[], [1, 2]])
    assert [key in pages for key in "abc"] == [True, False, True]
    assert _columns(pages.get("a", mark, NOON)) == [(UUID(bytes=slots[:16]),) * 2, (1, 2)]
    assert (pages.get("c", Mark(2 * slots, 0), NOON), "c" in pages) == (None, False)
    pages.put("a", mark, NOON, [[], [3, 4]])
    pages.put("d", mark, NOON, [[], [1, 2]])
    assert _columns(pages.get("a", mark, NOON))[1:] == [(3, 4)]
    pages.put("too large", Mark(3 * slots, 0), NOON, [[], [1, 2, 3, 4, 5, 6]])
    assert [key in pages for key in ("a", "d", "too large")] == [False] * 3


def _columns(page: page_cache.Page | None) -> list[tuple[object, ...]]:
    return [] if page is None else list(map(tuple, page.columns))


async def test_a_page_is_kept_for_ten_minutes() -> None:
    """For changes by whoever knows nothing of marks."""
    mark, pages = Mark(uuid4().bytes + b"1234", 7), PageCache[str]()
    pages.put("a", mark, NOON, [[], [1]])
    assert pages.get("a", mark, NOON + timedelta(minutes=9)) is not None
    assert pages.get("a", mark, NOON + timedelta(minutes=10)) is None
    assert "a" not in pages


async def test_a_page_is_not_shown_after_an_agents_name_was_changed() -> None:
    slots, pages = uuid4().bytes + b"1234", PageCache[str]()
    pages.put("a", Mark(slots, 7), NOON, [[], [1]])
    assert pages.get("a", Mark(slots, 8), NOON) is None
    assert "a" not in pages
