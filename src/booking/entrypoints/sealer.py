"""The sealer: seals what was placed, and tells the log the head of the chain, where no database's owner reaches it."""

from dataclasses import dataclass

import structlog

from booking.service.audit import BATCH, SealingService

log = structlog.get_logger("booking.audit")


@dataclass(frozen=True, slots=True)
class Sealer:
    sealing: SealingService

    async def step(self) -> int:
        """How many were sealed, if there may be more: a seal for every few events would cost more than they."""
        sealed = await self.sealing.seal()
        if sealed is None:
            return 0
        log.info("audit sealed", seal=sealed.number, first=sealed.first, last=sealed.last, digest=sealed.digest.hex())
        count = sealed.last - sealed.first + 1
        return count if count == BATCH else 0
