"""Log lines about a provider that fails, for the operator to mend."""

import asyncio

import structlog

from booking.domain.notices.handover import HandoverFault

PAUSE = 60.0  # seconds between lines about the same fault

OF_ONE_MESSAGE = {HandoverFault.DEFERRED, HandoverFault.LIMITED}

log = structlog.get_logger("booking.mail")


class Alarm:
    def __init__(self, server: str) -> None:
        self._server = server
        self._told: dict[HandoverFault, float] = {}

    def ring(self, fault: HandoverFault) -> None:
        """Log a fault of the provider or of its settings."""
        now = asyncio.get_running_loop().time()
        if fault not in OF_ONE_MESSAGE and now - self._told.get(fault, -PAUSE) >= PAUSE:
            self._told[fault] = now
            log.warning("mail failing", fault=str(fault), server=self._server)
