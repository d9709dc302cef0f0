"""Contacts of applicants: the same in memory and in PostgreSQL."""

from typing import Any
from uuid import uuid4

import pytest

from booking.domain.contact import Channel, Contact
from booking.domain.refusals import WrongRole
from tests.builders import claims, organization, screening
from tests.support.worlds import World


async def test_a_person_says_once_how_they_are_reached_for_all_agencies(world: World) -> None:
    one, other = organization(world.store), organization(world.store)
    email = f"{uuid4()}@example.com"
    await one.screen(screening(one.organization_id, email=email))
    person = claims(email=email)
    first = await one.identity.identify(person, None)
    assert await one.contacts.get(first) == Contact()
    said: dict[str, Any] = {"phone": "+4930123456", "locale": "de", "channels": (Channel.SMS, Channel.EMAIL)}
    assert await one.contacts.change(first, said) == Contact(**said) == await one.contacts.get(first)
    await other.screen(screening(other.organization_id, email=email))
    both = await one.identity.identify(person, None)
    kept = await one.contacts.change(both, {"locale": "pl", "channels": None})
    assert kept == Contact(phone="+4930123456", locale="pl") == await one.contacts.get(both)
    for applicant in both.applicants:
        assert await world.store.contacts.newest([(applicant.organization_id, applicant.id)]) == kept
    (gone,) = first.applicants
    await one.applicants.erase(one.organization_id, gone.id)
    assert await world.store.contacts.newest([(gone.organization_id, gone.id)]) == Contact()
    with pytest.raises(WrongRole):
        await one.contacts.get(await one.agent())
