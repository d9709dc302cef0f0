"""Rights are read again where something is written: who lost one is refused as if they had just come, cached or not.

Every writing operation of the contract is here, in each role that has it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml

from booking import files
from booking.domain.delivery.delivery import Outcome, Subscription
from booking.domain.delivery.webhook_endpoint import EndpointSettings
from booking.domain.events import CLOCK
from booking.domain.notices.notice import NoticeKind
from booking.domain.notices.plan import PlanSettings
from booking.domain.notices.template import OwnText
from booking.domain.paging import Paging
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller, Claims, Side
from booking.domain.people.organization import Organization as Details
from booking.domain.people.refusals import NotRegistered
from booking.domain.planning.absence import Absence, HandOver
from booking.domain.planning.schedule_change import ChangeScope, Target
from booking.domain.planning.schedule_revision import Revision
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.refusals import NotFound, Refusal
from booking.domain.visits.booking import Booking
from booking.domain.visits.booking import Outcome as VisitOutcome
from booking.domain.visits.roster_changes import release_unconfirmed
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_batch import BatchMode, Offer
from booking.domain.visits.watch import Hours
from booking.service.planning.schedule_changes import Change
from booking.service.planning.schedules import Asked
from tests.builders import CODE, HOUR, Organization, any_schedule, claims, organization, screening
from tests.support.worlds import World

CONTRACT: dict[str, Any] = yaml.safe_load(files.path("openapi3.yaml").read_bytes())["paths"]
WRITING = {
    item[method]["operationId"]
    for item in CONTRACT.values()
    for method in ("post", "put", "patch", "delete")
    if method in item and item[method].get("security") != []  # what is signed by a service has no caller
}


@dataclass
class Scene:
    """A slot of an agent's with a place booked by an applicant; both are to lose what they may. `caller`: who acts."""

    world: World
    agency: Organization
    of: Claims
    caller: Caller
    applicant: Caller
    slot: Slot
    spare: Slot
    booking: Booking
    passed: timedelta
    known: dict[str, UUID] = field(default_factory=dict)
    hash: str = ""

    @property
    def person(self) -> UUID:
        return self.applicant.applicants[0].id


class Sender:
    async def send(self, _: Subscription, __: UUID, ___: bytes, /) -> Outcome:
        return Outcome(ms=0)


SENDER = Sender()
HOOK = EndpointSettings(url="https://hooks.example.com/")
Act = Callable[[Scene, Caller], Awaitable[object]]


async def nothing(_: Scene) -> None: ...


async def pending(s: Scene) -> None:
    """The booking waits for approval."""
    admin = await s.agency.admin()
    await s.agency.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=None)
    s.booking = await s.agency.book(await s.agency.applicant(), s.spare.id)


async def begun(s: Scene) -> None:
    s.passed += 2.5 * HOUR
    await s.world.jump(s.passed)


async def attended(s: Scene) -> None:
    await begun(s)
    await s.agency.bookings.record(await s.agency.admin(), s.booking.id, VisitOutcome.ATTENDED)


async def held(s: Scene) -> None:
    s.known["hold"] = (await s.agency.holds.hold(s.applicant, s.spare.id)).id


async def waiting(s: Scene) -> None:
    await s.agency.book(await s.agency.applicant(), s.spare.id)
    s.known["entry"] = (await s.agency.waitlists.join(s.applicant, s.spare.id)).entry.id


async def full(s: Scene) -> None:
    await s.agency.book(await s.agency.applicant(), s.spare.id)


async def released(s: Scene) -> None:
    await s.world.store.rosters.change(s.slot.key, lambda roster: release_unconfirmed(roster, s.booking.id, 0), CLOCK)


async def hooked(s: Scene) -> None:
    admin = await s.agency.admin()
    s.known["endpoint"] = (await s.agency.webhooks.create(admin, HOOK)).endpoint.id


async def phoned(s: Scene) -> None:
    await s.agency.contacts.change(s.applicant, {"phone": "+4930123456"})


async def code_sent(s: Scene) -> None:
    await phoned(s)
    await s.agency.phones.send_code(s.applicant, None)


async def fed(s: Scene) -> None:
    s.known["feed"] = (await s.agency.calendar_feeds.create(s.caller, None, None)).feed.id


async def watched(s: Scene) -> None:
    await watch(s, s.applicant)


async def watch(s: Scene, by: Caller) -> object:
    now = await s.world.store.now()
    return await s.agency.watches.watch(by, s.slot.property_id, Hours(since=now, until=now + 8 * HOUR))


async def offer(s: Scene, by: Caller) -> object:
    at = await s.world.store.now() + 8 * HOUR
    return await s.agency.slots.offer(by, uuid4(), at, at + HOUR, s.slot.agent_id)


async def block(s: Scene, by: Caller) -> object:
    at = await s.world.store.now() + 8 * HOUR
    return await s.agency.blocks.create(by, s.slot.agent_id, at, at + HOUR, None)


async def absence(s: Scene, by: Caller) -> object:
    at = await s.world.store.now() + 8 * HOUR
    asked = Absence(agent_id=s.slot.agent_id, start_time=at, end_time=at + HOUR, hand_over=HandOver.CANCEL)
    return await s.agency.absences.begin(by, asked)


async def blocked(s: Scene) -> None:
    at = await s.world.store.now() + 8 * HOUR
    s.known["block"] = (await s.agency.blocks.create(await s.agency.admin(), s.slot.agent_id, at, at + HOUR, None)).id


async def subscribed(s: Scene) -> None:
    admin = await s.agency.admin()
    await s.agency.agent_calendars().put(admin, s.slot.agent_id, "https://calendar.example.com/")


async def offer_many(s: Scene, by: Caller) -> object:
    at = await s.world.store.now() + 8 * HOUR
    one = Offer(property_id=uuid4(), start_time=at, end_time=at + HOUR, agent_id=s.slot.agent_id, capacity=1)
    return await s.agency.slot_batches.offer(by, {0: one}, BatchMode.ALL)


async def move_slot(s: Scene, by: Caller) -> object:
    return await s.agency.slot_moves.move(by, s.slot.id, Destination(start_time=s.slot.start_time + 8 * HOUR))


async def preview(s: Scene, by: Caller) -> object:
    return await s.agency.schedules.preview(by, any_schedule(agent_id=s.slot.agent_id))


async def plan(s: Scene) -> None:
    s.known["property"] = uuid4()
    shown = await s.agency.schedules.preview(await s.agency.admin(), planned(s))
    s.hash = shown.plan.hash


def planned(s: Scene) -> Asked:
    return any_schedule(property_id=s.known["property"], agent_id=s.slot.agent_id)


async def scheduled(s: Scene) -> None:
    await plan(s)
    s.known["schedule"] = (await s.agency.schedules.create(await s.agency.admin(), planned(s), s.hash)).id


async def delete_schedule(s: Scene, by: Caller) -> object:
    whole = Target(scope=ChangeScope.ALL)
    return await s.agency.schedule_changes.delete(by, s.known["schedule"], Change(target=whole, version=1))


async def patch_schedule(s: Scene, by: Caller) -> object:
    change = Change(target=Target(scope=ChangeScope.ALL), version=1)
    return await s.agency.schedule_changes.revise(by, s.known["schedule"], change, Revision(terms={"capacity": 2}))


async def cancel_many(s: Scene, by: Caller) -> object:
    return await s.agency.slot_batches.cancel(by, {0: s.slot.id}, BatchMode.ALL, None)


Operations = dict[str, tuple[Callable[[Scene], Awaitable[None]], Act]]
BY_AGENT: Operations = {
    "createSlot": (nothing, offer),
    "createSlots": (nothing, offer_many),
    "importSlots": (nothing, offer_many),
    "beginAbsence": (nothing, absence),
    "createBlock": (nothing, block),
    "putAgentCalendar": (
        nothing,
        lambda s, by: s.agency.agent_calendars().put(by, s.slot.agent_id, "https://calendar.example.com/"),
    ),
    "deleteAgentCalendar": (subscribed, lambda s, by: s.agency.agent_calendars().remove(by, s.slot.agent_id)),
    "deleteBlock": (blocked, lambda s, by: s.agency.blocks.remove(by, s.slot.agent_id, s.known["block"])),
    "previewSchedule": (nothing, preview),
    "createSchedule": (plan, lambda s, by: s.agency.schedules.create(by, planned(s), s.hash)),
    "deleteSchedule": (scheduled, delete_schedule),
    "patchSchedule": (scheduled, patch_schedule),
    "setCapacity": (nothing, lambda s, by: s.agency.slots.resize(by, s.slot.id, 3)),
    "moveSlot": (nothing, move_slot),
    "cancelSlot": (nothing, lambda s, by: s.agency.slots.cancel(by, s.slot.id)),
    "cancelSlots": (nothing, cancel_many),
    "createBooking": (nothing, lambda s, by: s.agency.book(by, s.spare.id, applicant_id=s.person)),
    "cancelBooking": (nothing, lambda s, by: s.agency.bookings.cancel(by, s.booking.id)),
    "rescheduleBooking": (nothing, lambda s, by: s.agency.bookings.reschedule(by, s.booking.id, s.spare.id)),
    "confirmAttendance": (nothing, lambda s, by: s.agency.bookings.confirm_attendance(by, s.booking.id)),
    "takeBackBooking": (released, lambda s, by: s.agency.bookings.take_back(by, s.booking.id)),
    "approveBooking": (pending, lambda s, by: s.agency.bookings.approve(by, s.booking.id)),
    "declineBooking": (pending, lambda s, by: s.agency.bookings.decline(by, s.booking.id)),
    "createBookingLinks": (nothing, lambda s, by: s.agency.links.make(by, s.booking.id)),
    "recordOutcome": (begun, lambda s, by: s.agency.bookings.record(by, s.booking.id, VisitOutcome.NO_SHOW)),
}
BY_ANY_AGENT: Operations = {
    "patchProfile": (nothing, lambda s, by: s.agency.agents.change_profile(by, {"name": "Mira"})),
    "createCalendarFeed": (nothing, lambda s, by: s.agency.calendar_feeds.create(by, None, None)),
    "deleteCalendarFeed": (fed, lambda s, by: s.agency.calendar_feeds.remove(by, s.known["feed"])),
    "createStreamTicket": (nothing, lambda s, by: s.agency.tickets.issue(by, s.of, None, ())),
    "putProperty": (nothing, lambda s, by: s.agency.properties.put(by, s.agency.property(uuid4()), expected=None)),
}
BY_ADMIN = BY_AGENT | {
    "withdrawProperty": (nothing, lambda s, by: s.agency.withdrawals.withdraw(by, s.slot.property_id)),
    "restoreProperty": (nothing, lambda s, by: s.agency.withdrawals.restore(by, s.slot.property_id)),
    "putPolicy": (nothing, lambda s, by: s.agency.policies.put(by, Settings(), expected=None)),
    "putPropertyPolicy": (
        nothing,
        lambda s, by: s.agency.policies.put(by, Settings(), expected=None, property_id=s.slot.property_id),
    ),
    "putNoticePlan": (nothing, lambda s, by: s.agency.notice_plans.put(by, PlanSettings(), expected=None)),
    "putPropertyNoticePlan": (
        nothing,
        lambda s, by: s.agency.notice_plans.put(by, PlanSettings(), expected=None, property_id=s.slot.property_id),
    ),
    "putOrganization": (
        nothing,
        lambda s, by: s.agency.organizations.put(by, Details(id=s.agency.organization_id), expected=None),
    ),
    "putNoticeTemplate": (
        nothing,
        lambda s, by: s.agency.templates.put(
            by, NoticeKind.CONFIRMED, None, OwnText(body="See you soon."), expected=None
        ),
    ),
    "deleteNoticeTemplate": (
        nothing,
        lambda s, by: s.agency.templates.reset(by, NoticeKind.CONFIRMED, None, None),
    ),
    "removeAgent": (nothing, lambda s, by: s.agency.agents.remove(by, s.slot.agent_id, Paging(after=None, limit=1))),
    "restoreAgent": (nothing, lambda s, by: s.agency.agents.restore(by, s.slot.agent_id)),
    "createWebhookEndpoint": (nothing, lambda s, by: s.agency.webhooks.create(by, HOOK)),
    "patchWebhookEndpoint": (
        hooked,
        lambda s, by: s.agency.webhooks.change(by, s.known["endpoint"], {}, None, expected=1),
    ),
    "deleteWebhookEndpoint": (hooked, lambda s, by: s.agency.webhooks.remove(by, s.known["endpoint"])),
    "rotateWebhookSecret": (hooked, lambda s, by: s.agency.webhooks.rotate(by, s.known["endpoint"])),
    "testWebhookEndpoint": (
        hooked,
        lambda s, by: s.agency.webhook_deliveries(SENDER).test(by, s.known["endpoint"]),
    ),
    "replayWebhookEvents": (
        hooked,
        lambda s, by: s.agency.webhook_deliveries(SENDER).replay(by, s.known["endpoint"], None),
    ),
    "changeBooking of may_release": (
        nothing,
        lambda s, by: s.agency.bookings.change_may_release(by, s.booking.id, False),
    ),
    "patchPolicy": (nothing, lambda s, by: s.agency.policies.change(by, {"hold_seconds": 60}, expected=0)),
    "patchPropertyPolicy": (
        nothing,
        lambda s, by: s.agency.policies.change(by, {"hold_seconds": 60}, expected=0, property_id=s.slot.property_id),
    ),
}
BY_APPLICANT: Operations = {
    "createBooking": (nothing, lambda s, by: s.agency.book(by, s.spare.id)),
    "createBooking of a hold": (held, lambda s, by: s.agency.book(by, s.spare.id, hold_id=s.known["hold"])),
    "cancelBooking": (nothing, lambda s, by: s.agency.bookings.cancel(by, s.booking.id)),
    "rescheduleBooking": (nothing, lambda s, by: s.agency.bookings.reschedule(by, s.booking.id, s.spare.id)),
    "confirmAttendance": (nothing, lambda s, by: s.agency.bookings.confirm_attendance(by, s.booking.id)),
    "takeBackBooking": (released, lambda s, by: s.agency.bookings.take_back(by, s.booking.id)),
    "changeBooking": (nothing, lambda s, by: s.agency.bookings.change_notes(by, s.booking.id, "I ring twice.")),
    "createBookingLinks": (nothing, lambda s, by: s.agency.links.make(by, s.booking.id)),
    "giveFeedback": (attended, lambda s, by: s.agency.bookings.give_feedback(by, s.booking.id, rating=5, comment="")),
    "createHold": (nothing, lambda s, by: s.agency.holds.hold(by, s.spare.id)),
    "releaseHold": (held, lambda s, by: s.agency.holds.release(by, s.known["hold"])),
    "joinWaitlist": (full, lambda s, by: s.agency.waitlists.join(by, s.spare.id)),
    "leaveWaitlist": (waiting, lambda s, by: s.agency.waitlists.leave(by, s.known["entry"])),
    "watchProperty": (nothing, watch),
    "dismissWatch": (watched, lambda s, by: s.agency.watches.dismiss(by, s.slot.property_id)),
    "endWatch": (watched, lambda s, by: s.agency.watches.end(by, s.slot.property_id)),
}


BY_ANY_APPLICANT: Operations = {
    "createCalendarFeed": (nothing, lambda s, by: s.agency.calendar_feeds.create(by, Side.APPLICANT, None)),
    "deleteCalendarFeed": (fed, lambda s, by: s.agency.calendar_feeds.remove(by, s.known["feed"])),
    "patchContact": (nothing, lambda s, by: s.agency.contacts.change(by, {"locale": "de"})),
    "sendPhoneCode": (phoned, lambda s, by: s.agency.phones.send_code(by, None)),
    "provePhone": (code_sent, lambda s, by: s.agency.phones.prove(by, CODE)),
}


async def provisioned(world: World, agency: Organization, role: AgentRole) -> Claims:
    found = claims()
    await world.store.agents.provision(found.subject, agency.organization_id, role)
    return found


async def scene(world: World, who: str, passed: timedelta = timedelta()) -> Scene:
    agency = organization(world.store)
    email = f"{uuid4()}@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    as_applicant = claims(email=email)
    applicant = await agency.identity.identify(as_applicant, None)
    of = as_applicant
    if who == "member":
        of = await provisioned(world, agency, AgentRole.MEMBER)
    elif who == "admin":
        of = await provisioned(world, agency, AgentRole.ADMIN)
    elif who == "admin by claims":
        of = claims(organization_id=agency.organization_id, role=AgentRole.ADMIN)
    caller = await agency.identity.identify(of, "stale")
    agent = caller if who == "member" else await agency.agent()
    slot, spare = [await agency.slot(agent, starts_in=passed + after * HOUR) for after in (2, 5)]
    booking = await agency.book(applicant, slot.id)
    return Scene(world, agency, of, caller, applicant, slot, spare, booking, passed)


async def removed(s: Scene) -> None:
    await s.world.store.agents.remove(s.of.subject)


async def removed_but_an_applicant(s: Scene) -> None:
    """They are an applicant of another agency, too."""
    s.of = claims(s.of.subject, email=f"{uuid4()}@example.com")
    await applicant_elsewhere(s)
    await removed(s)


async def demoted(s: Scene) -> None:
    await s.world.store.agents.provision(s.of.subject, s.agency.organization_id, AgentRole.MEMBER)


async def demoted_by_claims(s: Scene) -> None:
    s.of = claims(s.of.subject, organization_id=s.agency.organization_id, role=AgentRole.MEMBER)
    await s.agency.identity.identify(s.of, None)


async def removed_by_claims(s: Scene) -> None:
    """Their next token says nothing of an agency."""
    s.of = claims(s.of.subject)
    with pytest.raises(NotRegistered):
        await s.agency.identity.identify(s.of, None)


async def unlinked(s: Scene) -> None:
    await s.agency.applicants.unlink(s.agency.organization_id, s.person)


async def unlinked_but_elsewhere(s: Scene) -> None:
    """They are an applicant of another agency, too."""
    await applicant_elsewhere(s)
    await unlinked(s)


async def unlinked_but_an_agent(s: Scene) -> None:
    """They are an agent of another agency, too."""
    other = organization(s.world.store)
    await s.world.store.agents.provision(s.of.subject, other.organization_id, AgentRole.MEMBER)
    s.caller = await s.agency.identity.identify(s.of, "stale")
    await unlinked(s)


async def applicant_elsewhere(s: Scene) -> None:
    other = organization(s.world.store)
    await other.screen(screening(other.organization_id, email=s.of.email))
    s.caller = await s.agency.identity.identify(s.of, "stale")


async def erased(s: Scene) -> None:
    await s.agency.applicants.erase(s.agency.organization_id, s.person)


Lose = Callable[[Scene], Awaitable[None]]
LOST: dict[str, tuple[str, Lose, Operations]] = {
    "a removed member": ("member", removed, BY_AGENT | BY_ANY_AGENT),
    "a removed admin": ("admin", removed, BY_ADMIN | BY_ANY_AGENT),
    "a removed admin, still another agency's applicant": ("admin", removed_but_an_applicant, BY_ADMIN),
    "a demoted admin": ("admin", demoted, BY_ADMIN),
    "an admin whose next token makes them a member": ("admin by claims", demoted_by_claims, BY_ADMIN),
    "an admin whose next token makes them nobody": ("admin by claims", removed_by_claims, BY_ADMIN | BY_ANY_AGENT),
    "an unlinked applicant": ("applicant", unlinked, BY_APPLICANT | BY_ANY_APPLICANT),
    "an unlinked applicant, still another agency's": ("applicant", unlinked_but_elsewhere, BY_APPLICANT),
    "an unlinked applicant, still another agency's agent": (
        "applicant",
        unlinked_but_an_agent,
        BY_APPLICANT | BY_ANY_APPLICANT,
    ),
    "an erased applicant": ("applicant", erased, BY_APPLICANT | BY_ANY_APPLICANT),
}


def test_every_writing_operation_of_the_contract_is_tried() -> None:
    assert {name.partition(" ")[0] for name in BY_ADMIN | BY_ANY_AGENT | BY_APPLICANT | BY_ANY_APPLICANT} == WRITING


async def refused(act: Callable[[], Awaitable[object]]) -> str:
    try:
        await act()
    except NotFound:
        return "not found"
    except Refusal as refusal:
        return refusal.code
    return "done"


@pytest.mark.parametrize("lost", LOST)
async def test_whoever_lost_their_right_is_refused_as_if_they_had_just_come(world: World, lost: str) -> None:
    """Though the caller was identified before: what they may is read again with the change, under its lock."""
    who, lose, operations = LOST[lost]
    told, fresh, passed = {}, {}, timedelta()
    for operation, (prepare, act) in operations.items():
        s = await scene(world, who, passed)
        await prepare(s)
        await lose(s)
        before = await world.events()
        told[operation] = await refused(lambda s=s, act=act: act(s, s.caller))  # type: ignore[misc]
        assert (operation, await world.events()) == (operation, before)

        async def uncached(s: Scene = s, act: Act = act) -> object:
            return await act(s, await s.agency.identity.identify(s.of, "fresh"))

        fresh[operation], passed = await refused(uncached), s.passed
    if lose is erased:
        assert told.pop("rescheduleBooking") == "applicant_ineligible"  # by a look, before anything is to be written
        fresh.pop("rescheduleBooking")
    if fresh.get("cancelSlots") == "batch_refused":  # of each colleague's slot, by a look
        assert told.pop("cancelSlots") == "not_your_slot"
        fresh.pop("cancelSlots")
    assert told == fresh
    assert set(told.values()) <= {"not_registered", "wrong_role", "not_your_slot", "not found"}


async def test_a_demoted_admin_does_as_a_member_what_a_member_may(world: World) -> None:
    """And the record says what they were when it was done."""
    passed = timedelta()
    for operation, (prepare, act) in (BY_AGENT | BY_ANY_AGENT).items():
        s = await scene(world, "member", passed)
        await prepare(s)
        await world.store.agents.provision(s.of.subject, s.agency.organization_id, AgentRole.ADMIN)
        admin = await s.agency.identity.identify(s.of, "stale")
        await demoted(s)
        told = await refused(lambda s=s, act=act, by=admin: act(s, by))  # type: ignore[misc]
        assert (operation, told) == (operation, "done")
        passed = s.passed
    await world.store.outbox.place(1000)
    acted = [one.recorded.event.actor for one in await world.store.trail.placed(1, 1000)]
    assert {actor.role for actor in acted if actor.request_id == "stale" and actor.subject} == {"member"}


async def test_a_role_by_claims_is_not_one_by_an_operator_s_word(world: World) -> None:
    """Nor the other way round: each is given and taken by itself."""
    agency = organization(world.store)
    by_word = await provisioned(world, agency, AgentRole.ADMIN)
    caller = await agency.identity.identify(by_word, None)
    both = claims(by_word.subject, organization_id=agency.organization_id, role=AgentRole.ADMIN)
    claimed = await agency.identity.identify(both, None)
    await world.store.agents.remove(by_word.subject)
    told = [
        await refused(lambda by=by: agency.policies.put(by, Settings(), expected=None))  # type: ignore[misc]
        for by in (caller, claimed)
    ]
    assert told == ["not_registered", "done"]
