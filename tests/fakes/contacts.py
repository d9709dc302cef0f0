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
        found = sorted(
            (self.state.contacts[key] for key in self.state.contacts if key in keys), key=lambda one: bool(one.own)
        )
        return found[-1] if found else Contact()

    async def change(self, said: Mapping[str, Any], rights: Sequence[ApplicantRight]) -> Contact:
        keys = [right.key for right in rights if self.state.applicants[right.key].user_id == right.subject]
        if not keys:
            self.state.actor(rights[0])
        contact = (await self.newest(keys)).changed(said)
        for key in keys:
            self.state.contacts.pop(key, None)
            self.state.contacts[key] = contact
        return contact
