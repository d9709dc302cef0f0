"""Names of a slot's property and agent, as they are shown beside it."""

from booking.domain.values import Value

UTC = "UTC"


class Names(Value, kw_only=True):
    """Names of a property and of an agent, each None until it is given.

    `time_zone`: the property's, or else its organization's, or else UTC.
    """

    label: str | None = None
    area: str | None = None
    time_zone: str = UTC
    agent: str | None = None


NAMELESS = Names()
