"""Bookable slots of a property over HTTP: the page that is asked for most.

An encoded page is kept for as long as the store keeps the page, for viewers with the same actions.
"""

from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.people.caller import Caller
from booking.domain.people.names import Names
from booking.domain.properties.policy import Policy
from booking.domain.refusals import InvalidCursor, NotFound
from booking.domain.visits.slot import SlotStatus
from booking.domain.visits.slot_page import Actions, PropertyPage
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.names import SlotAgent, property_of
from booking.entrypoints.http.slot_answer import Slot, SlotPage
from booking.entrypoints.http.wire import PageQuery
from booking.service.visits.slots import SlotService

_encode = msgspec.json.Encoder().encode
_encoded: WeakKeyDictionary[Any, tuple[Actions, Policy, Names, SlotPage]] = WeakKeyDictionary()
"""By the version of a page: the actions of its last viewer, its policy and names, and the page as encoded with them."""


@get(
    "/properties/{property_id:str}/slots",
    operation_id="listPropertySlots",
    dependencies={"parameters": Query(PageQuery)},
    opt={"hot": True, "etag": True, "refuses": (NotFound, InvalidCursor)},
)
async def list_property_slots(
    property_id: FromPath[str],
    parameters: NamedDependency[PageQuery],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> SlotPage:
    id = read_id(property_id, NotFound)  # noqa: A001 - the property's own
    page = await slots.bookable(caller, id, window=window_of(parameters), paging=paging_of(parameters, caller, id))
    shown = encoded(page)
    if page.next is None:
        return shown
    return SlotPage(slots=shown.slots, next_cursor=cursor_of(page.next, parameters, caller, id))


def encoded(page: PropertyPage) -> SlotPage:
    """Return the page for the wire, with slots that are encoded already if the store caches the page.

    Without a cursor: that is the caller's own.
    """
    if (cached := page.cached) is None:
        return SlotPage(slots=_slots(page), next_cursor=None)
    actions = cached.actions[0]
    known = _encoded.get(cached.version)
    if known is None or known[:3] != (actions, cached.policy, cached.names):
        slots: Any = msgspec.Raw(_encode(_slots(page)))
        shown = SlotPage(slots=slots, next_cursor=None)
        known = _encoded[cached.version] = actions, cached.policy, cached.names, shown
    return known[3]


def _slots(page: PropertyPage) -> list[Slot]:
    return [
        Slot(
            id=(slot := view.slot).id,
            organization_id=view.organization_id,
            property_id=page.property_id,
            agent_id=slot.agent_id,
            start_time=slot.start_time,
            end_time=slot.end_time,
            capacity=slot.capacity,
            places_left=slot.places_left,
            status=SlotStatus.AVAILABLE,
            reason=None,
            created_at=slot.created_at,
            updated_at=slot.updated_at,
            bookable_from=view.policy.bookable_from(slot.start_time),
            bookable_until=view.policy.bookable_until(slot.start_time),
            cancel_until=view.policy.cancellable_until(slot.start_time),
            available_actions=view.actions,
            property=property_of(page.property_id, view.names),
            agent=SlotAgent(id=slot.agent_id, name=slot.agent_name),
        )
        for view in page.items
    ]


routes = (list_property_slots,)
