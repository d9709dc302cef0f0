"""Report of a provider: the later fate of a message that it accepted."""

from collections.abc import Mapping, Sequence

from booking.domain.notices.notice import NoticeState
from booking.domain.notices.reference import Reference
from booking.domain.values import Value

RANKS: Mapping[NoticeState, int] = {
    NoticeState.SENT: 1,
    NoticeState.FAILED: 2,
    NoticeState.DELIVERED: 3,
    NoticeState.BOUNCED: 4,
    NoticeState.COMPLAINED: 5,
}
"""Ranks of the states that are reported. Why: reports come twice and in any order, so the highest rank holds.

A bounce may follow a delivery, by a server that took the message first. All other states rank below these.
"""


class Report(Value, kw_only=True):
    """`provider_id`: the provider's name of the message, where it tells that. `reason`: a word for the state.
    `suppresses`: forms of the address, to which nothing more is sent.
    """

    reference: Reference
    state: NoticeState
    provider_id: str | None = None
    reason: str | None = None
    suppresses: Sequence[str] = ()

    @property
    def stronger(self) -> Sequence[NoticeState]:
        """States that stay as they are."""
        return [state for state, rank in RANKS.items() if rank >= RANKS[self.state]]
