"""Notices in memory: planned, taken, and noted as in PostgreSQL."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from booking import time_zones
from booking.domain.authority import AgentRight
from booking.domain.events import BY_JOB, Recorded
from booking.domain.keys import Key
from booking.domain.notices.attempt import FREE_FOR, Attempt, NoticeEnd, Outcome
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.doubt import notice_of_doubt
from booking.domain.notices.facts import AgencyFacts, Facts, VisitFacts
from booking.domain.notices.link import LinkTarget
from booking.domain.notices.notice import (
    OF_SLOTS,
    ORIGINATORS,
    Notice,
    NoticeKind,
    NoticeRecord,
    NoticeState,
    Originator,
    Recipient,
)
from booking.domain.notices.planner import due_again
from booking.domain.notices.rules import RULES, WANTED
from booking.domain.notices.situation import Situation, Visit
from booking.domain.notices.times import SKIPPED_TOGETHER
from booking.domain.people.contact import Channel
from booking.domain.people.organization import Organization
from booking.domain.planning.job import Job
from booking.domain.values import replace
from booking.domain.visits.booking import LIVE, TAKE_BACK, Booking, BookingStatus
from booking.domain.visits.slot import Slot
from booking.domain.visits.waitlist import SLOT_CANCELLED
from booking.service.notices.notices import Decide, DecideVisit
from booking.service.ports import Lease
from tests.fakes.freed_places import applies_still, note_freed
from tests.fakes.phones import MemoryPhones
from tests.fakes.state import LONG_AGO, NoticeRow, State, real_time

OPEN = (NoticeState.QUEUED, NoticeState.SENDING)
CLASHES = (NoticeKind.CALENDAR_CONFLICT, NoticeKind.SLOTS_SKIPPED)
OWN_WORDS = (BookingStatus.DECLINED, BookingStatus.CANCELLED_BY_AGENT, BookingStatus.CANCELLED_BY_APPLICANT)


@dataclass(frozen=True, slots=True)
class MemoryNotices:
    state: State

    async def plan(self, happened: Sequence[Recorded], decide: Decide) -> int:
        for one in happened:
            note_freed(self.state, one)
        decided = [notice for one in happened for notice in decide(one, self._situation(one))]
        for notice in decided:
            if notice.kind is NoticeKind.AGENT_DAY:
                self._replan((notice.organization_id, notice.id), notice.due_at, notice.not_after)
        made = sum(self.add(notice) for notice in decided)
        ended = 0
        bookings = {(one.event.organization_id, one.event.booking_id) for one in happened}
        for row in self.state.notices.values():
            notice = row.notice
            known = notice.booking_id and (notice.organization_id, notice.booking_id) in bookings
            if known and row.state is NoticeState.QUEUED and not in_its_state(self.state, notice):
                row.end(NoticeState.OBSOLETE, "changed", self.state.clock())
                ended += 1
        return made + ended

    async def sweep(self, decide: DecideVisit, most: int) -> int:
        if not self.state.notice_sweeps:
            return 0
        organization_id, after = next(iter(self.state.notice_sweeps.items()))
        slots = sorted(
            (
                (slot.start_time, slot.id, slot)
                for (owner, _), slot in self.state.slots.items()
                if owner == organization_id and slot.start_time > self.state.clock()
            ),
            key=lambda one: one[:2],
        )
        coming = [one for one in slots if one[:2] > after][:most]
        for start, slot_id, slot in coming:
            for booking in self.state.claims_on(slot.key):
                if booking.status is BookingStatus.CONFIRMED:
                    visit = self._visit((booking.organization_id, booking.id))
                    assert visit is not None
                    decided = decide(visit, self._now(slot.organization_id, slot.property_id))
                    self._unplan(booking.id, {one.id for one in decided})
                    for notice in decided:
                        self._replan((notice.organization_id, notice.id), notice.due_at, notice.not_after)
                        self.add(notice)
            self.state.notice_sweeps[organization_id] = start, slot_id
        if not coming:
            self._plan_again(organization_id)
            del self.state.notice_sweeps[organization_id]
        return len(coming) or 1

    async def request(self, notice: Notice, by: AgentRight) -> None:
        self.state.actor(by)
        self.add(notice)

    async def of_booking(self, key: Key, most: int) -> Sequence[NoticeRecord]:
        rows = [
            row
            for row in self.state.notices.values()
            if row.notice.booking_id and (row.notice.organization_id, row.notice.booking_id) == key
        ]
        return [_record(row) for row in sorted(rows, key=lambda one: (one.due_at, one.notice.id))[-most:]]

    def _unplan(self, booking_id: UUID, planned: Container[UUID]) -> None:
        now = self.state.clock()
        for row in self.state.notices.values():
            reminder = row.notice.before_start is not None and row.notice.booking_id == booking_id
            if reminder and row.state is NoticeState.QUEUED and row.due_at > now and row.notice.id not in planned:
                row.end(NoticeState.OBSOLETE, "plan", now)

    def _replan(self, key: Key, due_at: datetime, not_after: datetime) -> None:
        row = self.state.notices.get(key)
        if row is None or row.attempts:
            return
        waits = row.state is NoticeState.QUEUED and row.due_at > self.state.clock()
        if waits or (row.state, row.reason) == (NoticeState.OBSOLETE, "plan"):
            row.notice, row.due_at = replace(row.notice, due_at=due_at, not_after=not_after), due_at
            row.state, row.reason, row.ended_at, row.held = NoticeState.QUEUED, None, None, row.notice.held

    def _plan_again(self, organization_id: UUID) -> None:
        kinds = {rule.kind for rule in RULES}
        for key, row in self.state.notices.items():
            notice, waits = row.notice, row.state is NoticeState.QUEUED and row.due_at > self.state.clock()
            if key[0] == organization_id and waits and notice.kind in kinds:
                booking = self.state.bookings.get((organization_id, notice.booking_id)) if notice.booking_id else None
                deadline = booking.deadline if booking else None
                now = self._now(organization_id, notice.property_id)
                when = due_again(now, notice.happened_at, notice.start_time, deadline)
                if when is not None:
                    self._replan(key, when.at, when.not_after)

    def add(self, notice: Notice) -> bool:
        since = self.state.channels_since.get(notice.channel, LONG_AGO)
        if (notice.organization_id, notice.id) in self.state.notices or notice.happened_at < since:
            return False
        self.state.notices[notice.organization_id, notice.id] = NoticeRow(
            notice=notice, due_at=notice.due_at, created_at=self.state.clock(), held=notice.held
        )
        return True

    def _situation(self, recorded: Recorded) -> Situation:
        event = recorded.event
        named = {event.agent_id, event.moved_from.agent_id if event.moved_from else None}
        agents = [row for row in self.state.agents.values() if row.organization_id == event.organization_id]
        visit = self._visit((event.organization_id, event.booking_id)) if event.booking_id else None
        now = self._now(event.organization_id, event.property_id)
        return Situation(
            at=now.at,
            visit=visit,
            subjects={row.id: row.subject for row in agents if row.id in named},
            zone=now.zone,
            agency_zone=now.agency_zone,
            plan=now.plan,
            agency_plan=now.agency_plan,
            in_vain=any(
                (entry.slot_id, entry.applicant_id, entry.reason) == (event.slot_id, event.applicant_id, SLOT_CANCELLED)
                and not self.state.applicants[entry.organization_id, entry.applicant_id].erased
                for entry in self.state.entries.values()
                if entry.organization_id == event.organization_id
            ),
        )

    def _now(self, organization_id: UUID, property_id: UUID | None) -> Situation:
        home = self.state.properties.get((organization_id, property_id)) if property_id else None
        agency = self.state.organizations.get(organization_id)
        agency_zone = (agency and agency.time_zone) or "UTC"
        return Situation(
            at=self.state.clock(),
            subjects={},
            zone=time_zones.zone((home and home.time_zone) or agency_zone),
            agency_zone=time_zones.zone(agency_zone),
            plan=self.state.notice_plan(organization_id, property_id),
            agency_plan=self.state.notice_plan(organization_id, None),
        )

    def _visit(self, key: Key) -> Visit | None:
        booking = self.state.bookings.get(key)
        if booking is None:
            return None
        agent_id = self.state.slots[booking.slot_key].agent_id
        return Visit(
            organization_id=booking.organization_id,
            booking_id=booking.id,
            sequence=booking.sequence,
            status=booking.status,
            deadline=booking.deadline,
            slot_id=booking.slot_id,
            property_id=booking.property_id,
            agent_id=agent_id,
            applicant_id=booking.applicant_id,
            erased=self.state.applicant(booking).erased,
            start_time=booking.start_time,
            end_time=booking.end_time,
            day_starts=[
                one.start_time
                for one in self.state.bookings.values()
                if one.status is BookingStatus.CONFIRMED
                and self.state.slots[one.slot_key].agent_id == agent_id
                and booking.start_time - timedelta(hours=25) <= one.start_time <= booking.start_time
            ],
        )


@dataclass(frozen=True, slots=True)
class MemoryNoticeQueue:
    state: State

    async def take(
        self, room: Mapping[Channel, int], lease: timedelta, cap: int, asking: Collection[Channel] = tuple(Channel)
    ) -> tuple[Sequence[Attempt], Sequence[NoticeEnd]]:
        now, attempts, ended = self.state.clock(), list[Attempt](), list[NoticeEnd]()
        due = [
            row
            for row in self.state.notices.values()
            if row.state in OPEN and not row.held and row.due_at <= now and row.under_way_until <= real_time()
            if (job := self._job(row.notice)) is None or job.ended_at is not None
        ]
        left = Counter(dict.fromkeys(Channel, len(due)) | dict(room))
        for row in sorted(due, key=lambda one: one.due_at):
            if not left[row.notice.channel]:
                continue
            left[row.notice.channel] -= 1
            verdict = self._verdict(row, room)
            paid = verdict is None and row.notice.channel is not Channel.EMAIL
            if paid and not MemoryPhones(self.state).pay(row.notice.organization_id, 1, cap):
                verdict = NoticeState.SUPPRESSED, "daily_cap"
            if verdict is not None:
                row.end(*verdict, now)
                ended.append(_end(row))
                self._tell_of_doubt(row)
                continue
            row.state, row.attempts, row.attempted_at, row.under_way_until = (
                NoticeState.SENDING,
                row.attempts + 1,
                now,
                real_time() + lease,
            )
            row.answer_by = self._answer_by(row.notice) if row.notice.channel in asking else None
            attempts.append(self._attempt(row))
        return attempts, ended

    async def note(self, outcomes: Sequence[Outcome]) -> Sequence[NoticeEnd]:
        now, changed = self.state.clock(), list[NoticeEnd]()
        for one in outcomes:
            attempt = one.attempt
            row = self.state.notices.get((attempt.organization_id, attempt.id))
            if row is not None and one.address_refused:
                self.state.suppressions.add((attempt.organization_id, attempt.channel, attempt.address.lower()))
            if row is None or row.state is not NoticeState.SENDING or row.attempts != attempt.number:
                continue
            row.under_way_until, row.provider_id = LONG_AGO, one.provider_id or row.provider_id
            if one.again_in is not None and now + one.again_in < row.notice.not_after:
                row.state, row.reason, row.due_at = NoticeState.QUEUED, one.reason, now + one.again_in
            else:
                row.end(one.state, one.reason, now)
            changed.append(_end(row))
            self._tell_of_doubt(row)
        return changed

    async def oldest(self) -> float:
        now = self.state.clock()
        due = [row.due_at for row in self.state.notices.values() if row.state in OPEN and row.due_at <= now]
        return (now - min(due, default=now)).total_seconds()

    async def forget(self, kept: timedelta, lease: Lease) -> int:
        now = self.state.clock()
        old = [key for key, row in self.state.notices.items() if row.ended_at and row.ended_at <= now - kept]
        if not self.state.held(lease):
            return 0
        for key in old:
            del self.state.notices[key]
        return len(old)

    def _tell_of_doubt(self, row: NoticeRow) -> None:
        told = notice_of_doubt(row.notice, self.state.clock()) if row.state is NoticeState.UNKNOWN else None
        if told is not None:
            MemoryNotices(self.state).add(told)

    def _verdict(self, row: NoticeRow, configured: Container[Channel]) -> tuple[NoticeState, str] | None:
        notice = row.notice
        address, _, _ = self._person(notice)
        if row.state is NoticeState.SENDING and notice.channel is not Channel.EMAIL:
            return NoticeState.UNKNOWN, "no_outcome"
        plan = self.state.notice_plan(notice.organization_id, notice.property_id)
        contact = self.state.contacts.get((notice.organization_id, notice.recipient_id))
        if notice.not_after <= self.state.clock():
            return NoticeState.OBSOLETE, "late"
        if not self._applies(row):
            return NoticeState.OBSOLETE, "changed"
        planned = notice.channel in configured and notice.channel in plan.channels
        times = (
            [plan.release and plan.release.before] if notice.kind is NoticeKind.UNANSWERED else [None, *plan.offsets]
        )
        if not planned or notice.before_start not in times:
            return NoticeState.OBSOLETE, "plan"
        if address is None and notice.channel is not Channel.EMAIL:
            return NoticeState.SUPPRESSED, "phone_not_proved"
        if address is None:
            return NoticeState.FAILED, "no_address"
        if contact is not None and contact.channels is not None and notice.channel not in contact.channels:
            return NoticeState.SUPPRESSED, "no_consent"
        if self.state.unsubscribed(notice):
            return NoticeState.SUPPRESSED, "unsubscribed"
        refused = self.state.suppressions | self.state.stopped
        if (notice.organization_id, notice.channel, address.lower()) in refused:
            return NoticeState.SUPPRESSED, "address"
        return None

    def _applies(self, row: NoticeRow) -> bool:
        notice = row.notice
        if notice.kind is NoticeKind.PLACE_FREED:
            return applies_still(self.state, notice, row)
        if notice.booking_id is not None:
            return in_its_state(self.state, notice)
        if notice.kind in (NoticeKind.SLOTS_WITHDRAWN, NoticeKind.WAITLIST_CLOSED):
            assert notice.slot_id
            return self.state.slots[notice.organization_id, notice.slot_id].cancelled
        if notice.kind in CLASHES:
            return any(True for _ in self._clashing(notice))
        if notice.kind is NoticeKind.CALENDAR_UNREADABLE:
            calendar = self.state.agent_calendars.get((notice.organization_id, notice.recipient_id))
            return calendar is not None and calendar.given_up_at is not None
        if notice.kind is NoticeKind.AGENT_DAY:
            return any(slot.start_time > self.state.clock() for slot in self._listed(notice))
        endpoint = notice.endpoint_id and self.state.endpoints.get((notice.organization_id, notice.endpoint_id))
        if not endpoint:
            return False
        disabled = endpoint.subscriber.disabled_at is not None
        if notice.kind is NoticeKind.WEBHOOK_DISABLED:
            return disabled
        return endpoint.subscriber.failing_since is not None and not disabled

    def _person(self, notice: Notice) -> tuple[str | None, str | None, str | None]:
        """Return address, name and language."""
        key = notice.organization_id, notice.recipient_id
        if notice.recipient is Recipient.ORGANIZATION:
            agency = self.state.organizations.get(notice.organization_id, Organization(id=notice.organization_id))
            return (agency.email, agency.name, agency.locale) if agency else (None, None, None)
        if notice.recipient is Recipient.AGENT:
            row = self.state.agent(key)
            if row is None or row.roles == (None, None):
                return None, None, None
            return row.profile.email, row.profile.name, row.profile.locale
        person, contact = self.state.applicants[key], self.state.contacts.get(key)
        return self.state.address_of(notice), person.name, contact.locale if contact else None

    def _listed(self, notice: Notice) -> Sequence[Slot]:
        own = (one for one in self.state.slots.values() if one.organization_id == notice.organization_id)
        return sorted(self._among(notice, own), key=lambda slot: (slot.start_time, slot.id))

    def _among(self, notice: Notice, slots: Iterable[Slot]) -> Iterable[Slot]:
        for slot in slots:
            if slot.agent_id != notice.agent_id:
                continue
            if notice.kind is NoticeKind.AGENT_DAY:
                assert notice.start_time
                assert notice.end_time
                if notice.start_time <= slot.start_time < notice.end_time:
                    visits = [one for one in self.state.claims_on(slot.key) if one.status is BookingStatus.CONFIRMED]
                    yield from [slot] * len(visits)
            elif (
                slot.property_id == notice.property_id and slot.cancelled and _together(slot, notice, self._job(notice))
            ):
                yield slot

    def _clashing(self, notice: Notice) -> Iterable[Slot]:
        """Return slots to come that are in the way of the agent's calendar, or that their schedules have skipped."""
        now, agent = self.state.clock(), (notice.organization_id, notice.recipient_id)
        if notice.kind is NoticeKind.CALENDAR_CONFLICT:
            read = [
                one
                for one in self.state.blocks.values()
                if one.agent == agent and one.of_calendar and _at_once(one.created_at, notice.happened_at)
            ]
            for slot in self.state.slots.values():
                own = (slot.organization_id, slot.agent_id) == agent and not slot.cancelled and slot.start_time > now
                if own and any(one.start_time < slot.end_time and slot.start_time < one.end_time for one in read):
                    yield slot
        for row in self.state.schedules.values() if notice.kind is NoticeKind.SLOTS_SKIPPED else ():
            of = row.schedule
            own = (of.organization_id, of.agent_id) == agent and not of.ended_at
            for at, slot in row.skipped if own else ():
                if slot.start_time > now and notice.happened_at - SKIPPED_TOGETHER <= at < notice.happened_at:
                    yield slot

    def _job(self, notice: Notice) -> Job | None:
        return next((one for one in self.state.jobs.values() if notice.cause.endswith(f":{BY_JOB}{one.id}")), None)

    def _slot(self, notice: Notice, booking: Booking | None) -> Slot:
        assert notice.slot_id
        return self.state.slots[booking.slot_key if booking else (notice.organization_id, notice.slot_id)]

    def _free(self, notice: Notice) -> bool:
        wrote_at = self.state.wrote_at.get((notice.organization_id, notice.recipient_id), LONG_AGO)
        return notice.channel is Channel.WHATSAPP and wrote_at > self.state.clock() - FREE_FOR

    def _attempt(self, row: NoticeRow) -> Attempt:
        notice = row.notice
        address, name, locale = self._person(notice)
        agency = self.state.organizations.get(notice.organization_id, Organization(id=notice.organization_id))
        booking = self.state.bookings.get((notice.organization_id, notice.booking_id)) if notice.booking_id else None
        listed = self._listed(notice) if notice.kind in (NoticeKind.AGENT_DAY, NoticeKind.SLOTS_WITHDRAWN) else ()
        if notice.kind in CLASHES:
            listed = sorted(self._clashing(notice), key=lambda slot: slot.start_time)
        zone = agency.time_zone or "UTC"
        assert address is not None
        return Attempt(
            organization_id=notice.organization_id,
            id=notice.id,
            number=row.attempts,
            kind=notice.kind,
            channel=notice.channel,
            address=address,
            recipient_id=notice.recipient_id,
            link_target=self._link_target(notice, booking),
            free=self._free(notice),
            facts=Facts(
                kind=notice.kind,
                recipient=notice.recipient,
                at=self.state.clock(),
                locale=locale,
                to_name=name,
                agency=AgencyFacts.of(agency),
                visit=self._visit_facts(notice.recipient, self._slot(notice, booking), notice)
                if booking or notice.kind in OF_SLOTS
                else None,
                visits=[self._visit_facts(notice.recipient, slot, notice) for slot in listed],
                by=ORIGINATORS.get(notice.actor_role, Originator.SYSTEM),
                reason=booking.reason if booking and booking.status in OWN_WORDS else None,
                deadline=notice.happened_at + TAKE_BACK
                if notice.kind is NoticeKind.RELEASED
                else row.answer_by or (booking.deadline if booking else None),
                asks=row.answer_by is not None,
                day=notice.start_time.astimezone(time_zones.zone(zone)).date()
                if notice.kind is NoticeKind.AGENT_DAY and notice.start_time
                else None,
                entry=CalendarEntry(
                    booking_id=booking.id,
                    booking_sequence=booking.sequence,
                    booking_status=booking.status,
                    at=self.state.clock(),
                    left=notice.recipient is Recipient.AGENT and notice.recipient_id != notice.agent_id,
                )
                if booking
                else None,
                failing_since=self._failing_since(notice),
                texts=self.state.texts_of(notice.organization_id, notice.kind, notice.recipient),
            ),
        )

    def _link_target(self, notice: Notice, booking: Booking | None) -> LinkTarget | None:
        if booking is None or notice.recipient is not Recipient.APPLICANT or not self.state.applicant(booking).eligible:
            return None
        return LinkTarget.of(booking)

    def _failing_since(self, notice: Notice) -> datetime | None:
        if notice.kind is not NoticeKind.CALENDAR_UNREADABLE:
            return None
        return self.state.agent_calendars[notice.organization_id, notice.recipient_id].calendar.failing_since

    def _answer_by(self, notice: Notice) -> datetime | None:
        """Return until when a reminder asks for an answer, where there is time for one, and none yet."""
        if notice.kind is not NoticeKind.REMINDER:
            return None
        assert notice.booking_id
        assert notice.start_time
        release = self.state.notice_plan(notice.organization_id, notice.property_id).release
        by = notice.start_time - release.before if release else None
        unconfirmed = self.state.bookings[notice.organization_id, notice.booking_id].unconfirmed
        return by if unconfirmed and by is not None and self.state.clock() < by else None

    def _visit_facts(self, recipient: Recipient, slot: Slot, notice: Notice) -> VisitFacts:
        names = self.state.names_of(slot)
        return VisitFacts(
            label=names.label,
            area=names.area,
            agent_name=names.agent,
            start_time=slot.start_time,
            end_time=slot.end_time,
            time_zone=names.time_zone,
            moved_from=notice.moved_from,
        )


def _together(slot: Slot, notice: Notice, job: Job | None) -> bool:
    """Return whether it was at the same time, or by the same job: this clock goes on meanwhile."""
    if job is not None and job.ended_at is not None:
        return notice.happened_at - timedelta(seconds=1) < slot.updated_at <= job.ended_at
    return _at_once(slot.updated_at, notice.happened_at)


def _at_once(one: datetime, other: datetime) -> bool:
    return abs(one - other) < timedelta(seconds=1)


def in_its_state(state: State, notice: Notice) -> bool:
    assert notice.booking_id
    booking = state.bookings.get((notice.organization_id, notice.booking_id))
    if notice.left and booking is not None:
        return state.slots[booking.organization_id, booking.slot_id].agent_id != notice.recipient_id
    return (
        booking is not None
        and booking.sequence == notice.sequence
        and booking.status in WANTED[notice.kind]
        and (notice.kind is not NoticeKind.UNANSWERED or booking.unconfirmed)
        and not (booking.status in LIVE and booking.overdue(state.clock()))
    )


def _record(row: NoticeRow) -> NoticeRecord:
    notice = row.notice
    assert notice.sequence is not None
    return NoticeRecord(
        id=notice.id,
        kind=notice.kind,
        recipient=notice.recipient,
        channel=notice.channel,
        sequence=notice.sequence,
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        due_at=row.due_at,
        attempted_at=row.attempted_at,
        ended_at=row.ended_at,
        created_at=row.created_at,
    )


def _end(row: NoticeRow) -> NoticeEnd:
    return NoticeEnd(kind=row.notice.kind, channel=row.notice.channel, state=row.state)
