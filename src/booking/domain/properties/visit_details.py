"""Details of a confirmed visit, for its applicant and its agents: where to come, and how to get in."""

from booking.domain.values import Value


class VisitDetails(Value, kw_only=True):
    """`access_note` is None unless it is shown now; `phone` is the agent's."""

    address: str | None = None
    directions: str | None = None
    meeting_point: str | None = None
    phone: str | None = None
    access_note: str | None = None
