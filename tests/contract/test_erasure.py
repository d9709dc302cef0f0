"""Erasing a person: name, email, login and words are gone everywhere; places, ids and the record stay."""

from base64 import b64encode
from uuid import uuid4

import pytest

from booking.domain.events import Actor, EventType
from booking.domain.idempotency import Answer, Asked
from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole, Profile
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.refusals import AgentNotFound, ApplicantNotFound, NotRegistered
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus, Outcome
from booking.domain.visits.waitlist import EntryStatus
from booking.entrypoints.http.idempotency import ENCRYPTED
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World

ALL = Paging(after=None, limit=100)
EMAIL = "ada@example.com"


def asked(agency: Organization, subject: str, key: str) -> Asked:
    return Asked(
        organizations=[agency.organization_id],
        subject=subject,
        route="POST /x",
        key=key,
        fingerprint=b"." * 32,
        value_fingerprint=b"." * 32,
    )


async def keep(world: World, one: Asked, body: bytes) -> None:
    async def answer() -> Answer:
        return Answer(status=201, headers=(), body=body)

    await world.store.answers.once(one, answer)


async def replayed(world: World, one: Asked) -> str:
    """What a retry is told: no key is forgotten, or it would be done again."""

    async def answer() -> Answer:
        return Answer(status=201, headers=(), body=b"done again")

    return (await world.store.answers.once(one, answer)).body.decode()


async def test_who_is_erased_is_nobody_any_more_and_what_others_have_stays_whole(world: World) -> None:
    agency = organization(world.store)
    agent, person, waiter = await agency.agent(), await agency.applicant(EMAIL), await agency.applicant()
    mine = person.applicants[0]
    visited, coming, held, full = [await agency.slot(agent, starts_in=hours * HOUR) for hours in (1, 4, 6, 8)]
    past = await agency.book(person, visited.id, "my notes")
    booked = await agency.book(person, coming.id, "more notes")
    await agency.book(waiter, full.id)
    await agency.waitlists.join(person, full.id)
    words = '"notes":"say \\"Ada\\"","reason":null,"phone":"+4930123456","locale":"de","applicant_id":'
    await keep(world, asked(agency, person.subject, "own"), f'{{{words}"?"}}'.encode())
    await keep(world, asked(agency, agent.subject, "theirs"), f'{{{words}"{mine.id}"}}'.encode())
    await keep(world, asked(agency, agent.subject, "another's"), f'{{{words}"?"}}'.encode())
    await world.jump(1.5 * HOUR)
    await agency.bookings.record(agent, past.id, Outcome.ATTENDED)
    await agency.bookings.give_feedback(person, past.id, rating=4, comment="my comment")
    await agency.holds.hold(person, held.id)
    await agency.waitlists.join(waiter, held.id)
    told = len(await world.events())

    before = await agency.applicants.erase(agency.organization_id, mine.id)

    assert before.email == EMAIL
    views = (await agency.bookings.list(agent, side=None, window=Window(), paging=ALL)).items
    theirs = {view.booking.id: view for view in views if view.booking.applicant_id == mine.id}
    assert {known: (one.booking.status, one.booking.notes) for known, one in theirs.items()} == {
        past.id: (BookingStatus.CONFIRMED, ""),
        booked.id: (BookingStatus.CONFIRMED, ""),
    }
    feedback = theirs[past.id].booking.feedback
    assert feedback is not None
    assert (feedback.rating, feedback.comment) == (4, "")
    shown = theirs[booked.id].applicant
    assert shown is not None
    assert (shown.name, EMAIL in shown.email, shown.user_id, shown.eligible) == ("erased", False, None, False)
    assert not any(secret in repr(theirs) for secret in (EMAIL, "Ada", "my notes", "my comment"))
    people = await agency.applicants.list(agent, q=None, eligible=None, paging=ALL)
    assert mine.id not in {one.id for one in people.items}
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims(person.subject, email=EMAIL), None)
    entries = await agency.waitlists.list(agent, side=None, slot_id=held.id, status=EntryStatus.OFFERED, paging=ALL)
    assert [one.entry.applicant_id for one in entries.items] == [waiter.applicants[0].id]
    answers = ((person.subject, "own"), (agent.subject, "theirs"), (agent.subject, "another's"))
    kept = [await replayed(world, asked(agency, who, key)) for who, key in answers]
    without = '{"notes":"","reason":null,"phone":null,"locale":null,"applicant_id":'
    assert kept == [f'{without}"?"}}', f'{without}"{mine.id}"}}', f'{{{words}"?"}}']
    happened = (await world.events())[told:]
    assert happened[0] == (EventType.APPLICANT_ERASED, None, "erased")
    assert sorted(happened[1:]) == sorted(
        [
            (EventType.HOLD_RELEASED, "held", "released"),
            (EventType.WAITLIST_OFFERED, None, "offered"),
            (EventType.WAITLIST_SKIPPED, "waiting", "skipped"),
        ]
    )


async def test_a_kept_answer_that_is_encrypted_stays_whole_when_its_person_is_erased(world: World) -> None:
    agency = organization(world.store)
    applicant = await agency.applicant()
    one, body = asked(agency, applicant.subject, "k"), ENCRYPTED + b64encode(bytes(range(256)))
    await keep(world, one, body)
    await agency.applicants.erase(agency.organization_id, applicant.applicants[0].id)
    assert await replayed(world, one) == body.decode()


async def test_no_screening_brings_them_back(world: World) -> None:
    agency = organization(world.store)
    found = screening(agency.organization_id, email=EMAIL)
    await agency.screen(found)
    person = await agency.identity.identify(claims(email=EMAIL), None)
    await agency.applicants.erase(agency.organization_id, person.applicants[0].id)
    before = await world.events()
    later = await world.store.now() + HOUR
    await agency.screen(found)
    await agency.screen(
        screening(
            agency.organization_id,
            external_id=found.external_id,
            email=EMAIL,
            risk_level=RiskLevel.LOW,
            screened_at=later,
            sent_at=later,
        )
    )
    assert await world.events() == before
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims(email=EMAIL), None)


async def test_who_is_not_there_cannot_be_erased_nor_anybody_from_elsewhere(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    applicant = (await agency.applicant()).applicants[0]
    for organization_id, applicant_id in ((other.organization_id, applicant.id), (agency.organization_id, uuid4())):
        with pytest.raises(ApplicantNotFound):
            await agency.applicants.erase(organization_id, applicant_id)


async def test_erasing_again_after_a_crash_does_what_was_left_to_do_and_tells_it_once(world: World) -> None:
    agency = organization(world.store)
    agent, person, waiter = await agency.agent(), await agency.applicant(EMAIL), await agency.applicant()
    slot = await agency.slot(agent)
    await agency.holds.hold(person, slot.id)
    await agency.waitlists.join(waiter, slot.id)
    mine = person.applicants[0]
    by = Actor(subject=None, role="operator", request_id=None)
    await world.store.applicants.erase(agency.organization_id, mine.id, by)  # and the process ends here

    again = await agency.applicants.erase(agency.organization_id, mine.id)

    assert (again.id, again.external_id, again.erased) == (mine.id, mine.external_id, True)
    assert (await agency.holds.hold(waiter, slot.id)).status is BookingStatus.OFFERED
    before = await world.events()
    assert before.count((EventType.APPLICANT_ERASED, None, "erased")) == 1
    await agency.applicants.erase(agency.organization_id, mine.id)
    assert await world.events() == before


async def test_erasing_at_one_agency_leaves_what_another_keeps(world: World) -> None:
    """Whichever of the two keeps the answers of somebody who is an applicant of both."""
    agency, other = organization(world.store), organization(world.store)
    for each in (agency, other):
        await each.screen(screening(each.organization_id, email=EMAIL))
    person = await agency.identity.identify(claims(email=EMAIL), None)
    ids = {one.organization_id: one.id for one in person.applicants}
    kept = [
        asked(at, person.subject, f"of {about.organization_id}") for at in (agency, other) for about in (agency, other)
    ]
    for one in kept:
        about = agency if str(agency.organization_id) in one.key else other
        await keep(world, one, f'{{"applicant_id":"{ids[about.organization_id]}","notes":"mine"}}'.encode())
    await agency.applicants.erase(agency.organization_id, ids[agency.organization_id])
    assert ["mine" in await replayed(world, one) for one in kept] == [False, True, False, True]


async def test_an_erased_agent_has_no_name_any_more_and_no_token_brings_it_back(world: World) -> None:
    agency = organization(world.store)
    said = claims("mira", organization_id=agency.organization_id, role=AgentRole.MEMBER, email=EMAIL, name="Mira")
    admin, agent = await agency.admin(), await agency.identity.identify(said, None)
    whom, applicant = agent.as_agent().id, await agency.applicant()
    slot = await agency.slot(agent)
    own, theirs, other = (
        replace(asked(agency, subject, "key"), route=route)
        for subject, route in (
            ("mira", "PATCH /api/v1/me/profile"),
            (admin.subject, "DELETE /api/v1/agents/{agent_id}"),
            (admin.subject, "PUT /api/v1/organization"),
        )
    )
    for one in (own, theirs, other):
        await keep(world, one, f'{{"id":"{whom}","name":"Mi\\"ra","phone":null,"email":"{EMAIL}"}}'.encode())
    assert (await agency.slots.get(applicant, slot.id)).availability.names.agent == "Mira"

    for _ in range(2):
        await world.store.agents.erase(agency.organization_id, whom)

    assert (await agency.slots.get(applicant, slot.id)).availability.names.agent is None
    assert (await agency.agents.get(admin, whom)).profile == Profile()
    with pytest.raises(NotRegistered):
        await agency.identity.identify(said, None)
    assert [await replayed(world, one) for one in (own, theirs)] == [
        f'{{"id":"{whom}","name":null,"phone":null,"email":null}}'
    ] * 2
    assert EMAIL in await replayed(world, other)
    await agency.agents.restore(admin, whom)
    newer = replace(said, issued_at=await world.store.now() + HOUR)
    assert await agency.agents.profile(await agency.identity.identify(newer, None)) == Profile()
    with pytest.raises(AgentNotFound):
        await world.store.agents.erase(uuid4(), whom)
