"""Details of a visit: where to come, and how to get in; the same in memory and in PostgreSQL."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.adapters.ciphers import Ciphers
from booking.domain.events import EventType
from booking.domain.paging import Paging, Window
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.properties.visit_details import VisitDetails
from booking.domain.refusals import SecretsNotConfigured
from booking.domain.visits.slot import Slot
from tests.builders import HOUR, Organization, organization, screening
from tests.support.worlds import World

NOTE = "Key safe: 4711"
WHERE = VisitDetails(address="Schlesische Str. 12", directions="Through the yard", meeting_point="At the gate")
SHOWN = (EventType.BOOKING_ACCESS_NOTE_SHOWN, None, "shown")


async def home(agency: Organization, agent: Caller, starts_in: timedelta = 30 * HOUR) -> Slot:
    slot = await agency.slot(agent, starts_in=starts_in)
    details = agency.property(
        slot.property_id, address=WHERE.address, directions=WHERE.directions, meeting_point=WHERE.meeting_point
    )
    view = await agency.properties.put(agent, details, expected=0, access_note=NOTE, keep_note=False)
    assert view.property.access_note is not None
    assert NOTE.encode() not in view.property.access_note
    return slot


async def shown(world: World) -> int:
    return (await world.events()).count(SHOWN)


async def test_a_confirmed_visit_shows_where_to_come_and_when_its_time_has_come_how_to_get_in(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await home(agency, agent)
    booking = await agency.book(applicant, slot.id)

    async def details(caller: Caller) -> VisitDetails | None:
        return (await agency.bookings.get(caller, booking.id)).details

    with_note = VisitDetails(
        address=WHERE.address, directions=WHERE.directions, meeting_point=WHERE.meeting_point, access_note=NOTE
    )
    assert (await details(applicant), await details(agent), await shown(world)) == (WHERE, WHERE, 0)
    await world.jump(timedelta(hours=6, minutes=1))
    assert (await details(agent), await shown(world)) == (with_note, 0)
    assert (await details(applicant), await shown(world)) == (with_note, 1)
    assert (await details(applicant), await shown(world)) == (with_note, 2)
    await world.jump(timedelta(hours=30, minutes=59))
    assert await details(applicant) == with_note
    await world.jump(timedelta(hours=31, minutes=1))
    assert (await details(applicant), await shown(world)) == (WHERE, 3)
    await world.jump(timedelta(hours=54, minutes=59))
    assert await details(applicant) == WHERE
    await world.jump(timedelta(hours=55, minutes=1))
    assert (await details(applicant), await details(agent), await shown(world)) == (None, None, 3)


async def test_the_policy_says_how_long_before_the_start_the_note_is_shown(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    slot = await home(agency, agent, starts_in=HOUR)
    await agency.policies.put(admin, Settings(access_note_seconds=600), expected=None)
    booking = await agency.book(applicant, slot.id)
    assert (await agency.bookings.get(applicant, booking.id)).details == WHERE
    await world.jump(timedelta(minutes=51))
    details = (await agency.bookings.get(applicant, booking.id)).details
    assert details is not None
    assert details.access_note == NOTE


async def test_nothing_of_it_is_shown_of_a_visit_that_is_not_confirmed_nor_in_a_list(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    slot = await home(agency, agent, starts_in=HOUR)
    await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=None)
    booking = await agency.book(applicant, slot.id)
    assert (await agency.bookings.get(applicant, booking.id)).details is None
    approved = await agency.bookings.approve(agent, booking.id)
    assert approved.details is None
    page = await agency.bookings.list(applicant, side=None, window=Window(), paging=Paging(after=None, limit=9))
    assert [view.details for view in page.items] == [None]
    assert (await agency.bookings.get(applicant, booking.id)).details is not None
    await agency.bookings.cancel(applicant, booking.id)
    assert (await agency.bookings.get(applicant, booking.id)).details is None


async def test_an_applicant_whom_a_newer_screening_bars_is_shown_no_note(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await home(agency, agent, starts_in=HOUR)
    booking = await agency.book(applicant, slot.id)
    person = applicant.applicants[0]
    now = await world.store.now()
    await agency.screen(
        screening(
            agency.organization_id,
            external_id=person.external_id,
            risk_level=RiskLevel.HIGH,
            screened_at=now,
            sent_at=now,
        )
    )
    for passed in (timedelta(), timedelta(minutes=70)):
        await world.jump(passed)
        for caller in (applicant, agent):
            assert (await agency.bookings.get(caller, booking.id)).details == WHERE
    assert await shown(world) == 0


async def test_a_property_without_a_note_or_of_which_nothing_is_known_shows_what_there_is(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id)
    assert (await agency.bookings.get(applicant, booking.id)).details == VisitDetails()
    noted = await agency.properties.put(
        agent, agency.property(slot.property_id), expected=0, access_note=NOTE, keep_note=False
    )
    kept = await agency.properties.put(agent, agency.property(slot.property_id, label="Loft"), expected=1)
    assert kept.property.access_note == noted.property.access_note
    gone = await agency.properties.put(
        agent, agency.property(slot.property_id), expected=2, access_note=None, keep_note=False
    )
    assert gone.property.access_note is None
    assert (await agency.bookings.get(applicant, booking.id)).details == VisitDetails()
    assert await shown(world) == 0


async def test_a_rule_that_is_newer_keeps_its_value_where_a_put_leaves_it_out(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    await agency.policies.put(admin, Settings(access_note_seconds=60, hold_seconds=9), expected=None)
    kept = await agency.policies.put(admin, Settings(notice_seconds=5), expected=1, unnamed=["access_note_seconds"])
    assert kept.settings == Settings(notice_seconds=5, access_note_seconds=60, version=2)
    reset = await agency.policies.put(admin, Settings(), expected=2)
    assert (reset.settings.access_note_seconds, reset.effective.access_note_seconds) == (None, 86_400)


async def test_without_a_key_a_note_is_refused_and_all_else_works(world: World) -> None:
    agency = organization(world.store)
    agent, details = await agency.agent(), agency.property(uuid4(), label="Loft")
    without = replace(agency.properties, cipher=Ciphers().access_note)
    with pytest.raises(SecretsNotConfigured):
        await without.put(agent, details, expected=None, access_note=NOTE, keep_note=False)
    assert (await without.put(agent, details, expected=0, keep_note=False)).property.label == "Loft"
