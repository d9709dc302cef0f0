"""History of a booking: its events, with no more in them than their reader may know."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from booking.domain.events import Appointment, Event, Recorded, Via
from booking.domain.people.caller import Caller
from booking.domain.people.names import Names
from booking.domain.values import Value
from booking.domain.visits.booking import BookingStatus

Host: TypeAlias = tuple[UUID, UUID, UUID]
"""(organization, property, agent)."""


class NamedAgent(Value, kw_only=True):
    """Agent by the name of now; None where there is none, or none any more."""

    id: UUID
    name: str | None


class Happening(Value, kw_only=True):
    """Event of a booking, with the agent whose login caused it, if one did."""

    recorded: Recorded
    by_agent: NamedAgent | None

    @property
    def hosts(self) -> Iterator[Host]:
        """Yield the properties and agents that are named."""
        event = self.recorded.event
        for one in (_appointment(event), event.moved_from):
            if one is not None:
                yield event.organization_id, one.property_id, one.agent_id


class Originator(Value, kw_only=True):
    """Originator of a change, for a reader. `you`: the reader's own login."""

    role: str
    you: bool
    agent: NamedAgent | None
    via: Via | None = None


class HistorySlot(Value, kw_only=True):
    """Slot of a visit at an event, with the names of now."""

    appointment: Appointment
    names: Names


class HistoryEntry(Value, kw_only=True):
    """Event of a booking as a reader sees it. `slot` is None for an event of a former release, `to_state` where it is
    not for the reader.
    """

    id: UUID
    type: str
    occurred_at: datetime
    by: Originator
    from_state: str | None
    to_state: str | None
    slot: HistorySlot | None
    moved_from: HistorySlot | None


def entry(happening: Happening, reader: Caller, names: Mapping[Host, Names]) -> HistoryEntry:
    """Return an event as its reader sees it.

    An applicant is told of agents whose visit it was or becomes, but of no colleague of theirs; and that a visit was
    cancelled, but not that a screening did it.
    """
    recorded, event = happening.recorded, happening.recorded.event
    colleague = reader.is_agent_of(event.organization_id)
    agent = happening.by_agent
    if agent is not None and not (colleague or agent.id in {host[2] for host in happening.hosts}):
        agent = None
    unsaid = event.to_state == BookingStatus.CANCELLED_BY_SCREENING and not colleague

    def slot(one: Appointment | None) -> HistorySlot | None:
        if one is None:
            return None
        return HistorySlot(appointment=one, names=names[event.organization_id, one.property_id, one.agent_id])

    return HistoryEntry(
        id=recorded.id,
        type=event.type,
        occurred_at=recorded.occurred_at,
        by=Originator(
            role=event.actor.role,
            via=event.actor.via,
            you=event.actor.subject == reader.subject,
            agent=agent,
        ),
        from_state=event.from_state,
        to_state=None if unsaid else event.to_state,
        slot=slot(_appointment(event)),
        moved_from=slot(event.moved_from),
    )


def _appointment(event: Event) -> Appointment | None:
    if not (event.slot_id and event.property_id and event.agent_id and event.start_time and event.end_time):
        return None
    return Appointment(
        slot_id=event.slot_id,
        property_id=event.property_id,
        agent_id=event.agent_id,
        start_time=event.start_time,
        end_time=event.end_time,
    )
