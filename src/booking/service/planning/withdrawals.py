"""Withdrawals of properties: first a mark, by which no place is given any more; then the end of all coming slots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.people.caller import Caller
from booking.domain.planning.change_plan import ChangePlan, plan_of
from booking.domain.planning.job import STEP, Job, JobFailure, JobKind
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.properties.refusals import PropertyNotFound
from booking.domain.refusals import Refusal
from booking.domain.visits import roster_changes, slot_batch
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.service.planning.jobs import Planned
from booking.service.planning.slot_changes import Decided, SlotChanges, Span
from booking.service.ports import Clock, NewId
from booking.service.properties.properties import Properties
from booking.service.retrying import retry_when_lost


class Withdrawals(Protocol):
    async def withdraw(
        self,
        property: Key,
        since: datetime,
        by: AgentRight,
        look: Callable[[Sequence[Roster]], ChangePlan],
        start: Callable[[ChangePlan], Job] | None,
    ) -> tuple[ChangePlan, Job | None]:
        """Mark a property, and `start` a job by the plan that `look` makes of the coming slots from `since` on.

        Without a job nothing is written. If `look` raises, nothing is.
        """

    async def restore(self, property: Key, by: AgentRight) -> None:
        """Take the mark away. Slots that have ended by then stay so."""

    async def ending(self, property: Key, most: int) -> Sequence[Slot]:
        """Return the first coming slots of a property that it is withdrawn from; none once it is restored."""


@dataclass(frozen=True, slots=True)
class WithdrawalService:
    withdrawals: Withdrawals
    changes: SlotChanges
    properties: Properties
    now: Clock
    new_id: NewId

    async def withdraw(
        self,
        caller: Caller,
        property_id: UUID,
        since: datetime | None = None,
        reason: str | None = None,
        *,
        expected: str | None = None,
        dry: bool = False,
    ) -> Planned:
        """Withdraw a property, as an admin, from a time on or from now; or only plan that.

        PlanStale unless the plan has the hash that is `expected`, if any.
        """
        home = caller.as_admin().organization_id, property_id
        if not await self.properties.known(home):
            raise PropertyNotFound
        at = await self.now()
        agent, job_id = caller.as_admin(), self.new_id()

        def look(rosters: Sequence[Roster]) -> ChangePlan:
            plan = plan_of([(roster, roster_changes.cancel(roster, reason=reason)) for roster in rosters])
            plan.require(expected)
            return plan

        def start(plan: ChangePlan) -> Job:
            return Job(
                organization_id=home[0],
                id=job_id,
                kind=JobKind.WITHDRAWAL,
                total=len(plan.slots),
                input={"property_id": str(property_id), "reason": reason},
                subject=caller.subject,
                role=agent.role,
                created_at=at,
            )

        by = caller.keeping(caller.acting_as_admin(), Planned)
        return Planned(*await self.withdrawals.withdraw(home, since or at, by, look, None if dry else start))

    async def restore(self, caller: Caller, property_id: UUID) -> None:
        home = caller.as_admin().organization_id, property_id
        if not await self.properties.known(home):
            raise PropertyNotFound
        await self.withdrawals.restore(home, caller.keeping(caller.acting_as_admin(), lambda: None))

    async def step(self, job: Job) -> int:
        """Cancel some of the coming slots with everything on them."""
        home = job.organization_id, UUID(job.input["property_id"])
        slots = await self.withdrawals.ending(home, STEP)

        def decide(rosters: Sequence[Roster], _: Surroundings) -> Decided:
            ended = slot_batch.cancel_each(rosters, job.input["reason"])
            pairs = list(zip(rosters, ended, strict=True))
            return Decided(
                [was if isinstance(now, Refusal) else now for was, now in pairs],
                [JobFailure(slot_id=was.slot.id, code=now.code) for was, now in pairs if isinstance(now, Refusal)],
            )

        if slots:
            await retry_when_lost(lambda: self.changes.change(slots, decide, job.by, within=Span.of(slots), job=job))
        return len(slots)
