"""Contacts of applicants: the same in memory and in PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from booking.domain.people.contact import Channel, Contact
from booking.domain.people.refusals import WrongRole
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
    all_own = frozenset({"phone", "locale", "channels"})
    assert await one.contacts.change(first, said) == Contact(**said, own=all_own) == await one.contacts.get(first)
    await other.screen(screening(other.organization_id, email=email))
    both = await one.identity.identify(person, None)
    kept = await one.contacts.change(both, {"locale": "pl", "channels": None})
    assert kept == Contact(phone="+4930123456", locale="pl", own=all_own) == await one.contacts.get(both)
    for applicant in both.applicants:
        assert await world.store.contacts.newest([(applicant.organization_id, applicant.id)]) == kept
    (gone,) = first.applicants
    await one.applicants.erase(one.organization_id, gone.id)
    assert await world.store.contacts.newest([(gone.organization_id, gone.id)]) == Contact()
    with pytest.raises(WrongRole):
        await one.contacts.get(await one.agent())


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_the_newest_screenings_phone_and_locale_are_the_contact_in_any_order(
    world: World, order: Sequence[int]
) -> None:
    agency, person, email, at = organization(world.store), uuid4(), f"{uuid4()}@example.com", datetime.now(UTC)
    told: Sequence[dict[str, Any]] = [
        {"phone": "+4930000001", "locale": "de"},
        {"phone": "+4930000002"},
        {"phone": "+4930000003", "locale": "pl"},
    ]
    for number in order:
        sent_at = at - timedelta(hours=3 - number)
        found = screening(agency.organization_id, external_id=person, email=email, sent_at=sent_at, **told[number])
        await agency.screen(found)
        await agency.screen(found)
    caller = await agency.identity.identify(claims(email=email), None)
    assert await agency.contacts.get(caller) == Contact(phone="+4930000003", locale="pl")


async def test_a_screening_never_changes_what_a_person_has_set_or_emptied_herself(world: World) -> None:
    agency, person, email = organization(world.store), uuid4(), f"{uuid4()}@example.com"

    async def screened(phone: str | None, locale: str | None) -> Contact:
        found = screening(agency.organization_id, external_id=person, email=email, phone=phone, locale=locale)
        await agency.screen(found)
        return await agency.contacts.get(await agency.identity.identify(claims("ada", email=email), None))

    assert await screened("+4930000000", "en") == Contact(phone="+4930000000", locale="en")
    assert await screened("+4930000001", None) == Contact(phone="+4930000001", locale="en")
    assert await screened(None, None) == Contact(phone="+4930000001", locale="en")
    caller = await agency.identity.identify(claims("ada", email=email), None)
    await agency.contacts.change(caller, {"phone": None})
    filled = Contact(locale="de", own=frozenset({"phone"}))
    assert await screened("+4930000002", "de") == filled
    await agency.contacts.change(caller, {"locale": "fr"})
    both = Contact(locale="fr", own=frozenset({"phone", "locale"}))
    assert await screened("+4930000003", "pl") == both


async def test_a_persons_own_word_comes_before_what_another_agency_was_told_later(world: World) -> None:
    one, other, email = organization(world.store), organization(world.store), f"{uuid4()}@example.com"
    await one.screen(screening(one.organization_id, email=email))
    person = claims(email=email)
    said = await one.contacts.change(await one.identity.identify(person, None), {"phone": "+4930000001"})
    await other.screen(screening(other.organization_id, email=email, phone="+4930000002", locale="pl"))
    assert await one.contacts.get(await one.identity.identify(person, None)) == said


async def test_an_erased_person_gets_no_contact_from_later_screenings(world: World) -> None:
    agency, person, email = organization(world.store), uuid4(), f"{uuid4()}@example.com"
    await agency.screen(screening(agency.organization_id, external_id=person, email=email, phone="+4930000001"))
    (known,) = await world.store.applicants.by_email(email, agency.organization_id)
    await agency.applicants.erase(agency.organization_id, known.id)
    await agency.screen(screening(agency.organization_id, external_id=person, email=email, phone="+4930000002"))
    assert await world.store.contacts.newest([(known.organization_id, known.id)]) == Contact()
