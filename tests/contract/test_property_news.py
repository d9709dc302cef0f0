"""News of properties: the newest counts, in any order of arrival; the same in memory and in PostgreSQL."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.properties.property import PropertyNews, PropertyStatus
from booking.domain.properties.refusals import PropertyArchived
from booking.domain.values import replace
from tests.builders import HOUR, Organization, organization
from tests.support.worlds import World


def news(
    agency: Organization, property_id: UUID, at: datetime | None, sent_at: datetime, **details: Any
) -> PropertyNews:
    return PropertyNews(
        organization_id=agency.organization_id,
        property_id=property_id,
        details=details,
        occurred_at=at,
        sent_at=sent_at,
    )


async def tell(agency: Organization, one: PropertyNews) -> None:
    await agency.properties.tell(one, message_id="message-1")


async def test_news_set_what_they_name_and_the_newest_win_in_any_order(world: World) -> None:
    agency, property_id = organization(world.store), uuid4()
    agent, now = await agency.agent(), await world.store.now()
    earlier = now - HOUR
    await tell(agency, news(agency, property_id, now, now, label="Loft", area="Mitte"))
    await tell(agency, news(agency, property_id, earlier, now, label="Attic", address="Spree 1"))
    found = (await agency.properties.get(agent, property_id)).property
    assert found == agency.property(
        property_id, label="Loft", area="Mitte", version=1, told_at=now, updated_at=found.updated_at
    )
    await agency.properties.put(agent, replace(found, address="Spree 2"), expected=1)
    await tell(agency, news(agency, property_id, now, now, area=None))
    after = (await agency.properties.get(agent, property_id)).property
    assert (after.label, after.area, after.address, after.version) == ("Loft", None, "Spree 2", 3)
    for _ in range(2):
        await tell(agency, news(agency, property_id, now, now, area=None))
    assert (await agency.properties.get(agent, property_id)).property == after
    assert await world.events() == [
        (EventType.PROPERTY_CHANGED, None, "1"),
        (EventType.PROPERTY_CHANGED, "1", "2"),
        (EventType.PROPERTY_CHANGED, "2", "3"),
    ]


async def test_news_that_change_nothing_still_outdate_those_before(world: World) -> None:
    agency, property_id = organization(world.store), uuid4()
    agent, now = await agency.agent(), await world.store.now()
    await tell(agency, news(agency, property_id, now - 3 * HOUR, now, label="Loft"))
    await tell(agency, news(agency, property_id, now - HOUR, now, label="Loft"))
    await tell(agency, news(agency, property_id, now - 2 * HOUR, now, label="Attic"))
    found = (await agency.properties.get(agent, property_id)).property
    assert (found.label, found.version, found.told_at) == ("Loft", 1, now - HOUR)


async def test_a_removed_property_gets_no_slots_until_news_or_an_agent_say_otherwise(world: World) -> None:
    agency = organization(world.store)
    agent, now = await agency.agent(), await world.store.now()
    slot = await agency.slot(agent)
    await tell(agency, news(agency, slot.property_id, None, now, status=PropertyStatus.ARCHIVED))
    await tell(agency, news(agency, slot.property_id, None, now, label="Loft"))
    with pytest.raises(PropertyArchived):
        await agency.slot(agent, property_id=slot.property_id, starts_in=5 * HOUR)
    assert (await agency.slots.get(agent, slot.id)).availability.names.label == "Loft"
    await tell(agency, news(agency, slot.property_id, None, now, status=PropertyStatus.ACTIVE))
    await agency.slot(agent, property_id=slot.property_id, starts_in=5 * HOUR)


async def test_a_time_to_come_counts_as_the_time_of_sending(world: World) -> None:
    agency, property_id = organization(world.store), uuid4()
    agent, now = await agency.agent(), await world.store.now()
    await tell(agency, news(agency, property_id, now + timedelta(days=9), now - HOUR, label="Loft"))
    await tell(agency, news(agency, property_id, now, now, label="Attic"))
    assert (await agency.properties.get(agent, property_id)).property.label == "Attic"


async def test_news_at_once_of_an_unknown_property_are_all_taken_in(world: World) -> None:
    agency, property_id = organization(world.store), uuid4()
    agent, now = await agency.agent(), await world.store.now()
    details: list[dict[str, Any]] = [{"label": "Loft"}, {"area": "Mitte"}, {"address": "Spree 1"}, {"time_zone": "UTC"}]
    await asyncio.gather(*(tell(agency, news(agency, property_id, now, now, **one)) for one in details))
    found = (await agency.properties.get(agent, property_id)).property
    assert (found.label, found.area, found.address, found.time_zone, found.version) == (
        "Loft",
        "Mitte",
        "Spree 1",
        "UTC",
        4,
    )
