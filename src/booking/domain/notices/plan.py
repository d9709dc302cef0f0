"""Notice plan: when people are reminded, by which channels, and the hours in which they are left in peace."""

from datetime import time, timedelta

from booking.domain.people.contact import Channel
from booking.domain.values import Value


class QuietHours(Value, kw_only=True):
    """Time of each day, from `since` until `until`, in which nothing is sent that can wait; over midnight where `since`
    is later.
    """

    since: time
    until: time

    def __contains__(self, at: time) -> bool:
        if self.since <= self.until:
            return self.since <= at < self.until
        return at >= self.since or at < self.until


class NoticePlan(Value, kw_only=True):
    """`offsets`: how long before a visit its reminders are sent; whole days of them are days of the property's zone.

    Quiet hours are none by default. Why: an e-mail rings nobody awake.
    """

    offsets: tuple[timedelta, ...] = (timedelta(hours=24), timedelta(hours=2))
    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    quiet_hours: QuietHours | None = None


DEFAULT_PLAN = NoticePlan()
