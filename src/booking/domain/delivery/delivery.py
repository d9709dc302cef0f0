"""Delivery of events to subscriptions: at least once, in order per booking, for three days, then by an operator."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from booking.domain.events import Recorded
from booking.domain.values import Value

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (1, 5, 15, 60, 300, 900, 3_600, 7_200, 14_400, 28_800, 43_200, 57_600, 64_800, 64_800)
)
"""Pauses after failed attempts: three days and some hours in all, so that an outage over a weekend kills no event."""

JITTER = 0.2
"""Random part of a pause, so that deliveries that failed together do not come back together."""

ROUNDS = 20
"""Events of a batch for each that may be under way: one that is slow need not be read far beyond what it hears."""

BREAKS = 5
"""Calls in a row that fail before a subscription rests; then it is asked with one event at a time, as a probe."""

RESTS = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 300, 900, 3_600))
"""How long it rests before each probe; the last one holds for all that come after."""

SYSTEM = UUID(int=0)
"""The organization of the system's own subscriptions, which hear of all organizations."""
LOG = UUID(int=1)
"""The system's subscription that writes events to the log."""


class Subscription(Value, kw_only=True):
    """A subscriber. `kind` says which notifier hands on, `target` where to."""

    organization_id: UUID
    id: UUID
    kind: str
    target: str | None


class Delivery(Value, kw_only=True):
    """An event to hand on. `position` is among all events, the other one among its organization's. `kept`: it has a row
    of its own, since it failed or waited before. `behind`: it has to wait, since an earlier one of its line failed.
    `trace`: where the event goes on in the trace of its request, if that is traced."""

    recorded: Recorded
    position: int
    organization_position: int
    attempts: int
    kept: bool
    behind: bool
    trace: str | None = None

    def place(self, subscription: Subscription) -> int:
        """Return its position as the cursor of a subscription counts."""
        return self.position if subscription.organization_id == SYSTEM else self.organization_position


class Outcome(Value, kw_only=True):
    """Outcome of one attempt to deliver an event: `failure` is a word for the reason, None if it was heard.

    `status` and `answer` (printable, 1 kB at most) are of the receiver's answer. `ms` is how long it took, None for an
    attempt that is not kept.
    """

    failure: str | None = None
    status: int | None = None
    answer: str | None = None
    ms: int | None = None


class Attempt(Value, kw_only=True):
    """Attempt to deliver an event, begun so long `ago`."""

    delivery: Delivery
    outcome: Outcome
    ago: timedelta


class Batch(Value, kw_only=True):
    """Events for a subscription, under a lease; `upto` is its cursor afterwards.

    `token` fences the lease: only the holder of the newest token can settle the batch. `failures` is the number of
    calls in a row that failed, `under_way` of deliveries that were begun in other batches.
    """

    subscription: Subscription
    token: int
    lease: timedelta
    upto: int
    failures: int
    under_way: int
    deliveries: Sequence[Delivery]


class Failure(Value, kw_only=True):
    """A delivery that failed: due again after a pause, or dead where there is none."""

    delivery: Delivery
    reason: str
    again_in: timedelta | None


class Settlement(Value, kw_only=True):
    """Outcome of a batch; `waiting` was not tried, because an earlier event of the same line failed or is under way.

    `under_way` was begun and is settled later, by itself. `failures` is the number of calls that failed after the last
    one that was heard; too many make the subscription rest, for one of `rests`. `attempts` are for the record.
    """

    heard: Sequence[Delivery]
    failed: Sequence[Failure]
    waiting: Sequence[Delivery] = ()
    under_way: Sequence[Delivery] = ()
    failures: int = 0
    rests: Sequence[timedelta] = RESTS
    attempts: Sequence[Attempt] = ()


class Backlog(Value, kw_only=True):
    """State of the subscriptions of a kind. `behind` and `oldest` are of the one that is furthest behind: events that
    it has not heard, and the age of the first of these. `resting` were asked in vain, `disabled` are asked no more.
    """

    behind: int = 0
    oldest: timedelta = timedelta()
    dead: int = 0
    resting: int = 0
    disabled: int = 0


class DeadDelivery(Value, kw_only=True):
    """Event that could not be delivered in three days, with the last reason."""

    subscription_id: UUID
    recorded: Recorded
    position: int
    attempts: int
    reason: str
    died_at: datetime


def pause_after(attempts: int, chance: float) -> timedelta | None:
    """How long to wait after so many failed attempts; None where it is dead. `chance` is from 0 to 1."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + JITTER * chance)


def rests(chance: float) -> Sequence[timedelta]:
    """Return how long a subscription rests after its failures, with jitter."""
    return [rest * (1 + JITTER * chance) for rest in RESTS]
