"""Absences of random teams, beside people who book and colleagues who offer and move; jobs are cut at any await."""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.domain.people.caller import Caller
from booking.domain.planning.absence import Absence, HandOver, Left
from booking.domain.planning.job import Job, JobState
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.refusals import Refusal
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_batch import BatchMode, Offer
from booking.service.planning.slot_changes import Overtaken
from booking.service.ports import Lease
from tests.builders import HOUR, Organization, organization
from tests.chaos.figures import Figures
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

LEASE = Lease("jobs", 1)
MINUTE = timedelta(minutes=1)
DAY_SLOTS, MANY_SLOTS = 10, 70
LIVE = """
    SELECT s.id, s.agent_id, s.property_id, s.start_time, s.end_time, s.busy_until - s.end_time AS buffer
    FROM slots s WHERE s.organization_id = $1 AND s.cancelled_at IS NULL ORDER BY s.start_time"""
CLAIMS = """
    SELECT b.id, b.status, b.sequence, b.start_time = s.start_time AS there, s.cancelled_at IS NOT NULL AS ended,
           b.status IN ('held', 'offered', 'pending_approval', 'confirmed') AS live,
           (SELECT count(*) FROM events e WHERE e.organization_id = b.organization_id AND e.booking_id = b.id
                AND e.type = 'booking.rescheduled') AS moves
    FROM bookings b JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
    WHERE b.organization_id = $1"""
BLOCKS = """
    SELECT k.id, k.agent_id, k.start_time, k.end_time FROM blocks k WHERE k.organization_id = $1 AND k.of_absence"""
MOVED = "SELECT count(*) FROM events WHERE organization_id = $1 AND type = 'slot.moved'"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def absences(rounds: int, _folder: Path, server: Server) -> Figures:
    """A round is a team."""
    figures = Figures(fault="absences of random teams beside people who book, offer and move", rounds=rounds)
    asyncio.run(_all(figures, server, os.environ.get("SEED") or str(secrets.randbelow(10**9))))
    return figures


async def _all(figures: Figures, server: Server, seed: str) -> None:
    async with server.fresh("template0") as owner_url:
        url = await serving_url(owner_url)
        await migrate(owner_url, url)
        here, there = Database(url), Database(url)
        for number in range(figures.rounds):
            team = await _team(here, Random(f"{seed} {number}"))
            await team.rush(Organization(postgres_store(there), team.agency.organization_id))
            faults = await team.judged(figures, owner_url)
            figures.faults += [f"SEED={seed}, team {number}: {fault}" for fault in faults]
        violations = await postgres_store(here).auditor.violations()
        figures.faults += [f"{count} x {name}" for name, count in violations.items() if count]
        await here.close()
        await there.close()
        (row,) = await as_owner(owner_url, DEADLOCKS)
        if row["deadlocks"]:
            figures.faults.append(f"{row['deadlocks']} deadlocks")


@dataclass
class _Team:
    agency: Organization
    chance: Random
    admin: Caller
    agents: Sequence[Caller]
    people: Sequence[Caller]
    slots: Sequence[Slot]
    jobs: list[Job] = field(default_factory=list)
    booked: set[UUID] = field(default_factory=set)

    async def rush(self, elsewhere: Organization) -> None:
        """Do all at once, from two processes; then end what the jobs have left."""
        chance, both = self.chance, (self.agency, elsewhere)
        deeds: list[Awaitable[object]] = [
            *(self._absent(chance.choice(both)) for _ in range(chance.randint(2, 3))),
            *(self.book(chance.choice(both)) for _ in range(10)),
            *(self._offer(chance.choice(both)) for _ in range(3)),
            *(self._move(chance.choice(both)) for _ in range(2)),
        ]
        chance.shuffle(deeds)
        await asyncio.gather(*deeds)
        while await self.agency.job_worker.step(LEASE):
            pass

    async def _absent(self, agency: Organization) -> None:
        chance, agent = self.chance, self.chance.choice(self.agents)
        own = [slot.start_time for slot in self.slots if slot.agent_id == agent.as_agent().id]
        first = chance.choice((own or [self.slots[0].start_time])[:3])
        hand_over = chance.choice([HandOver.TO, HandOver.ANY, HandOver.ANY, HandOver.CANCEL])
        absence = Absence(
            agent_id=agent.as_agent().id,
            start_time=first,
            end_time=first + chance.randint(4, 24) * HOUR,
            hand_over=hand_over,
            to_agent_id=chance.choice(self.agents).as_agent().id if hand_over is HandOver.TO else None,
            left=chance.choice(list(Left)),
        )
        with suppress(Refusal):  # to themselves
            job = (await agency.absences.begin(self.admin, absence)).job
            assert job is not None
            self.jobs.append(job)
            await self._work(agency, job)

    async def _work(self, agency: Organization, job: Job) -> None:
        """Do steps, some of which are cut; what is left is done by the worker."""
        for _ in range(3):
            step = asyncio.ensure_future(agency.absences.step(await agency.jobs.get(self.admin, job.id)))
            if self.chance.random() < 0.5:
                await asyncio.wait([step], timeout=self.chance.uniform(0, 0.03))
                step.cancel()
            with suppress(asyncio.CancelledError, Overtaken):
                await step

    async def book(self, agency: Organization) -> None:
        """Some only hold, and some only wait. Why: of a hold that moves there is no event to count."""
        slot, deed = self.chance.choice(self.slots), self.chance.choice(["book", "book", "book", "hold", "join"])
        holder, waiter, *others = self.people
        with suppress(Refusal):
            if deed == "join":
                await agency.waitlists.join(waiter, slot.id)
            elif deed == "hold":
                await agency.holds.hold(holder, slot.id)
            else:
                self.booked.add((await agency.book(self.chance.choice(others), slot.id)).id)

    async def _offer(self, agency: Organization) -> None:
        at = self.chance.choice(self.slots).start_time + self.chance.randint(-60, 60) * MINUTE
        with suppress(Refusal):
            await agency.slots.offer(self.chance.choice(self.agents), uuid4(), at, at + HOUR / 2)

    async def _move(self, agency: Organization) -> None:
        to, slot = self.chance.choice(self.agents).as_agent().id, self.chance.choice(self.slots)
        with suppress(Refusal):
            await agency.slot_moves.move(self.admin, slot.id, Destination(agent_id=to))

    async def judged(self, figures: Figures, owner_url: str) -> list[str]:
        """Say in words what must not be, by the rows alone."""
        here = self.agency.organization_id
        slots, claims = await as_owner(owner_url, LIVE, here), await as_owner(owner_url, CLAIMS, here)
        (moved,) = await as_owner(owner_url, MOVED, here)
        figures.acknowledged += len(self.booked) + moved["count"]
        found = {row["id"]: row for row in claims}
        figures.lost += len(self.booked - found.keys())
        faults = [*_overlaps(slots), *await self._left(slots, await as_owner(owner_url, BLOCKS, here))]
        team = {one.as_agent().id for one in self.agents}
        faults += ["a slot of nobody" for slot in slots if slot["agent_id"] not in team]
        for claim in claims:
            if claim["live"] and (claim["ended"] or not claim["there"]):
                faults.append(f"claim {claim['id']} is live where no slot is")
            if claim["id"] in self.booked and claim["sequence"] != claim["moves"]:
                faults.append(f"claim {claim['id']} has moved {claim['moves']} times: {claim['sequence']}")
            if claim["id"] in self.booked and not claim["live"] and not claim["ended"]:
                faults.append(f"visit {claim['id']} has ended, and its slot has not")
        return faults

    async def _left(self, slots: Sequence[Any], blocks: Sequence[Any]) -> list[str]:
        """Return what is there in an absence, and was not left for a person to decide."""
        faults = []
        jobs = {job.id: await self.agency.jobs.get(self.admin, job.id) for job in self.jobs}
        for block in blocks:
            job = jobs[block["id"]]
            if job.state is not JobState.DONE or job.done != job.total:
                faults.append(f"job {job.id} is {job.state}, {job.done} of {job.total}")
            left = {failure.slot_id for failure in job.failures}
            faults += [
                f"slot {slot['id']} is in absence {job.id}"
                for slot in slots
                if slot["agent_id"] == block["agent_id"] and slot["id"] not in left and _meet(slot, block)
            ]
        return faults


async def _team(database: Database, chance: Random) -> _Team:
    agency = organization(postgres_store(database))
    admin = await agency.admin()
    agents = [await agency.agent() for _ in range(chance.randint(2, 5))]
    people = [await agency.applicant() for _ in range(6)]
    if chance.random() < 0.5:
        buffer = Settings(buffer_seconds=60 * chance.randint(1, 30))
        await agency.policies.put(admin, buffer, expected=None)
    homes, first = [uuid4() for _ in range(6)], await agency.store.now() + timedelta(days=1)
    made: list[Slot] = []
    for agent in agents:
        offers = _day(chance, homes, first)
        batch = await agency.slot_batches.offer(agent, offers, BatchMode.EACH)
        made += [one.slot for one in batch.values() if isinstance(one, SlotView)]
    team = _Team(agency, chance, admin, [admin, *agents], people, made)
    for _ in range(6):
        await team.book(agency)
    return team


def _day(chance: Random, homes: Sequence[UUID], first: datetime) -> dict[int, Offer]:
    """Slots one after the other; of some agents more than are changed in a step."""
    offers, at = {}, first
    many = chance.random() < 0.1
    for index in range(MANY_SLOTS if many else chance.randint(3, DAY_SLOTS)):
        at += (0 if many else chance.randint(0, 120)) * MINUTE
        end = at + (10 if many else chance.randint(2, 12) * 5) * MINUTE
        home = uuid4() if many else chance.choice(homes)
        offers[index] = Offer(
            property_id=home, start_time=at, end_time=end, agent_id=None, capacity=chance.randint(1, 2)
        )
        at = end
    return offers


def _overlaps(slots: Sequence[Any]) -> list[str]:
    faults = []
    for whose in ("agent_id", "property_id"):
        for one in {slot[whose] for slot in slots}:
            for was, then in pairwise(slot for slot in slots if slot[whose] == one):
                buffer = max(was["buffer"], then["buffer"]) if whose == "agent_id" else timedelta()
                if then["start_time"] < was["end_time"] + buffer:
                    faults.append(f"slots {was['id']} and {then['id']} of one {whose} are too close")
    return faults


def _meet(slot: Any, block: Any) -> bool:
    return bool(slot["start_time"] < block["end_time"] and block["start_time"] < slot["end_time"])
