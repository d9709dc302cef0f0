"""Calendar feeds: secret addresses under which calendar programs read a person's visits."""

from datetime import datetime, timedelta
from uuid import UUID

from booking.domain.people.caller import Side
from booking.domain.values import Value

MOST = 5
"""Feeds of a person in one role: one for each calendar program."""
MOST_VISITS = 500
"""Visits in a feed, the latest ones."""
PAST = timedelta(days=90)
"""Time for which a visit is in a feed after its end."""
ENDED = timedelta(days=30)
"""Time for which a visit that was cancelled, or did not come about, is in a feed."""


class CalendarFeed(Value, kw_only=True):
    """Feed of an agent's own visits, or of an applicant's in one organization. Its secret is shown once."""

    organization_id: UUID
    id: UUID
    side: Side
    owner_id: UUID
    created_at: datetime
