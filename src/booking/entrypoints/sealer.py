"""Sealer of placed events. It logs the head of the chain, out of reach of the database's owner."""

from dataclasses import dataclass, field

import structlog

from booking.domain.audit import Seal
from booking.metrics import catalogue
from booking.service.audit import BATCH, SealingService
from booking.service.ports import Lease

log = structlog.get_logger("booking.audit")


@dataclass(slots=True)
class Sealer:
    """Seals, and reviews one seal a step, from the first to the last and anew.

    Why: the log tells of what was changed long ago, although nobody verifies. A broken one stays until it is mended.
    """

    sealing: SealingService
    alarms: set[str] = field(default_factory=set)
    reviewing: int = 1

    async def step(self, lease: Lease | None = None) -> int:
        """How many were sealed, if there may be more: a seal for every few events would cost more than they."""
        count = 0
        try:
            count = _log_seal(await self.sealing.seal(lease))
        finally:
            if count < BATCH:
                await self._alarm()
        return count if count == BATCH else 0

    async def _alarm(self) -> None:
        """Tell of each alarm once, and of its end."""
        self.reviewing, broken = await self.sealing.review(self.reviewing)
        breaches = [*await self.sealing.alarms(), *([broken] if broken else [])]
        found = {one.says if one.seal is None else f"seal {one.seal}: {one.says}" for one in breaches}
        for says in found - self.alarms:
            log.error("audit alarm", says=says)
        for says in self.alarms - found:
            log.info("audit alarm over", says=says)
        self.alarms = found
        catalogue.breaches.set(len(found))


def _log_seal(sealed: Seal | None) -> int:
    if sealed is None:
        return 0
    log.info(
        "audit sealed",
        seal=sealed.number,
        first=sealed.first,
        last=sealed.last,
        digest=sealed.digest.hex(),
        key=sealed.key_id,
    )
    return sealed.last - sealed.first + 1
