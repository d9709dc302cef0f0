"""The audit trail in memory."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from booking.domain.audit import Audited, AuditFilter, Seal, Tally
from booking.domain.events import Recorded
from booking.domain.people.caller import Scope
from booking.service.ports import Lease, Lost
from tests.fakes.state import State

LAST = 2**63 - 1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MemoryTrail:
    state: State

    async def placed(self, first: int, limit: int, *, last: int | None = None) -> Sequence[Audited]:
        found = [one for one in self._placed() if one.position >= first and (last is None or one.position <= last)]
        return found[:limit]

    async def last_seal(self) -> Seal | None:
        return self.state.seals[-1] if self.state.seals else None

    async def tally(self) -> Tally:
        last = len(self.state.positions)
        return Tally(last=last, highest=last, sealed=len(self.state.seals))

    async def add_seal(self, seal: Seal, lease: Lease | None = None) -> None:
        before = await self.last_seal()
        following = (len(self.state.seals) + 1, before.last + 1 if before else 1)
        if lease and not self.state.held(lease):
            raise Lost
        if (seal.number, seal.first) != following or seal.last > len(self.state.positions):
            raise Lost
        self.state.seals.append(seal)

    async def seals(self, first: int, limit: int) -> Sequence[Seal]:
        return [one for one in self.state.seals if one.number >= first][:limit]

    def _placed(self) -> list[Audited]:
        placed, own = self.state.positions, Counter[UUID]()
        found = []
        for one in self.state.events:
            if one.id in placed:
                own[one.event.organization_id] += 1
                position, at = placed[one.id]
                number = own[one.event.organization_id]
                found.append(Audited(position=position, recorded=one, placed_at=at, organization_position=number))
        return found


@dataclass(frozen=True, slots=True)
class MemoryAuditQueries:
    trail: MemoryTrail

    async def page(
        self, scope: Scope, shown: type[T], chosen: AuditFilter, *, before: int | None, limit: int
    ) -> Sequence[T]:
        found = [
            one
            for one in reversed(await self.trail.placed(1, LAST))
            if one.recorded.event.organization_id == scope.administered
            and (before is None or one.organization_position < before)
            and _fits(one.recorded, chosen)
        ]
        return [msgspec.convert(_shown(one), shown, from_attributes=True) for one in found[:limit]]

    async def arriving(self, scope: Scope, request_id: str) -> Sequence[UUID]:
        state = self.trail.state
        return [
            one.id
            for one in state.events
            if one.id not in state.positions
            and (one.event.organization_id, one.event.actor.request_id) == (scope.administered, request_id)
        ]


def _shown(one: Audited) -> dict[str, Any]:
    event = msgspec.structs.asdict(one.recorded.event)
    event |= {"position": one.organization_position, "id": one.recorded.id, "occurred_at": one.recorded.occurred_at}
    return event | {"request_id": one.recorded.event.actor.request_id}


def _fits(recorded: Recorded, chosen: AuditFilter) -> bool:
    event = recorded.event
    return (
        all(
            wanted is None or wanted == found
            for wanted, found in (
                (chosen.type, event.type),
                (chosen.subject, event.actor.subject),
                (chosen.booking_id, event.booking_id),
                (chosen.applicant_id, event.applicant_id),
                (chosen.request_id, event.actor.request_id),
            )
        )
        and (
            chosen.slot_id is None
            or chosen.slot_id == event.slot_id
            or (event.moved_from is not None and chosen.slot_id == event.moved_from.slot_id)
        )
        and (chosen.since is None or chosen.since <= recorded.occurred_at)
        and (chosen.until is None or recorded.occurred_at < chosen.until)
    )
