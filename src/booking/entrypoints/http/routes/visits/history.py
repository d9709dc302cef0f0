"""History of a booking over HTTP."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.people.caller import Caller
from booking.domain.refusals import InvalidCursor
from booking.domain.visits.history import HistoryEntry, HistorySlot
from booking.domain.visits.refusals import BookingNotFound
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.names import SlotAgent, SlotProperty, agent_of, property_of
from booking.entrypoints.http.wire import ActorRole, ActorVia, Instant, Output, RowsQuery
from booking.service.visits.history import HistoryService


class Originator(Output):
    """`agent`: the acting agent, if the reader may know them."""

    role: ActorRole
    via: ActorVia | None
    you: bool
    agent: SlotAgent | None


class FormerSlot(Output):
    """Slot at the time of an event, with the names of now."""

    id: UUID
    start_time: Instant
    end_time: Instant
    property: SlotProperty
    agent: SlotAgent


class HistoryEvent(Output):
    """Event without personal data of others."""

    id: UUID
    type: str
    occurred_at: Instant
    by: Originator
    from_state: str | None
    to_state: str | None
    slot: FormerSlot | None
    moved_from: FormerSlot | None


class HistoryPage(Output):
    events: list[HistoryEvent]
    next_cursor: str | None


@get(
    "/bookings/{booking_id:str}/history",
    operation_id="listBookingHistory",
    dependencies={"parameters": Query(RowsQuery)},
    opt={"hot": True, "refuses": (BookingNotFound, InvalidCursor)},
)
async def list_booking_history(
    booking_id: FromPath[str],
    parameters: NamedDependency[RowsQuery],
    caller: NamedDependency[Caller],
    history: NamedDependency[HistoryService],
) -> HistoryPage:
    id = read_id(booking_id, BookingNotFound)  # noqa: A001 - the booking's own
    page = await history.list(caller, id, paging=paging_of(parameters, caller, id))
    return HistoryPage(
        events=[_shown(one) for one in page.items], next_cursor=cursor_of(page.next, parameters, caller, id)
    )


routes = (list_booking_history,)


def _shown(one: HistoryEntry) -> HistoryEvent:
    agent = SlotAgent(id=one.by.agent.id, name=one.by.agent.name) if one.by.agent else None
    return HistoryEvent(
        id=one.id,
        type=one.type,
        occurred_at=one.occurred_at,
        by=Originator(role=one.by.role, via=one.by.via, you=one.by.you, agent=agent),
        from_state=one.from_state,
        to_state=one.to_state,
        slot=_slot(one.slot),
        moved_from=_slot(one.moved_from),
    )


def _slot(one: HistorySlot | None) -> FormerSlot | None:
    if one is None:
        return None
    appointment, names = one.appointment, one.names
    return FormerSlot(
        id=appointment.slot_id,
        start_time=appointment.start_time,
        end_time=appointment.end_time,
        property=property_of(appointment.property_id, names),
        agent=agent_of(appointment.agent_id, names),
    )
