"""What a newer release wrote, as this one finds it, beside it or after a roll-back: passed on and shown as it is."""

import asyncio

import msgspec
import pytest

from booking.adapters.notifiers.log import payload
from booking.adapters.postgres.engine.database import Database
from booking.domain.audit import AuditFilter
from booking.domain.delivery.delivery import Subscription
from booking.domain.events import EventType, Recorded
from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import ApplicantIneligible, NotRegistered
from booking.domain.properties.policy import Settings
from booking.domain.visits.refusals import BookingNotConfirmed
from booking.entrypoints.http.routes.audit import AuditedEvent
from booking.entrypoints.relay import Relay
from booking.service.audit import AuditService, SealingService
from tests.builders import HOUR, claims, organization
from tests.support.notifiers import Telling
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner


async def test_an_event_of_a_type_that_only_a_newer_release_knows_is_handed_on_sealed_and_shown_as_it_is(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    admin = await agency.admin()
    await agency.slot(admin)
    await as_owner(owner_url, "ALTER DOMAIN actor_role DROP CONSTRAINT actor_role_check")
    await as_owner(
        owner_url,
        """INSERT INTO events (organization_id, id, type, actor_subject, actor_role, request_id, from_state, to_state)
           VALUES ($1, gen_random_uuid(), 'slot.teleported', 'sub', 'wizard', 'r', 'here', 'there')""",
        agency.organization_id,
    )
    await agency.slot(admin, starts_in=3 * HOUR)
    given: list[Recorded] = []

    async def keep(recorded: Recorded, _: Subscription) -> None:
        given.append(recorded)

    while await Relay(agency.store.outbox, {"log": Telling(keep)}).step():
        pass
    assert [one.event.type for one in given] == [
        EventType.AGENT_ADDED,
        EventType.SLOT_CREATED,
        "slot.teleported",
        EventType.SLOT_CREATED,
    ]
    sealing = SealingService(agency.store.trail, agency.store.now, b"s" * 32)
    sealed = await sealing.seal()
    assert sealed is not None
    assert sealed.last == 4
    assert [one async for one in sealing.breaches()] == []
    shown, _ = await AuditService(agency.store.audit_queries).list(
        admin, AuditedEvent, AuditFilter(), after=None, limit=10
    )
    told = msgspec.to_builtins(shown[1])
    assert {name: told[name] for name in ("type", "from_state", "to_state", "actor")} == {
        "type": "slot.teleported",
        "from_state": "here",
        "to_state": "there",
        "actor": {"subject": "sub", "role": "wizard", "via": None},
    }
    assert payload(given[2])["type"] == "slot.teleported"
    assert await agency.store.auditor.unknown_events() == {"slot.teleported": 1}
    assert set((await agency.store.auditor.violations()).values()) == {0}


async def test_a_booking_in_a_state_that_only_a_newer_release_knows_is_shown_and_left_as_it_is(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    agent, applicant = await agency.agent(), await agency.applicant()
    one, other = await agency.slots_of(agent, 2)
    strange, known = await agency.book(applicant, one.id), await agency.book(applicant, other.id)
    await as_owner(owner_url, "ALTER DOMAIN claim_status DROP CONSTRAINT claim_status_check")
    await as_owner(owner_url, "UPDATE bookings SET status = 'checked_in' WHERE id = $1", strange.id)
    every = Paging(after=None, limit=10)
    for caller in (agent, applicant):
        page = await agency.bookings.list(caller, side=None, window=Window(), paging=every)
        assert [view.booking.status for view in page.items] == ["checked_in", "confirmed"]
        with pytest.raises(BookingNotConfirmed):
            await agency.bookings.cancel(caller, strange.id)
    assert msgspec.json.encode((await agency.bookings.get(agent, strange.id)).booking.status) == b'"checked_in"'
    await agency.bookings.cancel(applicant, known.id)


async def test_whom_a_newer_release_screened_or_provisioned_in_its_own_words_nobody_lets_in_and_no_one_else_is_touched(
    database: Database, owner_url: str
) -> None:
    """What is not known to let somebody in does not."""
    agency = organization(postgres_store(database))
    agent, applicant, strange = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot, free = await agency.slots_of(agent, 2)
    await as_owner(owner_url, "ALTER TABLE applicants DROP CONSTRAINT applicants_risk_level_check")
    await as_owner(owner_url, "UPDATE applicants SET risk_level = 'SEVERE' WHERE id = $1", strange.applicants[0].id)
    await as_owner(owner_url, "ALTER TABLE agents DROP CONSTRAINT agents_provisioned_role_check")
    await agency.store.agents.provision("viewer", agency.organization_id, AgentRole.MEMBER)
    await as_owner(owner_url, "UPDATE agents SET provisioned_role = 'viewer' WHERE subject = 'viewer'")
    await as_owner(owner_url, "ALTER TABLE policies DROP CONSTRAINT policies_approval_levels_check")
    await agency.policies.put(await agency.admin(), Settings(approval_levels=(RiskLevel.MEDIUM,)), expected=None)
    await as_owner(owner_url, "UPDATE policies SET approval_levels = '{SEVERE,MEDIUM}'")
    for _ in range(2):  # by the statement that books, and by the domain
        with pytest.raises(ApplicantIneligible):
            await agency.book(strange, slot.id)
    every = Paging(after=None, limit=10)
    for eligible, expected in ((None, {applicant, strange}), (True, {applicant}), (False, {strange})):
        found = await agency.applicants.list(agent, q=None, eligible=eligible, paging=every)
        assert {one.id for one in found.items} == {one.applicants[0].id for one in expected}
    both = await asyncio.gather(
        agency.identity.identify(claims("viewer"), None),
        agency.identity.identify(claims(applicant.subject), None),
        return_exceptions=True,
    )
    assert isinstance(both[0], NotRegistered)
    assert isinstance(both[1], Caller)
    await agency.book(applicant, free.id)
