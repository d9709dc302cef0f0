"""Feed: the events of the organizations in a reader's view, in order, as far as they may hear them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID, uuid5

from booking.domain.events import Event, EventType, Recorded
from booking.domain.keys import Key
from booking.domain.refusals import PositionRetired
from booking.domain.values import Value
from booking.domain.visits.availability import Availability

AVAILABILITY_CHANGED = "slot.availability_changed"
"""Type of a message that no event has: how many places a slot has left, without who took or gave them."""

ABOUT_PLACES = frozenset(
    {
        EventType.SLOT_CREATED,
        EventType.SLOT_CAPACITY_CHANGED,
        EventType.SLOT_CANCELLED,
        EventType.SLOT_MOVED,
        EventType.HOLD_CREATED,
        EventType.HOLD_RELEASED,
        EventType.HOLD_LAPSED,
        EventType.WAITLIST_OFFERED,
        EventType.BOOKING_REQUESTED,
        EventType.BOOKING_CONFIRMED,
        EventType.BOOKING_DECLINED,
        EventType.BOOKING_EXPIRED,
        EventType.BOOKING_RESCHEDULED,
        EventType.BOOKING_CANCELLED,
    }
)
"""Events after which a slot may have other places left."""


class FeedPosition(Value, kw_only=True):
    """Position in the feed: the last event heard of each organization. A restore of the database raises the `epoch`."""

    epoch: int
    places: Mapping[UUID, int]


class Standing(NamedTuple):
    """Roles of a reader in an organization."""

    agent_id: UUID | None
    admin: bool
    applicant_id: UUID | None


class View(Value, kw_only=True):
    """Organization in view, with the roles of its reader there now.

    `first`: the oldest position that is kept, or one after `last`.
    """

    organization_id: UUID
    agent_id: UUID | None
    admin: bool
    applicant_id: UUID | None
    first: int
    last: int

    @property
    def standing(self) -> Standing:
        return Standing(self.agent_id, self.admin, self.applicant_id)


class Stretch(NamedTuple):
    """Positions of an organization in view that are to be read: after the first, up to the second."""

    view: View
    after: int
    upto: int


class Heard(NamedTuple):
    """Event in a stretch. `by_name`: its reader is concerned, or an admin; `as_places`: it may have changed the places
    left of a slot that they may book.
    """

    recorded: Recorded
    position: int
    by_name: bool
    as_places: bool


class Told(Value, kw_only=True):
    """Event as it is told. `for_admin`: with the login of its actor."""

    recorded: Recorded
    for_admin: bool


class PlacesLeft(Value, kw_only=True):
    """State of a slot after events that may have changed its places, at the latest of them."""

    id: UUID
    at: datetime
    slot: Availability


Message: TypeAlias = Told | PlacesLeft


def stretches(views: Sequence[View], asked: FeedPosition | None, epoch: int, most: int) -> Sequence[Stretch]:
    """Return the stretches after a position, or from the oldest event that is kept: of at most `most` positions each.

    PositionRetired for another epoch, for a position that is yet to come, and for one that is older than what is kept.
    An organization that came into view later begins at its end.
    """
    if asked is not None and asked.epoch != epoch:
        raise PositionRetired
    found = []
    for view in views:
        after = view.first - 1 if asked is None else asked.places.get(view.organization_id, view.last)
        if not view.first - 1 <= after <= view.last:
            raise PositionRetired
        found.append(Stretch(view, after, min(view.last, after + most)))
    return found


def at_the_end(views: Sequence[View], epoch: int) -> FeedPosition:
    return FeedPosition(epoch=epoch, places={view.organization_id: view.last for view in views})


def passed(read: Sequence[Stretch], heard: Sequence[Heard], limit: int, epoch: int) -> FeedPosition:
    """Return the position after a page. One that was cut off ends, in each organization, at the last event in it."""
    places = {one.view.organization_id: one.after if len(heard) >= limit else one.upto for one in read}
    if len(heard) >= limit:
        places |= {one.recorded.event.organization_id: one.position for one in heard}
    return FeedPosition(epoch=epoch, places=places)


def slots_of(heard: Iterable[Heard]) -> Mapping[Key, Heard]:
    """Return the slots whose places may have changed, each with the latest event of it."""
    found: dict[Key, Heard] = {}
    for one in heard:
        event = one.recorded.event
        former = event.moved_from.slot_id if event.moved_from else None
        for slot_id in (event.slot_id, former) if one.as_places else ():
            if slot_id is not None:
                found[event.organization_id, slot_id] = one
    return found


def messages(
    heard: Sequence[Heard], views: Iterable[View], slots: Mapping[Key, Availability], types: Collection[str]
) -> Sequence[Message]:
    """Return the events, and once for each slot its places, after the latest event that may have changed them."""
    administered = {view.organization_id for view in views if view.admin}
    changed: dict[UUID, list[Key]] = defaultdict(list)
    for key, last in slots_of(heard).items():
        changed[last.recorded.id].append(key)
    told: list[Message] = []
    for one in heard:
        recorded, event = one.recorded, one.recorded.event
        if one.by_name and (not types or event.type in types):
            told.append(Told(recorded=recorded, for_admin=event.organization_id in administered))
        if not types or AVAILABILITY_CHANGED in types:
            told += [places_left(recorded, slots[key]) for key in changed[recorded.id] if key in slots]
    return told


def places_left(after: Recorded, slot: Availability) -> PlacesLeft:
    """Return the message about a slot's places after an event that may have changed them."""
    return PlacesLeft(id=uuid5(after.id, str(slot.slot.id)), at=after.occurred_at, slot=slot)


def hears(event: Event, view: View | Standing) -> bool:
    """Return whether the event concerns the reader by name: as its applicant or agent, now or before, or an admin."""
    former = event.moved_from.agent_id if event.moved_from else None
    return (
        view.admin
        or (view.agent_id is not None and view.agent_id in {event.agent_id, former})
        or (view.applicant_id is not None and view.applicant_id == event.applicant_id)
    )


def hears_places(event: Event, view: View | Standing) -> bool:
    return view.applicant_id is not None and event.slot_id is not None and event.type in ABOUT_PLACES
