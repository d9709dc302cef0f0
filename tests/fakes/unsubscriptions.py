"""Unsubscriptions in memory."""

from dataclasses import dataclass

from booking.domain.notices.facts import AgencyFacts
from booking.domain.notices.notice import Recipient
from booking.domain.notices.unsubscription import Unsubscription
from booking.domain.people.organization import Organization
from booking.domain.values import replace
from booking.service.notices.unsubscriptions import Subscriber
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryUnsubscriptions:
    state: State

    async def subscriber(self, of: Unsubscription) -> Subscriber | None:
        key = of.organization_id, of.recipient_id
        if not self._there(of):
            return None
        contact, host = self.state.contacts.get(key), self.state.agent(key)
        agency = self.state.organizations.get(of.organization_id, Organization(id=of.organization_id))
        return Subscriber(
            locale=contact.locale if contact else host.profile.locale if host else None,
            agency=replace(AgencyFacts.of(agency), logo_url=None, reply_to=None),
            unsubscribed=of in self.state.unsubscriptions,
        )

    async def add(self, one: Unsubscription) -> None:
        if self._there(one):
            self.state.unsubscriptions.add(one)

    async def remove(self, one: Unsubscription) -> None:
        self.state.unsubscriptions.discard(one)

    def _there(self, one: Unsubscription) -> bool:
        key = one.organization_id, one.recipient_id
        if one.recipient is Recipient.AGENT:
            host = self.state.agent(key)
            return host is not None and not host.erased
        person = self.state.applicants.get(key)
        return person is not None and not person.erased
