"""Plain visits: booked by one statement where nothing stands in the way, and left to the domain where anything does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import asyncpg
import pytest

from booking.adapters.postgres.engine.database import Database, Fetch
from booking.adapters.postgres.visits.rosters import direct_booking
from booking.adapters.postgres.visits.rosters import rosters as rosters_module
from booking.adapters.postgres.visits.rosters.claim_queue import Claimed, QueuedClaim
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.refusals import OutcomeUnknown, Refusal
from booking.domain.visits.place_request import BookPlace
from booking.domain.visits.slot import Slot
from tests.builders import HOUR, Organization, organization, screening
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

Deed = Callable[["Scene"], Awaitable[object]]


@dataclass(frozen=True)
class Scene:
    """`here` is the process that books, `there` another one."""

    here: Organization
    there: Organization
    owner_url: str
    agent: Caller
    applicant: Caller
    slot: Slot

    @classmethod
    async def begin(cls, database: Database, elsewhere: Database, owner_url: str, *, capacity: int = 1) -> "Scene":
        there = organization(postgres_store(elsewhere))
        here = Organization(postgres_store(database), there.organization_id)
        agent = await there.agent()
        slot = await there.slot(agent, capacity=capacity)
        return cls(here, there, owner_url, agent, await there.applicant(), slot)

    async def told(self, caller: Caller | None = None) -> str:
        """What comes of the booking, in a word."""
        try:
            return (await self.here.book(caller or self.applicant, self.slot.id, "Ring twice")).status.value
        except Refusal as refusal:
            return refusal.code

    @property
    def request(self) -> QueuedClaim:
        (person,) = self.applicant.applicants
        return QueuedClaim(
            self.slot.key,
            (person.organization_id, person.id),
            BookPlace(notes="Ring twice"),
            self.applicant.acting_as_applicant(self.applicant.home),
        )

    async def nothing(self) -> None: ...

    async def somebody_books(self) -> None:
        await self.there.book(await self.there.applicant(), self.slot.id)

    async def somebody_holds(self) -> None:
        await self.there.holds.hold(await self.there.applicant(), self.slot.id)

    async def they_book_here(self) -> None:
        await self.there.book(self.applicant, self.slot.id)

    async def they_hold_it(self) -> None:
        await self.there.holds.hold(self.applicant, self.slot.id)

    async def they_book_elsewhere(self) -> None:
        slot = await self.there.slot(await self.there.agent())
        await self.there.book(self.applicant, slot.id)

    async def they_book_what_reaches_into_it(self) -> None:
        """And something else shortly before."""
        for starts_in, lasts in ((HOUR / 4, HOUR / 4), (HOUR / 2, HOUR)):
            slot = await self.there.slot(await self.there.agent(), starts_in=starts_in, lasts=lasts)
            await self.there.book(self.applicant, slot.id)

    async def they_book_what_begins_before_it_ends(self) -> None:
        slot = await self.there.slot(await self.there.agent(), starts_in=1.5 * HOUR)
        await self.there.book(self.applicant, slot.id)

    async def they_hold_another(self) -> None:
        slot = await self.there.slot(await self.there.agent(), starts_in=9 * HOUR)
        await self.there.holds.hold(self.applicant, slot.id)

    async def somebody_waits_for_it_in_vain(self) -> None:
        await self.they_book_here()
        await self.there.waitlists.join(await self.there.applicant(), self.slot.id)
        await as_owner(self.owner_url, "DELETE FROM bookings")
        await as_owner(self.owner_url, "UPDATE slots SET status = 'available'")

    async def a_place_beside_is_booked(self) -> None:
        """The second of two: the first is free again."""
        await self.the_capacity_is_raised()
        first = await self.there.applicant()
        booking = await self.there.book(first, self.slot.id)
        await self.somebody_books()
        await self.there.bookings.cancel(first, booking.id)

    async def the_slot_is_cancelled(self) -> None:
        await self.there.slots.cancel(self.agent, self.slot.id)

    async def the_capacity_is_raised(self) -> None:
        await self.there.slots.resize(self.agent, self.slot.id, self.slot.capacity + 1)

    async def they_are_screened_out(self) -> None:
        (person,) = self.applicant.applicants
        await self.there.screen(
            screening(
                person.organization_id, external_id=person.external_id, email=person.email, risk_level=RiskLevel.HIGH
            )
        )

    async def they_are_unlinked(self) -> None:
        (person,) = self.applicant.applicants
        await self.there.applicants.unlink(person.organization_id, person.id)

    async def they_are_erased(self) -> None:
        (person,) = self.applicant.applicants
        await self.there.applicants.erase(person.organization_id, person.id)

    async def there_is(self, settings: Settings) -> None:
        await self.there.policies.put(await self.there.admin(), settings, expected=None)

    async def there_is_a_notice(self) -> None:
        await self.there_is(Settings(notice_seconds=2 * 3600))

    async def there_is_a_horizon(self) -> None:
        later = ", ".join(f"{name} = {name} + interval '3 days'" for name in ("start_time", "end_time", "busy_until"))
        await as_owner(self.owner_url, f"UPDATE slots SET {later}")
        await self.there_is(Settings(horizon_days=2))

    async def there_is_a_limit(self) -> None:
        await self.there_is(Settings(max_live_bookings=1))

    async def an_agent_has_to_approve(self) -> None:
        await self.there_is(Settings(approval_levels=(RiskLevel.LOW,)))

    async def consistent(self) -> bool:
        return not any((await self.here.store.auditor.violations()).values())


NOT_PLAIN: Mapping[Deed, str] = {
    Scene.somebody_books: "slot_taken",
    Scene.somebody_holds: "slot_taken",
    Scene.they_book_here: "slot_taken",
    Scene.they_hold_it: "confirmed",
    Scene.they_book_elsewhere: "applicant_busy",
    Scene.they_book_what_reaches_into_it: "applicant_busy",
    Scene.they_book_what_begins_before_it_ends: "applicant_busy",
    Scene.they_hold_another: "confirmed",
    Scene.somebody_waits_for_it_in_vain: "slot_taken",
    Scene.a_place_beside_is_booked: "confirmed",
    Scene.the_slot_is_cancelled: "slot_cancelled",
    Scene.they_are_screened_out: "applicant_ineligible",
    Scene.they_are_unlinked: "not_registered",
    Scene.they_are_erased: "not_registered",
    Scene.there_is_a_notice: "notice_too_short",
    Scene.there_is_a_horizon: "beyond_horizon",
    Scene.there_is_a_limit: "confirmed",
    Scene.an_agent_has_to_approve: "pending_approval",
}


@pytest.mark.parametrize("deed", NOT_PLAIN, ids=lambda deed: deed.__name__)
async def test_what_anything_stands_in_the_way_of_is_not_written_before_the_domain_has_decided(
    database: Database, elsewhere: Database, owner_url: str, deed: Deed
) -> None:
    scene = await Scene.begin(database, elsewhere, owner_url)
    await deed(scene)
    assert await direct_booking.book_directly(database.write, [scene.request]) == {}
    assert await scene.told() == NOT_PLAIN[deed]
    assert await scene.consistent() or deed is Scene.somebody_waits_for_it_in_vain


@pytest.mark.parametrize(("capacity", "status"), [(1, "booked"), (2, "available")])
async def test_what_is_plain_is_written_as_the_domain_tells_it(
    database: Database, elsewhere: Database, owner_url: str, capacity: int, status: str
) -> None:
    scene = await Scene.begin(database, elsewhere, owner_url, capacity=capacity)
    request = scene.request
    told = await direct_booking.book_directly(database.write, [request])
    roster, commitments = told[request]
    (claim,), (event,) = roster.claims, roster.happened
    assert roster.slot.status.value == status
    assert (commitments.applicant,) == scene.applicant.applicants
    context = await scene.there.store.bookings.get(claim.id, scene.applicant)
    assert (context.booking, context.agent_id) == (claim, roster.slot.agent_id)
    assert await scene.there.see(scene.agent, scene.slot.id) == roster.slot
    await scene.there.store.outbox.place(10)
    assert (await scene.there.store.trail.placed(1, 10))[-1].recorded.event == event
    assert await scene.consistent()


@dataclass(frozen=True)
class Pause:
    """Stops the statements of one process once they have begun, and before they lock and write: their clock waits.

    It is volatile, lest the planner ask it before they begin."""

    owner: asyncpg.Connection

    NAME = "paused"
    CLOCK = f"""
        CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            IF current_setting('application_name') = '{NAME}' THEN
                PERFORM pg_advisory_lock_shared(1);
                PERFORM pg_advisory_unlock_shared(1);
            END IF;
            RETURN now();
        END $$"""
    PAUSED = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

    async def begin(self) -> None:
        await self.owner.execute(self.CLOCK)
        await self.owner.execute("SELECT pg_advisory_lock(1)")

    async def meanwhile(self, deed: Awaitable[object]) -> None:
        while not await self.owner.fetch(self.PAUSED):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0)
        await deed
        await self.owner.execute("SELECT pg_advisory_unlock(1)")


@pytest.fixture
async def paused(owner_url: str) -> AsyncIterator[Database]:
    """The database as a process has it open that can be made to pause."""
    opened = Database(f"{await serving_url(owner_url)}?application_name={Pause.NAME}")
    yield opened
    await opened.close()


@pytest.fixture
async def pause(owner_url: str) -> AsyncIterator[Pause]:
    owner = await asyncpg.connect(owner_url)
    yield Pause(owner)
    await owner.close()


MEANWHILE: Mapping[Deed, str] = {
    Scene.nothing: "confirmed",
    Scene.somebody_books: "slot_taken",
    Scene.somebody_holds: "slot_taken",
    Scene.they_book_here: "slot_taken",
    Scene.they_book_elsewhere: "applicant_busy",
    Scene.they_book_what_reaches_into_it: "applicant_busy",
    Scene.they_book_what_begins_before_it_ends: "applicant_busy",
    Scene.the_slot_is_cancelled: "slot_cancelled",
    Scene.the_capacity_is_raised: "confirmed",
    Scene.they_are_screened_out: "applicant_ineligible",
    Scene.they_are_unlinked: "not_registered",
    Scene.they_are_erased: "not_registered",
}


@pytest.mark.parametrize("deed", MEANWHILE, ids=lambda deed: deed.__name__)
async def test_what_changes_between_what_the_statement_sees_and_what_it_writes_is_told_and_not_overwritten(
    paused: Database, database: Database, owner_url: str, pause: Pause, deed: Deed
) -> None:
    scene = await Scene.begin(paused, database, owner_url)
    await pause.begin()
    asking = asyncio.create_task(scene.told())
    await pause.meanwhile(deed(scene))
    assert await asking == MEANWHILE[deed]
    assert await scene.consistent()


async def test_what_somebody_else_has_locked_keeps_up_nobody_else(
    database: Database, elsewhere: Database, owner_url: str
) -> None:
    locked = await Scene.begin(database, elsewhere, owner_url)
    free = replace(locked, slot=await locked.here.slot(await locked.here.agent(), starts_in=3 * HOUR))
    somebody = await asyncpg.connect(owner_url)
    transaction = somebody.transaction()
    await transaction.start()
    await somebody.execute("SELECT FROM slots WHERE id = $1 FOR NO KEY UPDATE", locked.slot.id)
    waiting = asyncio.create_task(locked.told())
    assert await free.told(await free.here.applicant()) == "confirmed"
    assert not waiting.done()
    await transaction.rollback()
    assert await waiting == "confirmed"
    await somebody.close()


async def test_of_many_who_come_at_once_for_a_slot_as_many_as_it_has_places_get_one(
    database: Database, elsewhere: Database, owner_url: str
) -> None:
    scene = await Scene.begin(database, elsewhere, owner_url, capacity=3)
    rivals = [await scene.here.applicant() for _ in range(5)]
    assert await asyncio.gather(*map(scene.told, rivals)) == ["confirmed"] * 3 + ["slot_taken"] * 2
    assert await scene.consistent()


ENDED_IN_ITS_WAIT = """SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()"""


async def test_a_connection_lost_while_it_is_written_leaves_the_outcome_unknown_and_is_not_repeated(
    database: Database, elsewhere: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await Scene.begin(database, elsewhere, owner_url)
    tries = 0

    async def counted(fetch: Fetch, requests: list[QueuedClaim]) -> Mapping[QueuedClaim, Claimed]:
        nonlocal tries
        tries += 1
        return await direct_booking.book_directly(fetch, requests)

    monkeypatch.setattr(rosters_module, "book_directly", counted)
    owner, onlooker = await asyncpg.connect(owner_url), await asyncpg.connect(owner_url)
    async with owner.transaction():  # which would see who waits as it was at its first look
        await owner.execute("LOCK TABLE events IN SHARE MODE")
        booking = asyncio.create_task(scene.here.book(scene.applicant, scene.slot.id))
        while not (booking.done() or await onlooker.fetchval(ENDED_IN_ITS_WAIT)):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0)
    with pytest.raises(OutcomeUnknown):
        await booking
    await owner.close()
    await onlooker.close()
    assert tries == 1
