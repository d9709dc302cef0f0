"""Contacts of applicants: said by themselves, once for all organizations that screened them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from booking.domain.authority import ApplicantRight
from booking.domain.keys import Key
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Contact


class Contacts(Protocol):
    async def newest(self, keys: Sequence[Key]) -> Contact:
        """Return the contact of these applicants that was changed last."""

    async def change(self, said: Mapping[str, Any], rights: Sequence[ApplicantRight]) -> Contact:
        """Change these fields of the newest contact, and save it by each right that stands; refused if none does."""


@dataclass(frozen=True, slots=True)
class ContactService:
    contacts: Contacts

    async def get(self, caller: Caller) -> Contact:
        """Return the caller's contact: where organizations have different ones, the one that was changed last."""
        return await self.contacts.newest([(one.organization_id, one.id) for one in caller.as_applicants()])

    async def change(self, caller: Caller, said: Mapping[str, Any]) -> Contact:
        """Change these fields for all organizations; None resets one."""
        first, *others = (caller.acting_as_applicant(one.organization_id) for one in caller.as_applicants())
        return await self.contacts.change(said, [caller.keeping(first, lambda kept: kept), *others])
