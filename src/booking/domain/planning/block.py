"""Blocks: times at which an agent has no slots. They may overlap each other, but no slot of the agent."""

from datetime import datetime
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.planning.refusals import BlockEndsBeforeStart, BlockInPast
from booking.domain.values import Value

MOST_NAMED = 100
"""Slots under a block that its refusal names, the first ones."""


class Block(Value, kw_only=True):
    """Time without slots. `reason`: the agent's private words; `of_calendar`: the agent's calendar is busy then;
    `of_absence`: slots there are handed over. `conflict`: the agent has a slot there nonetheless.
    """

    organization_id: UUID
    id: UUID
    agent_id: UUID
    start_time: datetime
    end_time: datetime
    reason: str | None
    of_calendar: bool = False
    of_absence: bool = False
    conflict: bool = False
    created_at: datetime

    @classmethod
    def make(
        cls,
        *,
        id: UUID,
        organization_id: UUID,
        agent_id: UUID,
        start_time: datetime,
        end_time: datetime,
        reason: str | None,
        at: datetime,
        of_absence: bool = False,
    ) -> "Block":
        """Make a block that has not ended yet; BlockEndsBeforeStart or BlockInPast if it cannot be."""
        if end_time <= start_time:
            raise BlockEndsBeforeStart
        if end_time <= at:
            raise BlockInPast
        return cls(
            organization_id=organization_id,
            id=id,
            agent_id=agent_id,
            start_time=start_time,
            end_time=end_time,
            reason=reason,
            of_absence=of_absence,
            created_at=at,
        )

    @property
    def agent(self) -> Key:
        return self.organization_id, self.agent_id

    @property
    def ahead_from(self) -> datetime:
        """Return its begin, or when it was made. Why: slots of the same morning have taken place, and stay."""
        return max(self.start_time, self.created_at)
