"""Contacts of applicants in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from booking.domain.authority import ApplicantRight
from booking.domain.keys import Key
from booking.domain.people.contact import Contact
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryContacts:
    state: State

    async def newest(self, keys: Sequence[Key]) -> Contact:
        return self.state.contacts.get(self.said_in(keys), Contact()) if keys else Contact()

    def said_in(self, keys: Sequence[Key]) -> Key:
        """Return the applicant whose contact is the newest."""
        found = sorted((key for key in self.state.contacts if key in keys), key=self._own)
        return found[-1] if found else keys[0]

    def _own(self, key: Key) -> bool:
        return bool(self.state.contacts[key].own)

    async def change(self, said: Mapping[str, Any], rights: Sequence[ApplicantRight]) -> Contact:
        keys = self.standing(rights)
        return self.save((await self.newest(keys)).changed(said), keys)

    def standing(self, rights: Sequence[ApplicantRight]) -> Sequence[Key]:
        """Return the applicants whose right stands; refused if none does."""
        keys = [right.key for right in rights if self.state.applicants[right.key].user_id == right.subject]
        if not keys:
            self.state.actor(rights[0])
        return keys

    def save(self, contact: Contact, keys: Sequence[Key]) -> Contact:
        for key in keys:
            self.state.contacts.pop(key, None)
            self.state.contacts[key] = contact
        return contact
