"""Refusals that are of properties."""

from booking.domain.refusals import Conflict, NotFound


class PropertyNotFound(NotFound):
    title = "There is no such property, or it is outside your view."


class PropertyArchived(Conflict):
    title = "The property is archived: no slots are offered there any more."


class PropertyWithdrawn(Conflict):
    title = "The property is withdrawn: there are no visits from that time on."
