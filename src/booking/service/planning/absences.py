"""Absences of agents: first a block, by which no slot is made there any more; then its slots are handed over."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.people.caller import Caller
from booking.domain.planning.absence import Absence
from booking.domain.planning.block import Block
from booking.domain.planning.change_plan import ChangePlan, plan_of
from booking.domain.planning.job import STEP, Job, JobFailure, JobKind
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.service.planning.blocks import whose
from booking.service.planning.jobs import Planned
from booking.service.planning.slot_changes import Decided, SlotChanges, Span
from booking.service.ports import Clock, NewId
from booking.service.retrying import retry_when_lost


class Leaving(NamedTuple):
    """Slots that are to leave their agent, and the agents with a role in that organization."""

    slots: Sequence[Slot]
    acting: Collection[UUID]


class Absences(Protocol):
    async def begin(
        self,
        block: Block,
        by: AgentRight,
        look: Callable[[Sequence[Roster], Surroundings], ChangePlan],
        start: Callable[[ChangePlan], Job] | None,
    ) -> tuple[ChangePlan, Job | None]:
        """Save the block of an absence over its slots, and `start` a job by the plan that `look` makes of them.

        Without a job nothing is written. If `look` raises, nothing is. AgentNotFound for an agent without a role.
        """

    async def leaving(self, agent: Key, block_id: UUID, but: Collection[UUID], most: int) -> Leaving:
        """Return the first coming slots under the block of an absence, `but` some; none once it is removed."""

    async def settle(self, agent: Key, block_id: UUID) -> None:
        """Let the database hold the time, as that of any block, if no slot is left there."""


@dataclass(frozen=True, slots=True)
class AbsenceService:
    absences: Absences
    changes: SlotChanges
    now: Clock
    new_id: NewId

    async def begin(
        self,
        caller: Caller,
        absence: Absence,
        reason: str | None = None,
        *,
        expected: str | None = None,
        dry: bool = False,
    ) -> Planned:
        """Begin an own absence, or a colleague's as an admin; or only plan it.

        PlanStale unless the plan has the hash that is `expected`, if any. The block has the job's id.
        """
        organization_id, agent_id = whose(caller, absence.agent_id)
        block = Block.make(
            id=self.new_id(),
            organization_id=organization_id,
            agent_id=agent_id,
            start_time=absence.start_time,
            end_time=absence.end_time,
            reason=reason,
            at=await self.now(),
            of_absence=True,
        )

        def look(rosters: Sequence[Roster], around: Surroundings) -> ChangePlan:
            absence.require_colleague(around.agents)
            resolved = absence.resolve(rosters, around, absence.colleagues(around.agents))
            plan = plan_of([(was, one.roster) for was, one in zip(rosters, resolved, strict=True)])
            plan.require(expected)
            return plan

        def start(plan: ChangePlan) -> Job:
            return Job(
                organization_id=organization_id,
                id=block.id,
                kind=JobKind.ABSENCE,
                total=len(plan.slots),
                input=absence.given,
                subject=caller.subject,
                role=caller.as_agent().role,
                created_at=block.created_at,
            )

        by = caller.keeping(caller.acting_as_agent(agent_id), Planned)
        return Planned(*await self.absences.begin(block, by, look, None if dry else start))

    async def step(self, job: Job) -> int:
        """Hand over some of the slots, or cancel them. Those that stay are failures, and not looked at again."""
        absence = Absence.of(job.input)
        agent = job.organization_id, absence.agent_id

        async def some() -> int:
            slots, acting = await self.absences.leaving(agent, job.id, {one.slot_id for one in job.failures}, STEP)
            colleagues = absence.colleagues(acting)

            def decide(rosters: Sequence[Roster], around: Surroundings) -> Decided:
                resolved = absence.resolve(rosters, around, colleagues)
                return Decided(
                    [roster for roster, _ in resolved],
                    [JobFailure(slot_id=now.slot.id, code=refusal.code) for now, refusal in resolved if refusal],
                )

            if slots:
                within = Span.of(slots)
                await self.changes.change(slots, decide, job.by, agents=colleagues, within=within, job=job)
            else:
                await self.absences.settle(agent, job.id)
            return len(slots)

        return await retry_when_lost(some)
