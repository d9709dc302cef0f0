"""Details of visits: read for one booking at a time, and never kept."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from booking.domain.authority import ApplicantRight
from booking.domain.people.caller import Caller
from booking.domain.properties.visit_details import VisitDetails
from booking.domain.values import replace
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.refusals import BookingNotFound
from booking.service.ports import Cipher


class StoredDetails(NamedTuple):
    """Details without the note, and the note as it is stored."""

    details: VisitDetails
    access_note: bytes | None


class Visits(Protocol):
    async def details(self, organization_id: UUID, property_id: UUID, agent_id: UUID) -> StoredDetails: ...

    async def note_shown(self, context: BookingContext, by: ApplicantRight) -> None:
        """Record that an applicant is shown the access note."""


@dataclass(frozen=True, slots=True)
class VisitDetailsService:
    visits: Visits
    cipher: Cipher

    async def of(self, caller: Caller, context: BookingContext) -> VisitDetails | None:
        """Return the details of a visit in view, as far as they are shown now.

        An applicant is shown the access note only once that is recorded.
        """
        if not context.details_shown:
            return None
        booking = context.booking
        details, encrypted = await self.visits.details(booking.organization_id, booking.property_id, context.agent_id)
        if encrypted is None or not context.note_shown:
            return details
        note = self.cipher.decrypt(encrypted, (booking.organization_id, booking.property_id))
        if note is not None and caller.is_applicant(context.applicant):
            await self.visits.note_shown(
                context, caller.acting_as_applicant(booking.organization_id, BookingNotFound, BookingNotFound)
            )
        return replace(details, access_note=note)
