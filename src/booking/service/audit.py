"""The audit: shown to admins, sealed by a worker, verified by operators."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from booking.domain import audit
from booking.domain.audit import Audited, AuditFilter, Breach, Seal
from booking.domain.caller import Caller
from booking.service.ports import AuditTrail, Clock, Lost

BATCH = 250  # events a seal: for some milliseconds nobody else is served


@dataclass(frozen=True, slots=True)
class AuditService:
    trail: AuditTrail

    async def list(
        self, caller: Caller, chosen: AuditFilter, *, after: int | None, limit: int
    ) -> tuple[Sequence[Audited], int | None]:
        """What happened in an admin's organization, the newest first; and after which position the next page begins."""
        organization_id = caller.as_admin().organization_id
        found = await self.trail.of_organization(organization_id, chosen, before=after, limit=limit + 1)
        shown = found[:limit]
        return shown, shown[-1].position if len(found) > limit else None


@dataclass(frozen=True, slots=True)
class SealingService:
    """`secret` is not in the database."""

    trail: AuditTrail
    now: Clock
    secret: bytes = field(repr=False)

    async def seal(self) -> Seal | None:
        """Seals what was placed since the last seal; None if there was nothing, or another worker was quicker."""
        before = await self.trail.last_seal()
        events = await self.trail.placed(before.last + 1 if before else 1, BATCH)
        if not events:
            return None
        sealed = audit.seal(self.secret, before, events, at=await self.now())
        try:
            await self.trail.add_seal(sealed)
        except Lost:
            return None
        return sealed

    async def breaches(self) -> AsyncIterator[Breach]:
        """Everything that is not as it was sealed, seal by seal."""
        now = await self.now()
        before: Seal | None = None
        while page := await self.trail.seals(before.number + 1 if before else 1, BATCH):
            for this in page:
                events = await self.trail.placed(this.first, this.last - this.first + 1, last=this.last)
                found = audit.breach(self.secret, before, this, events, now=now)
                if found is not None:
                    yield found
                before = this
