"""Log lines about a provider that fails, for the operator to mend."""

import asyncio

import structlog

from booking.domain.notices.handover import HandoverFault

PAUSE = 60.0  # seconds between lines about the same fault

OF_ONE_MESSAGE = {
    HandoverFault.ADDRESS_REFUSED,
    HandoverFault.OPTED_OUT,
    HandoverFault.DEFERRED,
    HandoverFault.LIMITED,
}

log = structlog.get_logger("booking.mail")


class Alarm:
    def __init__(self, server: str, event: str = "mail failing") -> None:
        self._server = server
        self._event = event
        self._told: dict[HandoverFault, float] = {}

    def ring(self, fault: HandoverFault) -> None:
        """Log a fault of the provider or of its settings."""
        now = asyncio.get_running_loop().time()
        if fault not in OF_ONE_MESSAGE and now - self._told.get(fault, -PAUSE) >= PAUSE:
            self._told[fault] = now
            log.warning(self._event, fault=str(fault), server=self._server)
