"""People are told of what happened, and of what comes: once, and of nothing that is no longer so."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from booking.adapters.notifiers.notices import NoticeNotifier
from booking.domain.notices.attempt import LEASE, NoticeEnd, accepted, refused
from booking.domain.notices.facts import AgencyFacts
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused
from booking.domain.notices.notice import NoticeKind, NoticeState, Recipient
from booking.domain.notices.template import Language, OwnText
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.people.organization import Organization
from booking.domain.planning.job import STEP
from booking.domain.properties.policy import Settings
from booking.domain.visits.booking import Booking
from booking.domain.visits.refusals import BookingNotFound
from booking.domain.visits.slot_batch import BatchMode, Offer
from booking.entrypoints.relay import Relay
from booking.service.notices.letters import Letters
from booking.service.notices.notices import NoticeService
from booking.service.notices.sender import NoticeSender
from booking.service.ports import Lease
from tests.builders import HOUR, claims, organization, screening
from tests.contract.test_screening_changes import screened
from tests.support.mail import PlainPhoneWords, PlainWords, Post
from tests.support.worlds import World

DAY = timedelta(days=1)
ADA, BEN, EVE = "ada@example.com", "ben@example.com", "eve@example.com"
Told = Sequence[tuple[str, str]]


class Scene:
    """An agency that tells people, with an agent, two applicants, and its clock."""

    def __init__(self, world: World) -> None:
        self.world, self.agency = world, organization(world.store)
        self.notices = NoticeService(world.store.notices, world.store.bookings)
        self.relay = Relay(world.store.outbox, {"notices": NoticeNotifier(self.notices)})
        self.words, self.post, self.ends = PlainWords(), Post(), list[NoticeEnd]()
        self.sender = NoticeSender(
            world.store.notice_queue,
            Letters(self.words, PlainPhoneWords()),
            {Channel.EMAIL: self.post},
            self.ends.append,
        )
        self.passed = timedelta()

    async def begin(self) -> "Scene":
        self.agent = await self.agency.identity.identify(
            claims("eve", email=EVE, organization_id=self.agency.organization_id, role=AgentRole.MEMBER), None
        )
        self.ada, self.ben = await self.agency.applicant(ADA), await self.agency.applicant(BEN)
        await self.world.subscribe("notices")
        await self.told()
        return self

    async def visit(self, starts_in: timedelta = 3 * DAY, caller: Caller | None = None) -> Booking:
        slot = await self.agency.slot(self.agent, starts_in=starts_in)
        return await self.agency.book(caller or self.ada, slot.id)

    def noon(self) -> timedelta:
        """How far ahead that of the day after tomorrow is: a day's digest goes out in the morning."""
        now = datetime.now(UTC)
        return now.replace(hour=12, minute=0) - now + 2 * DAY

    async def plan(self) -> None:
        with capture_logs():
            while await self.relay.step():
                pass

    async def told(self) -> Told:
        """All that happened is handed on, and all that is due goes out; return that."""
        await self.plan()
        while await self.sender.step():
            pass
        return self.post.taken()

    async def after(self, passed: timedelta) -> Told:
        self.passed += passed
        await self.world.jump(self.passed)
        return await self.told()


@pytest.fixture
async def scene(world: World) -> Scene:
    return await Scene(world).begin()


CONFIRMED = [(ADA, "confirmed applicant applicant"), (EVE, "confirmed agent applicant")]
REMINDED = [(ADA, "reminder applicant system")]


async def test_a_booking_is_told_to_both_and_the_applicant_is_reminded_of_it(scene: Scene) -> None:
    await scene.visit(scene.noon())
    assert await scene.told() == CONFIRMED
    assert await scene.told() == []
    told = [one for _ in range(40) for one in await scene.after(2 * HOUR)]
    assert [one for one in told if one[0] == ADA] == REMINDED * 2
    assert [one for one in told if one[0] == EVE] == [(EVE, "agent_day agent system")]
    assert {end.state for end in scene.ends} == {NoticeState.SENT}


async def test_a_message_whose_provider_tells_delivery_is_delivered(scene: Scene) -> None:
    scene.post.delivers = True
    await scene.visit()
    assert await scene.told() == CONFIRMED
    assert [end.state for end in scene.ends] == [NoticeState.DELIVERED] * 2


@pytest.mark.parametrize("reply_to", [None, "visits@example.com"])
async def test_a_message_is_its_agencys_as_it_looks_when_it_is_sent(scene: Scene, reply_to: str | None) -> None:
    await scene.visit()
    await scene.plan()
    agency = Organization(
        id=scene.agency.organization_id,
        name="Havel & Spree",
        time_zone="Europe/Berlin",
        locale="de-DE",
        email="office@example.com",
        phone="+493012345678",
        website="https://example.com",
        colour="#1f4b99",
        logo_url="https://example.com/logo.png",
        reply_to=reply_to,
    )
    await scene.agency.organizations.put(await scene.agency.admin(), agency, expected=None)
    assert await scene.told() == CONFIRMED
    assert [facts.agency for facts in scene.words.facts] == [AgencyFacts.of(agency)] * 2


async def test_a_message_has_the_texts_of_its_agency_for_this_kind_and_recipient_when_it_is_sent(scene: Scene) -> None:
    await scene.visit()
    await scene.plan()
    admin, texts = await scene.agency.admin(), scene.agency.templates
    of_all = OwnText(subject="See you on {date}", heading="Until {time}", body="Ring twice.")
    portuguese = OwnText(language=Language.PT, body="Toque duas vezes.")
    for text in (of_all, portuguese, OwnText(language=Language.ES, body="Llame dos veces.")):
        await texts.put(admin, NoticeKind.CONFIRMED, None, text, expected=None)
    await texts.reset(admin, NoticeKind.CONFIRMED, None, Language.ES)
    await texts.put(admin, NoticeKind.CONFIRMED, Recipient.AGENT, OwnText(body="Be there."), expected=None)
    await texts.put(admin, NoticeKind.MOVED, None, OwnText(body="Other words."), expected=None)
    assert await scene.told() == CONFIRMED
    said = {facts.recipient: facts.texts for facts in scene.words.facts}
    assert sorted(said[Recipient.APPLICANT], key=lambda one: one.language or "") == [of_all, portuguese]
    assert list(said[Recipient.AGENT]) == [OwnText(body="Be there.")]


async def test_a_visit_that_is_cancelled_or_moved_is_not_reminded_of_as_it_was(scene: Scene) -> None:
    moved, cancelled = await scene.visit(2 * DAY), await scene.visit(2 * DAY + 3 * HOUR, scene.ben)
    later = await scene.agency.slot(scene.agent, starts_in=5 * DAY)
    await scene.told()
    await scene.agency.bookings.reschedule(scene.ada, moved.id, later.id)
    await scene.agency.bookings.cancel(scene.agent, cancelled.id, reason="Sold")
    assert await scene.told() == [
        (ADA, "moved applicant applicant"),
        (BEN, "cancelled applicant agent"),
        (EVE, "moved agent applicant"),
    ]
    assert scene.words.facts[-1].reason in (None, "Sold")
    told = [one for _ in range(20) for one in await scene.after(5 * HOUR)]
    assert [one for one in told if one[0] != EVE] == [(ADA, "reminder applicant system")]
    assert scene.words.facts[-1].visit is not None
    assert scene.words.facts[-1].visit.start_time == later.start_time


async def test_what_changed_before_it_was_told_is_not_told(scene: Scene) -> None:
    booking = await scene.visit()
    await scene.plan()
    await scene.agency.bookings.cancel(scene.ada, booking.id, reason=None)
    assert await scene.told() == [(ADA, "cancelled applicant applicant"), (EVE, "cancelled agent applicant")]
    assert [end.state for end in scene.ends] == [NoticeState.SENT] * 2


async def test_what_changes_between_its_planning_and_its_sending_is_found_when_it_is_asked_again(scene: Scene) -> None:
    """Although nobody has told the notices of it yet."""
    booking = await scene.visit()
    await scene.plan()
    await scene.agency.bookings.cancel(scene.ada, booking.id, reason=None)
    assert await scene.sender.step() == 2
    assert scene.post.emails == []
    assert [end.state for end in scene.ends] == [NoticeState.OBSOLETE] * 2


async def test_an_event_that_comes_twice_makes_no_second_notice(scene: Scene) -> None:
    await scene.visit()
    assert await scene.told() == CONFIRMED
    await scene.world.subscribe("notices")
    assert await scene.told() == []


async def test_a_visit_booked_two_hours_ahead_has_no_reminder(scene: Scene) -> None:
    await scene.visit(2 * HOUR)
    assert await scene.told() == CONFIRMED
    assert [one for one in await scene.after(HOUR) if one[0] == ADA] == []


async def test_what_is_more_than_six_hours_late_is_not_sent(scene: Scene) -> None:
    await scene.visit(3 * DAY)
    await scene.plan()
    assert await scene.after(6 * HOUR) == []
    assert {end.state for end in scene.ends} == {NoticeState.OBSOLETE}
    told = [*await scene.after(2 * DAY), *await scene.after(16 * HOUR + timedelta(minutes=5))]
    assert [one for one in told if one[0] == ADA] == REMINDED


@pytest.mark.parametrize("planned", [True, False])
async def test_an_agent_whom_a_visit_has_left_hears_so_whatever_it_came_to_since_unless_it_is_theirs_again(
    scene: Scene, planned: bool
) -> None:
    admin = await scene.agency.admin()
    theirs = [await scene.agency.slot(admin, starts_in=days * DAY) for days in (6, 7)]
    own = await scene.agency.slot(scene.agent, starts_in=8 * DAY)
    gone, back = await scene.visit(4 * DAY), await scene.visit(5 * DAY, scene.ben)
    await scene.told()
    await scene.agency.bookings.reschedule(scene.ada, gone.id, theirs[0].id)
    await scene.agency.bookings.reschedule(scene.ben, back.id, theirs[1].id)
    if planned:
        await scene.plan()
    await scene.agency.bookings.reschedule(scene.ben, back.id, own.id)
    await scene.agency.bookings.cancel(scene.ada, gone.id, reason=None)
    heard = [one for one in await scene.told() if one[0] == EVE]
    assert heard == [(EVE, "moved agent applicant")] * 2


async def test_events_of_long_ago_make_no_notices(scene: Scene) -> None:
    await scene.visit(3 * DAY)
    scene.passed += 7 * HOUR
    await scene.world.jump(scene.passed)
    assert await scene.told() == []
    assert scene.ends == []


async def test_agents_are_not_told_of_their_own_acts_but_of_those_of_colleagues(scene: Scene) -> None:
    others = (await scene.agency.admin(), [(EVE, "cancelled agent agent")])
    for number, (by, agents) in enumerate(((scene.agent, []), others)):
        booking = await scene.visit((3 + number) * DAY)
        await scene.told()
        await scene.agency.bookings.cancel(by, booking.id, reason=None)
        assert await scene.told() == [(ADA, "cancelled applicant agent"), *agents]


async def test_requests_are_told_of_and_what_becomes_of_them(scene: Scene) -> None:
    admin = await scene.agency.admin()
    await scene.agency.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=None)
    approved, declined = await scene.visit(3 * DAY), await scene.visit(4 * DAY, scene.ben)
    requested = [(ADA, "requested applicant applicant"), (BEN, "requested applicant applicant")]
    assert await scene.told() == [*requested, *[(EVE, "requested agent applicant")] * 2]
    await scene.agency.bookings.approve(scene.agent, approved.id)
    await scene.agency.bookings.decline(admin, declined.id, reason="Sold")
    both = [(BEN, "declined applicant agent"), (EVE, "declined agent agent")]
    assert await scene.told() == [(ADA, "confirmed applicant agent"), *both]
    assert {one.reason for one in scene.words.facts if one.to_name} >= {None, "Sold"}


async def test_a_screening_cancels_in_words_of_its_own(scene: Scene) -> None:
    admin = await scene.agency.admin()
    await scene.agency.policies.put(admin, Settings(cancel_when_ineligible=True), expected=None)
    await scene.visit()
    await scene.told()
    await scene.agency.screen(
        screening(
            scene.agency.organization_id,
            external_id=scene.ada.applicants[0].external_id,
            email=ADA,
            risk_level=RiskLevel.HIGH,
        )
    )
    assert await scene.told() == [(ADA, "cancelled applicant screening"), (EVE, "cancelled agent screening")]
    assert {one.reason for one in scene.words.facts} == {None}


async def test_an_offer_is_told_of_at_once_and_again_before_it_ends(scene: Scene) -> None:
    booking = await scene.visit()
    await scene.agency.waitlists.join(scene.ben, booking.slot_id)
    await scene.told()
    await scene.agency.bookings.cancel(scene.ada, booking.id, reason=None)
    offer = [one for one in await scene.told() if one[0] == BEN]
    assert [subject.split()[0] for _, subject in offer] == ["offer_made"]
    deadline = scene.words.facts[-1].deadline or next(one.deadline for one in scene.words.facts if one.deadline)
    assert deadline is not None
    left = deadline - datetime.now(UTC)
    assert [one for one in await scene.after(left - left / 5) if one[0] == BEN] == [
        (BEN, "offer_ending applicant system")
    ]


async def test_who_waits_for_a_place_is_told_that_the_slot_is_cancelled_and_nobody_who_waits_no_more(
    scene: Scene,
) -> None:
    booking = await scene.visit()
    others = [await scene.agency.applicant(f"{name}@example.com") for name in ("cat", "dan", "eli")]
    for person in (scene.ben, *others):
        entry = await scene.agency.waitlists.join(person, booking.slot_id)
    await scene.agency.waitlists.leave(others[-1], entry.entry.id)
    await scene.agency.applicants.erase(scene.agency.organization_id, others[1].applicants[0].id)
    await screened(scene.world, scene.agency, others[0], RiskLevel.HIGH)
    await scene.told()
    await scene.agency.slots.cancel(await scene.agency.admin(), booking.slot_id, reason="Sold")
    told = await scene.told()
    assert [one for one in told if one[1].startswith("waitlist_closed")] == [(BEN, "waitlist_closed applicant system")]
    facts = next(one for one in scene.words.facts if one.kind is NoticeKind.WAITLIST_CLOSED)
    assert facts.visit is not None
    assert (facts.visit.start_time, facts.visit.address, facts.reason) == (booking.start_time, None, None)
    assert [end.state for end in scene.ends if end.kind is NoticeKind.WAITLIST_CLOSED] == [NoticeState.SENT]


async def test_slots_of_a_property_are_withdrawn_in_one_message(scene: Scene) -> None:
    slot = await scene.agency.slot(scene.agent, starts_in=2 * DAY)
    await scene.agency.slots.cancel(await scene.agency.admin(), slot.id, reason=None)
    assert await scene.told() == [(EVE, "slots_withdrawn agent agent")]
    assert [one.start_time for one in scene.words.facts[-1].visits] == [slot.start_time]


async def test_slots_that_a_job_ends_in_steps_are_told_of_together_when_all_have_ended(scene: Scene) -> None:
    at, property_id = await scene.world.store.now() + 2 * DAY, uuid4()
    starts = [at + number * timedelta(minutes=5) for number in range(STEP + 2)]
    offers = {
        number: Offer(property_id=property_id, start_time=start, end_time=start + HOUR / 12, agent_id=None, capacity=1)
        for number, start in enumerate(starts)
    }
    await scene.agency.slot_batches.offer(scene.agent, offers, BatchMode.ALL)
    await scene.agency.withdrawals.withdraw(await scene.agency.admin(), property_id)
    lease = Lease("jobs", 1)
    await scene.agency.job_worker.step(lease)
    assert await scene.told() == []
    while await scene.agency.job_worker.step(lease):
        pass
    assert await scene.told() == [(EVE, "slots_withdrawn agent agent")]
    assert [one.start_time for one in scene.words.facts[-1].visits] == starts


async def test_an_agent_hears_in_the_morning_of_the_visits_of_the_day(scene: Scene) -> None:
    """At seven, or an hour before the first, also where that is booked later."""
    seven = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0) + 3 * DAY
    second = await scene.visit(seven + 5 * HOUR - datetime.now(UTC))
    await scene.plan()
    first = await scene.visit(seven - 2 * HOUR - datetime.now(UTC))
    assert (EVE, "agent_day agent system") not in await scene.after(seven - 3 * HOUR - HOUR / 60 - datetime.now(UTC))
    assert (EVE, "agent_day agent system") in await scene.after(HOUR / 30)
    digest = next(one for one in scene.words.facts if one.kind == "agent_day")
    starts = [first.start_time, second.start_time]
    assert (digest.day, [one.start_time for one in digest.visits]) == (seven.date(), starts)


async def test_nobody_hears_of_a_day_after_its_last_visit_has_begun(scene: Scene) -> None:
    seven = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0) + 3 * DAY
    visit = await scene.visit(seven + 2 * HOUR - datetime.now(UTC))
    await scene.told()
    told = await scene.after(visit.start_time - datetime.now(UTC))
    assert (EVE, "agent_day agent system") not in told


async def test_a_channel_that_is_not_wanted_is_not_used(scene: Scene) -> None:
    await scene.agency.contacts.change(scene.ada, {"channels": (Channel.SMS,)})
    await scene.visit()
    assert await scene.told() == [(EVE, "confirmed agent applicant")]
    assert {end.state for end in scene.ends} == {NoticeState.SENT, NoticeState.SUPPRESSED}


async def test_an_address_that_refuses_is_not_written_to_again(scene: Scene) -> None:
    scene.post.faults = lambda email: HandoverRefused(HandoverFault.ADDRESS_REFUSED) if email.to == ADA else None
    await scene.visit(3 * DAY)
    assert await scene.told() == [(EVE, "confirmed agent applicant")]
    scene.post.faults = lambda _: None
    await scene.visit(4 * DAY)
    assert await scene.told() == [(EVE, "confirmed agent applicant")]
    states = [end.state for end in scene.ends]
    assert (states.count(NoticeState.BOUNCED), states.count(NoticeState.SUPPRESSED)) == (1, 1)


async def test_an_address_that_refuses_after_its_person_was_erased_is_not_kept(scene: Scene) -> None:
    await scene.visit()
    await scene.plan()
    queue = scene.world.store.notice_queue
    taken, _ = await queue.take({Channel.EMAIL: 10}, LEASE, 0)
    await scene.agency.applicants.erase(scene.agency.organization_id, scene.ada.applicants[0].id)
    (to_ada,) = [one for one in taken if one.address == ADA]
    await queue.note([refused(to_ada, HandoverFault.ADDRESS_REFUSED)])
    scene.ada = await scene.agency.applicant(ADA)
    await scene.visit(5 * DAY)
    assert (ADA, "confirmed applicant applicant") in await scene.told()


async def test_a_message_that_is_refused_is_not_sent_again(scene: Scene) -> None:
    scene.post.faults = lambda email: HandoverRefused(HandoverFault.MESSAGE_REFUSED) if email.to == ADA else None
    await scene.visit()
    await scene.told()
    scene.post.faults = lambda _: None
    assert [one for one in await scene.after(2 * HOUR) if one[0] == ADA] == []
    assert NoticeState.FAILED in {end.state for end in scene.ends}


async def test_a_failure_that_passes_delays_a_notice_which_stays_the_same_message(scene: Scene) -> None:
    ids: list[str] = []

    def busy(email: object) -> Exception:
        ids.append(email.message_id)  # type: ignore[attr-defined]
        return HandoverFailed(HandoverFault.DEFERRED)

    scene.post.faults = busy
    await scene.visit()
    assert await scene.told() == []
    assert await scene.after(timedelta(minutes=2)) == []
    scene.post.faults = lambda _: None
    await scene.after(timedelta(minutes=2))
    await scene.agency.slot(scene.agent, starts_in=9 * DAY)
    assert await scene.told() == []
    await scene.visit(5 * DAY)
    assert await scene.told() == CONFIRMED
    assert len(ids) == 4 == 2 * len(set(ids))


async def test_nothing_is_tried_for_longer_than_it_is_worth(scene: Scene) -> None:
    scene.post.faults = lambda _: HandoverFailed(HandoverFault.NOT_CONNECTED)
    await scene.visit()
    for _ in range(15):
        assert await scene.after(timedelta(minutes=61)) == []
    scene.post.faults = lambda _: None
    assert await scene.after(HOUR) == []
    assert {end.state for end in scene.ends if end.state is not NoticeState.QUEUED} == {NoticeState.FAILED}


async def test_a_sender_that_died_is_followed_by_another_with_the_same_message(scene: Scene) -> None:
    await scene.visit()
    await scene.plan()
    queue, room = scene.world.store.notice_queue, {Channel.EMAIL: 10}
    lost, _ = await queue.take(room, timedelta(), 0)
    again, _ = await queue.take(room, LEASE, 0)
    assert [one.id for one in lost] == [one.id for one in again] != []
    assert [one.number for one in again] == [2, 2]
    assert (await queue.take(room, LEASE, 0)) == ([], [])
    assert await queue.note([accepted(one, None) for one in lost]) == []
    assert {end.state for end in await queue.note([accepted(one, "known") for one in again])} == {NoticeState.SENT}


async def test_the_question_is_put_again_where_writing_took_long(scene: Scene) -> None:
    await scene.visit()
    await scene.plan()
    times = iter([0.0, 5.0, 5.0, *[0.0] * 20])
    scene.sender.clock = lambda: next(times)
    assert await scene.sender.step() > 0
    assert scene.post.taken() == []
    assert await scene.told() == CONFIRMED


async def test_a_provider_without_room_is_left_alone(scene: Scene) -> None:
    scene.post.most = 0
    await scene.visit()
    assert await scene.told() == []
    assert await scene.world.store.notice_queue.oldest() >= 0.0
    scene.post.most = 1
    assert await scene.told() == CONFIRMED
    assert await scene.world.store.notice_queue.oldest() == 0.0


async def test_what_is_due_by_a_channel_that_is_not_configured_any_more_ends(scene: Scene) -> None:
    await scene.visit()
    await scene.plan()
    scene.sender.providers = {Channel.SMS: scene.post}
    assert await scene.told() == []
    assert [end.state for end in scene.ends] == [NoticeState.OBSOLETE] * 2


async def test_a_person_who_was_erased_has_no_notices(scene: Scene) -> None:
    booking = await scene.visit()
    await scene.plan()
    await scene.agency.applicants.erase(scene.agency.organization_id, scene.ada.applicants[0].id)
    assert [one for one in await scene.told() if one[0] != EVE] == []
    assert {end.state for end in scene.ends} <= {NoticeState.SENT, NoticeState.OBSOLETE}
    assert booking.id


async def test_an_agent_without_a_role_or_an_address_is_not_told(scene: Scene) -> None:
    await scene.visit()
    await scene.plan()
    await scene.world.store.agents.erase(scene.agency.organization_id, scene.agent.agent.id)  # type: ignore[union-attr]
    assert await scene.told() == [(ADA, "confirmed applicant applicant")]


async def test_notices_are_forgotten_after_90_days(scene: Scene) -> None:
    await scene.visit()
    await scene.told()
    queue, leases = scene.world.store.notice_queue, scene.world.store.leases
    lease = await leases.take("forgetting notices", DAY, None)
    assert lease is not None
    assert await queue.forget(timedelta(days=90), lease) == 0
    await scene.world.jump(91 * DAY)
    assert await queue.forget(timedelta(days=90), type(lease)(lease.name, lease.token - 1)) == 0
    assert await queue.forget(timedelta(days=90), lease) == 2


async def test_coming_visits_that_were_booked_before_are_reminded_of(scene: Scene) -> None:
    await scene.world.unsubscribe("notices")
    await scene.visit(3 * DAY)
    await scene.visit(4 * DAY, scene.ben)
    await scene.agency.slot(scene.agent, starts_in=5 * DAY)
    await scene.world.sweep(scene.agency.organization_id)
    while await scene.notices.sweep():
        pass
    assert await scene.told() == []
    assert [one for one in await scene.after(2 * DAY + timedelta(minutes=1)) if one[0] == ADA] == REMINDED


async def test_agents_of_a_booking_see_its_notices_and_how_far_they_are(scene: Scene) -> None:
    booking = await scene.visit()
    await scene.plan()
    found = await scene.notices.of_booking(scene.agent, booking.id)
    due = [(one.kind, one.recipient, one.state, one.attempts, one.sequence, one.ended_at) for one in found]
    applicant, reminder = Recipient.APPLICANT, NoticeKind.REMINDER
    assert {one[1] for one in due[:2]} == {applicant, Recipient.AGENT}
    assert {(one[0], *one[2:]) for one in due[:2]} == {(NoticeKind.CONFIRMED, NoticeState.QUEUED, 0, 0, None)}
    assert due[2:] == [(reminder, applicant, NoticeState.QUEUED, 0, 0, None)] * 2
    assert [one.due_at for one in found] == sorted(one.due_at for one in found)
    await scene.told()
    done = [one for one in await scene.notices.of_booking(scene.agent, booking.id) if one.state is NoticeState.SENT]
    assert [(one.kind, one.attempts, one.reason) for one in done] == [(NoticeKind.CONFIRMED, 1, None)] * 2
    assert all(one.attempted_at and one.ended_at and one.created_at <= one.ended_at for one in done)
    assert len(await scene.notices.of_booking(await scene.agency.admin(), booking.id)) == 4
    for other in (scene.ada, scene.ben, await scene.agency.agent(), await organization(scene.world.store).admin()):
        with pytest.raises(BookingNotFound):
            await scene.notices.of_booking(other, booking.id)
