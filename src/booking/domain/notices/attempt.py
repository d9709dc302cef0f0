"""Attempts to hand a notice over to a provider, and their outcomes."""

from datetime import timedelta
from uuid import UUID

from booking.domain.notices.facts import Facts
from booking.domain.notices.handover import HandoverFault
from booking.domain.notices.link import LinkTarget
from booking.domain.notices.notice import NoticeKind, NoticeState
from booking.domain.notices.reference import Reference
from booking.domain.notices.unsubscription import GROUPS, Unsubscription
from booking.domain.people.contact import Channel
from booking.domain.values import Value

LEASE = timedelta(minutes=2)
"""Time after which an attempt without an outcome is made again."""

FRESH = timedelta(seconds=4)
"""Time for which the last question holds, whether a notice is still wanted: then it is asked again."""

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 3, 10, 30, 60))
"""Pauses after failed attempts; the last one holds for all that come after, as long as the notice is in time."""

FREE_FOR = timedelta(hours=24) - timedelta(minutes=5)
"""Time for which WhatsApp takes any text after a person wrote, with a margin."""

AT_ONCE = timedelta()
LIMITED = timedelta(seconds=10)
"""Pause where the provider's limit is used up."""

KEPT = timedelta(days=90)
"""Time for which a notice is kept after it ended."""


REFUSED = {
    HandoverFault.ADDRESS_REFUSED: NoticeState.BOUNCED,
    HandoverFault.OPTED_OUT: NoticeState.SUPPRESSED,
}
"""States after refusals that are about the recipient."""


class NoticeEnd(Value, kw_only=True):
    """End, or change of state, of a notice, for the figures."""

    kind: NoticeKind
    channel: Channel
    state: NoticeState


class Attempt(Value, kw_only=True):
    """Notice that is being sent. `number` counts its attempts: only the newest has an outcome. `free`: by a channel
    that takes any text, since the person wrote there within a day. `trace`: where its event goes on in a trace.
    """

    organization_id: UUID
    id: UUID
    number: int
    kind: NoticeKind
    channel: Channel
    address: str
    facts: Facts
    recipient_id: UUID
    free: bool = False
    trace: str | None = None
    link_target: LinkTarget | None = None
    """The recipient's own booking, to act on by links."""

    @property
    def unsubscription(self) -> Unsubscription | None:
        """The way out of such e-mails for the recipient; None of a kind that a visit needs."""
        group = GROUPS.get(self.kind)
        if group is None or self.channel is not Channel.EMAIL:
            return None
        return Unsubscription(self.organization_id, self.facts.recipient, self.recipient_id, self.channel, group)

    @property
    def reference(self) -> Reference:
        return Reference(organization_id=self.organization_id, notice_id=self.id)


class Outcome(Value, kw_only=True):
    """Outcome of an attempt. `again_in`: pause before the next one, if that is still in time."""

    attempt: Attempt
    state: NoticeState
    reason: str | None = None
    provider_id: str | None = None
    again_in: timedelta | None = None

    @property
    def address_refused(self) -> bool:
        return self.state is NoticeState.BOUNCED


def accepted(attempt: Attempt, provider_id: str | None, *, delivered: bool = False) -> Outcome:
    state = NoticeState.DELIVERED if delivered else NoticeState.SENT
    return Outcome(attempt=attempt, state=state, provider_id=provider_id and provider_id[:200])


def refused(attempt: Attempt, fault: HandoverFault) -> Outcome:
    """Return the outcome of a permanent refusal; of an address, it has bounced."""
    return Outcome(attempt=attempt, state=REFUSED.get(fault, NoticeState.FAILED), reason=str(fault))


def failed(attempt: Attempt, reason: str) -> Outcome:
    """Return the outcome of a failure that may pass."""
    pause = LIMITED if reason == HandoverFault.LIMITED else PAUSES[min(attempt.number, len(PAUSES)) - 1]
    return Outcome(attempt=attempt, state=NoticeState.FAILED, reason=reason[:64], again_in=pause)


def unknown(attempt: Attempt, reason: str) -> Outcome:
    """Return the outcome of an attempt that may have been accepted.

    An e-mail is sent again, as the same message. To a phone nothing is: nobody could tell a second copy.
    """
    if attempt.channel is Channel.EMAIL:
        return failed(attempt, reason)
    return Outcome(attempt=attempt, state=NoticeState.UNKNOWN, reason=reason[:64])


def stale(attempt: Attempt) -> Outcome:
    """Return the outcome of an attempt that was not made, because the last question was too long ago."""
    return Outcome(attempt=attempt, state=NoticeState.FAILED, again_in=AT_ONCE)
