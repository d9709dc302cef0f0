"""Notifier that plans the notices of events."""

from collections.abc import Sequence

from booking.domain.delivery.delivery import Delivery, Outcome, Subscription
from booking.service.notices.notices import NoticeService


class NoticeNotifier:
    together = 200
    at_once = 1

    def __init__(self, notices: NoticeService) -> None:
        self._notices = notices

    async def __call__(self, deliveries: Sequence[Delivery], _: Subscription) -> Sequence[Outcome]:
        await self._notices.hear([one.recorded for one in deliveries])
        return [Outcome()] * len(deliveries)
