"""Properties: their names, zones and addresses, set by agents, and shown as far as the viewer may see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging
from booking.domain.people.caller import Caller, organization_required
from booking.domain.properties.property import Property, PropertyFilter, PropertyNews, PropertyView, address_shown
from booking.domain.properties.refusals import PropertyNotFound
from booking.domain.values import replace
from booking.service.ports import Cipher, Clock


class Properties(Protocol):
    async def get(self, key: Key) -> Property | None: ...

    async def known(self, key: Key) -> bool:
        """Return whether the organization has a property of that id, told of or with slots."""

    async def put(self, details: Property, expected: int | None, by: AgentRight, *, keep_note: bool) -> Property:
        """Replace all details, with `keep_note` but the access note, or make the property.

        PreconditionFailed unless the version was `expected` (None: any; 0: none yet).
        """

    async def tell(self, news: PropertyNews, by: Actor) -> None:
        """Save the property as `Property.after` has it, in any order of arrival, however often; it may be unknown."""

    async def of_organization(self, organization_id: UUID, chosen: PropertyFilter, paging: Paging) -> Page[Property]:
        """Return a page in order of the last change."""

    async def last_visit(self, key: Key, applicant_id: UUID) -> datetime | None:
        """Return the end of the last confirmed visit of an applicant there, past or to come."""


@dataclass(frozen=True, slots=True)
class PropertyService:
    properties: Properties
    now: Clock
    cipher: Cipher

    async def get(self, caller: Caller, property_id: UUID, organization_id: UUID | None = None) -> PropertyView:
        """Return a property in view.

        Where several organizations of an applicant have one of that id, InvalidRequest asks for the organization.
        """
        organizations = caller.organizations if organization_id is None else (caller.organization(organization_id),)
        found = [one for each in organizations if (one := await self.properties.get((each, property_id)))]
        if not found:
            raise PropertyNotFound
        if len(found) > 1 and not caller.is_agent_of(found[0].organization_id):
            raise organization_required()
        return await self._view(caller, found[0])

    async def list(
        self, caller: Caller, chosen: PropertyFilter, paging: Paging, organization_id: UUID | None = None
    ) -> Page[PropertyView]:
        """List the properties of an organization in view. Only its agents see addresses, and find by them."""
        organization = caller.organization(organization_id)
        own = caller.is_agent_of(organization)
        page = await self.properties.of_organization(organization, replace(chosen, in_address=own), paging)
        views = [PropertyView(property=one, for_agent=own, with_address=own) for one in page.items]
        return Page(items=views, next=page.next)

    async def put(
        self,
        caller: Caller,
        details: Property,
        *,
        expected: int | None,
        access_note: str | None = None,
        keep_note: bool = True,
    ) -> PropertyView:
        """Replace all details, as an agent with the version `expected` in view (None: any).

        With `keep_note` the access note stays as it is. SecretsNotConfigured where there is no key to encrypt one.
        """

        def seen(kept: Property) -> PropertyView:
            return PropertyView(property=kept, for_agent=True, with_address=True)

        by = caller.keeping(caller.acting_as_agent(), seen)
        encrypted = None if access_note is None else self.cipher.encrypt(access_note, details.key)
        details = replace(details, access_note=encrypted)
        return seen(await self.properties.put(details, expected, by, keep_note=keep_note))

    async def tell(self, news: PropertyNews, *, message_id: str | None) -> None:
        """Take in news of the ingestion service: idempotent, and the newest counts."""
        await self.properties.tell(news, Actor(subject=None, role="ingestion", request_id=message_id))

    async def version(self, caller: Caller, property_id: UUID) -> int:
        """Return the version of a property of the agent's organization; 0 where there is none."""
        found = await self.properties.get((caller.as_agent().organization_id, property_id))
        return found.version if found else 0

    async def _view(self, caller: Caller, found: Property) -> PropertyView:
        if caller.is_agent_of(found.organization_id):
            return PropertyView(property=found, for_agent=True, with_address=True)
        applicant = caller.applicant_in(found.organization_id)
        last_visit = await self.properties.last_visit(found.key, applicant.id)
        shown = address_shown(last_visit, await self.now())
        return PropertyView(property=found, for_agent=False, with_address=shown)
