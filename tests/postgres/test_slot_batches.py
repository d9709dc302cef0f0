"""Batches of slots in PostgreSQL: locks in one order at two processes, and parts that are written once under a key."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.visits.slot_batches import PostgresSlotBatches
from booking.adapters.tokens.minting import mint
from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency, Caller
from booking.domain.refusals import OutcomeUnknown
from booking.domain.visits.slot import SlotStatus
from booking.domain.visits.slot_batch import CHUNK, BatchMode, Offer
from booking.service.rate_limits import Limits
from tests.builders import HOUR, Organization, organization
from tests.support.application import SECRET, application, pipeline_of
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

ROUNDS = 4
AGENTS = 4
HOURS = 5


@pytest.mark.parametrize("teams", [1, 4], ids=["of the same agents", "at the same properties"])
async def test_opposite_batches_and_single_offers_at_two_processes_never_deadlock_and_nobody_is_told_to_come_back(
    database: Database, elsewhere: Database, owner_url: str, teams: int
) -> None:
    here = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), here.organization_id)
    admins = [await here.admin() for _ in range(4)]
    agents = [[await here.agent() for _ in range(AGENTS)] for _ in range(teams)]
    homes = [uuid4() for _ in range(AGENTS)]
    start = await here.store.now() + HOUR
    for turn in range(ROUNDS):
        wanted = [
            [_offer(start, HOURS * turn, number, team, homes) for number in range(HOURS * AGENTS)] for team in agents
        ]
        batches = [
            where.slot_batches.offer(admin, dict(enumerate(wanted[number % teams][:: 1 if number % 2 else -1])), mode)
            for number, (admin, where) in enumerate(zip(admins, (here, there) * 2, strict=True))
            for mode in BatchMode
        ]
        singles = [
            (here, there)[number % 2].slots.offer(team[number % AGENTS], one.property_id, one.start_time, one.end_time)
            for team, offers in zip(agents, wanted, strict=True)
            for number, one in enumerate(offers)
        ]
        done = await asyncio.gather(*batches, *singles, return_exceptions=True)
        assert {type(one).__name__ for one in done} <= {"dict", "BatchRefused", "SlotView", "SlotOverlap"}
        at = Window(since=start + HOURS * turn * HOUR, until=start + HOURS * (turn + 1) * HOUR)
        page = await here.slots.list(admins[0], window=at, paging=Paging(after=None, limit=100))
        starts = Counter((view.slot.property_id, view.slot.start_time) for view in page.items)
        assert starts.most_common(1)[0][1] == 1
    await database.close()
    await elsewhere.close()
    (row,) = await as_owner(owner_url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert row["deadlocks"] == 0


async def test_opposite_cancellations_at_two_processes_end_each_slot_once(
    database: Database, elsewhere: Database, owner_url: str
) -> None:
    here = organization(postgres_store(database))
    there = Organization(postgres_store(elsewhere), here.organization_id)
    admin, agent = await here.admin(), await here.agent()
    slots = await here.slots_of(agent, 12)
    ids = [slot.id for slot in slots]
    bookings = [await here.book(await here.applicant(), one) for one in ids]
    forth, back = dict(enumerate(ids)), dict(enumerate(reversed(ids)))
    done = await asyncio.gather(
        here.slot_batches.cancel(admin, forth, BatchMode.EACH, None),
        there.slot_batches.cancel(admin, back, BatchMode.EACH, None),
        here.slot_batches.cancel(admin, back, BatchMode.ALL, None),
        there.slot_batches.cancel(admin, forth, BatchMode.ALL, None),
        *((here, there)[number % 2].slots.cancel(agent, one) for number, one in enumerate(ids)),
        *((here, there)[number % 2].bookings.cancel(agent, one.id) for number, one in enumerate(bookings)),
        return_exceptions=True,
    )
    named = {type(one).__name__ for one in done}
    assert named <= {"dict", "BatchRefused", "NoneType", "SlotCancelled", "BookingView", "BookingNotConfirmed"}
    assert [(await here.see(admin, one)).status for one in ids] == [SlotStatus.CANCELLED] * len(ids)
    (row,) = await as_owner(owner_url, "SELECT count(*) FROM events WHERE type = 'slot.cancelled'")
    assert row["count"] == len(ids)


async def test_a_part_that_was_written_at_one_process_is_not_written_again_at_another_under_the_same_key(
    database: Database, elsewhere: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part keeps its answer in its own transaction: also where the process ends before it is told."""
    home = uuid4()
    start = await database.now() + HOUR
    times = [(start + 2 * number * HOUR, start + (2 * number + 1) * HOUR) for number in range(CHUNK + 5)]
    wanted = [{"property_id": str(home), "start_time": str(one), "end_time": str(end)} for one, end in times]
    wanted = [{name: text.replace(" ", "T") for name, text in one.items()} for one in wanted]
    agency = Agency(organization_id=uuid4(), role=AgentRole.MEMBER)
    token = mint(SECRET, subject="ada", email=None, email_verified=False, lifetime=timedelta(hours=1), agency=agency)
    whole = PostgresSlotBatches.add

    async def ends_after_it(self: PostgresSlotBatches, *given: Any, dry: bool) -> Any:
        await whole(self, *given, dry=dry)
        raise OutcomeUnknown

    async def ask(at: Database) -> httpx.Response:
        store = postgres_store(at)
        limits = Limits.of(store.budgets, person=0, organization=0, writes=0)
        app: Any = application(store, pipeline_of(store, limits))
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "a-week"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x", headers=headers) as http:
            return await http.post("/api/v1/slots/batch", json={"slots": wanted, "mode": "each"})

    with monkeypatch.context() as patched:
        patched.setattr(PostgresSlotBatches, "add", ends_after_it)
        assert (await ask(database)).json()["code"] == "outcome_unknown"
    there = await as_owner(owner_url, "SELECT id FROM slots")
    answer = await ask(elsewhere)
    results = answer.json()["results"]
    assert (len(there), [one["status"] for one in results]) == (CHUNK, ["created"] * len(wanted))
    assert {one["slot"]["id"] for one in results[:CHUNK]} == {str(row["id"]) for row in there}
    assert (await ask(database)).json() == answer.json()
    (row,) = await as_owner(owner_url, "SELECT count(*) FROM slots")
    assert row["count"] == len(wanted)


def _offer(start: datetime, after: int, number: int, agents: list[Caller], homes: list[UUID]) -> Offer:
    at = start + (after + number // AGENTS) * HOUR
    return Offer(
        property_id=homes[(number + 1) % AGENTS],
        start_time=at,
        end_time=at + HOUR,
        agent_id=agents[number % AGENTS].as_agent().id,
        capacity=1,
    )
