"""Claims without a lock: what changes between the look and the write is told by a second look, never overwritten."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import asyncpg
import pytest

from booking.adapters.postgres import optimistic
from booking.adapters.postgres import rosters as rosters_module
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.lines import Connection
from booking.adapters.postgres.optimistic import Made
from booking.adapters.postgres.store import postgres_store
from booking.domain.applicant import RiskLevel
from booking.domain.caller import Caller
from booking.domain.errors import OutcomeUnknown, Refusal
from booking.domain.slot import Key, Slot
from tests.builders import HOUR, Organization, organization, screening
from tests.support.worlds import as_owner

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
        here = organization(postgres_store(database))
        there = Organization(postgres_store(elsewhere), here.organization_id)
        agent = await here.agent()
        slot = await here.slot(agent, capacity=capacity)
        return cls(here, there, owner_url, agent, await here.applicant(), slot)

    async def told(self, caller: Caller | None = None) -> str:
        """What comes of the booking, in a word."""
        try:
            return (await self.here.book(caller or self.applicant, self.slot.id)).status.value
        except Refusal as refusal:
            return refusal.code

    async def somebody_books(self) -> None:
        await self.there.book(await self.there.applicant(), self.slot.id)

    async def somebody_holds(self) -> None:
        await self.there.holds.hold(await self.there.applicant(), self.slot.id)

    async def they_book_here(self) -> None:
        await self.there.book(self.applicant, self.slot.id)

    async def they_book_elsewhere(self) -> None:
        slot = await self.there.slot(await self.there.agent())
        await self.there.book(self.applicant, slot.id)

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

    async def they_hold_it(self) -> None:
        await self.here.holds.hold(self.applicant, self.slot.id)

    async def one_who_is_screened_out_holds_it(self) -> None:
        holder = await self.here.applicant()
        await self.here.holds.hold(holder, self.slot.id)
        person = holder.applicants[0].id
        await as_owner(self.owner_url, "UPDATE applicants SET risk_level = 'HIGH' WHERE id = $1", person)

    async def they_are_erased(self) -> None:
        (person,) = self.applicant.applicants
        await self.there.applicants.erase(person.organization_id, person.id)


class Meanwhile:
    """Comes between the first look and its write; `written`: how many claims that one wrote, None if there was none."""

    def __init__(self, deed: Callable[[], Awaitable[object]]) -> None:
        self._deed: Callable[[], Awaitable[object]] | None = deed
        self.written: int | None = None

    async def write(self, connection: Connection, made: Sequence[Made]) -> Set[Key]:
        deed, self._deed = self._deed, None
        if deed is None:
            return await optimistic.write(connection, made)
        self.written = 0
        await deed()
        written = await optimistic.write(connection, made)
        self.written = len(written)
        return written


MEANWHILE: Mapping[Deed, str] = {
    Scene.somebody_books: "slot_taken",
    Scene.somebody_holds: "slot_taken",
    Scene.they_book_here: "slot_taken",
    Scene.they_book_elsewhere: "applicant_busy",
    Scene.the_slot_is_cancelled: "slot_cancelled",
    Scene.the_capacity_is_raised: "confirmed",
    Scene.they_are_screened_out: "applicant_ineligible",
    Scene.they_are_unlinked: "slot_not_found",
    Scene.they_are_erased: "slot_not_found",
}


@pytest.mark.parametrize("deed", MEANWHILE, ids=lambda deed: deed.__name__)
async def test_what_changes_between_the_look_and_the_write_is_told_and_not_overwritten(
    database: Database, elsewhere: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    """T3, T4, T40."""
    scene = await Scene.begin(database, elsewhere, owner_url)
    meanwhile = Meanwhile(lambda: deed(scene))
    monkeypatch.setattr(rosters_module, "write", meanwhile.write)
    assert await scene.told() == MEANWHILE[deed]
    assert not meanwhile.written
    assert {name: rows for name, rows in (await scene.here.store.auditor.violations()).items() if rows} == {}


async def test_what_nobody_changes_is_written_with_the_first_look(
    database: Database, elsewhere: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await Scene.begin(database, elsewhere, owner_url)
    meanwhile = Meanwhile(lambda: asyncio.sleep(0))
    monkeypatch.setattr(rosters_module, "write", meanwhile.write)
    assert await scene.told() == "confirmed"
    assert meanwhile.written == 1


@pytest.mark.parametrize("before", [Scene.they_hold_it, Scene.one_who_is_screened_out_holds_it])
async def test_what_ends_or_becomes_another_claim_is_not_written_without_a_lock(
    database: Database, elsewhere: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch, before: Deed
) -> None:
    scene = await Scene.begin(database, elsewhere, owner_url)
    await before(scene)
    meanwhile = Meanwhile(lambda: asyncio.sleep(0))
    monkeypatch.setattr(rosters_module, "write", meanwhile.write)
    assert await scene.told() == "confirmed"
    assert meanwhile.written is None


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


async def test_whoever_would_have_lost_to_a_claim_that_was_not_written_is_decided_on_again(
    database: Database, elsewhere: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place for which two came at once becomes two places before it is written who has it."""
    scene = await Scene.begin(database, elsewhere, owner_url)
    meanwhile = Meanwhile(scene.the_capacity_is_raised)
    monkeypatch.setattr(rosters_module, "write", meanwhile.write)
    rival = await scene.here.applicant()
    assert await asyncio.gather(*map(scene.told, (scene.applicant, rival))) == ["confirmed", "confirmed"]
    assert meanwhile.written == 0


async def test_of_many_who_come_at_once_for_a_slot_as_many_as_it_has_places_get_one(
    database: Database, elsewhere: Database, owner_url: str
) -> None:
    scene = await Scene.begin(database, elsewhere, owner_url, capacity=3)
    rivals = [await scene.here.applicant() for _ in range(5)]
    assert sorted(await asyncio.gather(*map(scene.told, rivals))) == ["confirmed"] * 3 + ["slot_taken"] * 2


async def test_a_connection_lost_while_it_is_written_leaves_the_outcome_unknown_and_is_not_repeated(
    database: Database, elsewhere: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T8."""
    scene = await Scene.begin(database, elsewhere, owner_url)
    tries = 0

    async def cut(connection: Connection, made: Sequence[Made]) -> Set[Key]:
        nonlocal tries
        tries += 1
        await as_owner(owner_url, "SELECT pg_terminate_backend($1, 5000)", connection.get_server_pid())
        return await optimistic.write(connection, made)

    monkeypatch.setattr(rosters_module, "write", cut)
    with pytest.raises(OutcomeUnknown):
        await scene.here.book(scene.applicant, scene.slot.id)
    assert tries == 1
