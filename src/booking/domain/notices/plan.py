"""Notice plan: times and channels of messages, quiet hours, and the release of visits without an answer.

Set for the organization and overridden for a property, field by field.
"""

from datetime import time, timedelta

from booking.domain.people.contact import Channel
from booking.domain.values import UNSET, UnsetType, Value, replace


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


class Release(Value, kw_only=True):
    """Release of visits whose applicants do not say that they come, `before` the start.

    With `trust_sent` it is enough that the question was sent. Why: plain SMTP tells no delivery.
    """

    before: timedelta
    trust_sent: bool = False


class PlanSettings(Value, kw_only=True):
    """Settings of an organization, or overrides of a property; UNSET leaves a field as it is, None is none. `version`
    counts the changes.
    """

    offsets: tuple[timedelta, ...] | UnsetType = UNSET
    channels: tuple[Channel, ...] | UnsetType = UNSET
    quiet_hours: QuietHours | UnsetType | None = UNSET
    release: Release | UnsetType | None = UNSET
    may_release: bool | UnsetType = UNSET
    version: int = 0


class NoticePlan(Value, kw_only=True):
    """`offsets`: how long before a visit its reminders are sent; whole days of them are days of the property's zone.

    Quiet hours are none by default. Why: an e-mail rings nobody awake. No visit is released by default, and none where
    `may_release` is false, of the organization or the property: what one forbids the other cannot allow.
    """

    offsets: tuple[timedelta, ...] = (timedelta(hours=24), timedelta(hours=2))
    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    quiet_hours: QuietHours | None = None
    release: Release | None = None
    may_release: bool = True

    @property
    def held_to(self) -> "NoticePlan":
        """The plan by which is decided: without a release where that is forbidden."""
        return self if self.may_release else replace(self, release=None)

    def overridden_by(self, settings: PlanSettings | None) -> "NoticePlan":
        if settings is None:
            return self
        set_ones = {name: getattr(settings, name) for name in self.__struct_fields__}
        allowed = self.may_release and settings.may_release is not False
        return replace(
            self, **{name: value for name, value in set_ones.items() if value is not UNSET} | {"may_release": allowed}
        )


DEFAULT_PLAN = NoticePlan()
