"""Links in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import ApplicantRight
from booking.domain.notices.facts import AgencyFacts
from booking.domain.notices.link import Link
from booking.domain.people.organization import Organization
from booking.domain.values import replace
from booking.service.notices.link_maker import KnownLink
from booking.service.ports import Lease
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryLinks:
    state: State

    async def add(self, links: Sequence[Link], by: ApplicantRight | None = None) -> None:
        if by is not None:
            self.state.actor(by)
        for one in links:
            person = self.state.applicants[one.organization_id, one.applicant_id]
            if person.eligible and one.expires_at > self.state.clock():
                self.state.links[one.hash] = one

    async def known(self, organization_id: UUID, digest: bytes) -> KnownLink | None:
        link = self.state.links.get(digest)
        if link is None or link.organization_id != organization_id or link.expires_at <= self.state.clock():
            return None
        person = self.state.applicants[organization_id, link.applicant_id]
        if not person.eligible:
            return None
        contact = self.state.contacts.get((organization_id, person.id))
        agency = self.state.organizations.get(organization_id, Organization(id=organization_id))
        return KnownLink(
            link=link,
            used_at=self.state.used_links.get(digest),
            applicant=person,
            locale=contact.locale if contact else None,
            agency=replace(AgencyFacts.of(agency), logo_url=None, reply_to=None),
        )

    async def forget(self, lease: Lease) -> int:
        over = [digest for digest, one in self.state.links.items() if one.expires_at <= self.state.clock()]
        for digest in over:
            del self.state.links[digest]
        return len(over)
