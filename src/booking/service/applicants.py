"""Letting applicants in, as the screening service finds them."""

from dataclasses import dataclass
from uuid import UUID

from booking.domain.applicant import Applicant, Screening
from booking.domain.events import Actor
from booking.service.ports import Applicants


@dataclass(frozen=True, slots=True)
class ApplicantService:
    applicants: Applicants

    async def register(self, screening: Screening, *, message_id: str | None) -> Applicant:
        """Take a screening in: idempotent, and the newest one wins, HIGH as well as any other (T40, T43)."""
        by = Actor(subject=None, role="screening", request_id=message_id)
        return await self.applicants.register(screening, by)

    async def unlink(self, organization_id: UUID, applicant_id: UUID) -> Applicant:
        """An operator takes a login from an applicant."""
        by = Actor(subject=None, role="operator", request_id=None)
        return await self.applicants.unlink(organization_id, applicant_id, by)
