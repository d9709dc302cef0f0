"""Judge of all that is sent, by what people did and wished, and what the issue says; it knows nothing of the code."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from booking import time_zones
from booking.domain.notices.notice import NoticeState
from booking.domain.notices.reference import Reference
from booking.domain.notices.report import Report
from tests.builders import HOUR
from tests.support.lives.agency import QUIET, Agency
from tests.support.lives.evidence import Evidence, SeenBooking
from tests.support.lives.fates import Fate, Letter, fate_of
from tests.support.lives.timeline import GRACE, Timeline
from tests.support.lives.wishes import unwished

CANCELLED = {"cancelled_by_agent", "cancelled_by_applicant", "cancelled_by_screening"}
TRUE_IN = {
    "requested": {"pending_approval"},
    "confirmed": {"confirmed"},
    "declined": {"declined"},
    "expired": {"expired"},
    "moved": {"confirmed", "pending_approval"},
    "cancelled": CANCELLED,
    "released": {"cancelled_unconfirmed"},
    "attendance_confirmed": {"confirmed"},
    "unanswered": {"confirmed"},
    "reminder": {"confirmed"},
    "offer_made": {"offered"},
    "offer_ending": {"offered"},
}
"""States of a booking in which a message is true, as a reader of the requirements has them."""
TOLD_OF = {"confirmed": "confirmed", "cancelled_unconfirmed": "released", **dict.fromkeys(CANCELLED, "cancelled")}
ONCE = ("confirmed", "moved", "cancelled", "released", "reminder", "unanswered")
"""Kinds of which there is one message to a person by a channel, of a booking as it is."""
LATE = timedelta(hours=6)
TAKE_BACK = timedelta(minutes=30)
A_NIGHT = timedelta(hours=13)  # in which all is told that waits for the end of quiet hours


@dataclass(frozen=True)
class Change:
    """A state of a booking, with the time from which it held, and until when."""

    since: datetime
    until: datetime
    before: SeenBooking | None
    now: SeenBooking


class Judge:
    """`accepted`: Message-IDs, as often as they were; `doubled`: as often as a further copy is allowed."""

    def __init__(self, agencies: Sequence[Agency], evidence: Evidence) -> None:
        self.by_id, self.evidence = {agency.id: agency for agency in agencies}, evidence
        self.seen: defaultdict[UUID, Timeline[SeenBooking]] = defaultdict(Timeline)
        self.confirmed: dict[UUID, SeenBooking] = {}
        self.letters: defaultdict[UUID | None, list[Letter]] = defaultdict(list)
        self.by_message: dict[UUID, Letter] = {}
        self.first_due: dict[UUID, datetime] = {}
        self.accepted, self.doubled = Counter[UUID](), Counter[UUID]()
        self.refused: set[UUID | None] = set()
        self.refused_by: dict[UUID, list[tuple[dict[str, datetime], str]]] = {}
        self.outages: list[tuple[datetime, datetime]] = []
        self.looked = datetime.min.replace(tzinfo=UTC)
        self.faults: list[str] = []

    async def look(self, at: datetime) -> None:
        """See what has become of the bookings."""
        since, self.looked = self.looked, at
        for row in await self.evidence.bookings(since):
            timeline = self.seen[row.id]
            former = timeline.now if timeline.entries else None
            if former is not None and former._replace(updated_at=row.updated_at) == row:
                continue
            timeline.add(at, row)
            if row.status == "confirmed":
                self.confirmed[row.id] = row
            else:
                self.confirmed.pop(row.id, None)
            self.by_id[row.organization_id].hear_of(row, at)
            if former is not None and former.status != row.status:
                self._judge_change(former, row, at)

    def see_who_stays(self, at: datetime) -> None:
        """Releases have been decided on: say what should have been released, and was not."""
        for row in self.confirmed.values():
            if self._fate(row, at).released:
                self.faults.append(f"{row.id} was not released")

    async def hear(self, notice_id: UUID, to: str, text: str, at: datetime) -> Letter | None:
        """Judge a message that is accepted now."""
        notice = await self.evidence.notice(notice_id)
        self.accepted[notice_id] += 1
        if notice is None:  # erased in this moment
            return None
        asks, link = text.split(" ")
        letter = Letter(notice, to, at, asks=bool(asks), link=link)
        self.letters[notice.booking_id].append(letter)
        self.by_message[notice_id] = letter
        for wrong in self._wrongs(letter, self.by_id[notice.organization_id]):
            self.faults.append(f"{notice.kind} {wrong}")
        return letter

    def note(self, notice_id: UUID, delivered_at: datetime | None) -> None:
        """The sender hears that a message was accepted, and perhaps delivered."""
        letter = self.by_message.get(notice_id)
        if letter is not None:
            letter.noted, letter.delivered_at = True, delivered_at or letter.delivered_at

    async def hear_refusal(self, reference: Reference, address: str | None, at: datetime) -> None:
        notice = await self.evidence.notice(reference.notice_id)
        self.refused.add(notice and notice.booking_id)
        if address is not None:
            self._refuse(self.by_id[reference.organization_id], address, at, by=reference.notice_id)

    def hear_report(self, report: Report, to: str, at: datetime) -> None:
        letter = self.by_message.get(report.reference.notice_id)
        if letter is not None and report.state is NoticeState.DELIVERED:
            letter.delivered_at = letter.delivered_at or at
        elif letter is not None:
            letter.undone = True
        for address in report.suppresses:
            self._refuse(self.by_id[report.reference.organization_id], address, at)

    def forget(self, notice_ids: Collection[UUID]) -> None:
        """The sender was killed before it noted what the provider said of these."""
        for one in notice_ids:
            if one in self.by_message:
                self.by_message[one].noted, self.by_message[one].delivered_at = False, None
            for refused, address in self.refused_by.pop(one, ()):
                refused.pop(address)

    def _refuse(self, agency: Agency, address: str, at: datetime, by: UUID | None = None) -> None:
        addresses = [(person.refused, {person.email, person.phone}) for person in agency.people]
        for refused, known in [*addresses, (agency.agent_refused, {agency.agent_email})]:
            if address in known and address not in refused:
                refused[address] = at
                if by is not None:
                    self.refused_by[by] = [*self.refused_by.get(by, ()), (refused, address)]

    def _judge_change(self, former: SeenBooking, row: SeenBooking, at: datetime) -> None:
        if row.status == "cancelled_unconfirmed":
            fate = self._fate(former, at)
            if fate.spared_by:
                self.faults.append(f"{row.id} was released although {fate.spared_by}")
        if former.status == "cancelled_unconfirmed":
            since = self.seen[row.id].entries[-2][0]
            if row.status != "confirmed" or row.attendance_confirmed_at is None or row.sequence != former.sequence + 1:
                self.faults.append(f"{row.id} was taken back as {row.status}")
            if at - since > TAKE_BACK or at >= row.start_time:
                self.faults.append(f"{row.id} was taken back too late")

    def _fate(self, row: SeenBooking, at: datetime) -> Fate:
        agency = self.by_id[row.organization_id]
        others = sum(
            one.now.slot_id == row.slot_id and one.now.status in ("confirmed", "offered", "held", "pending_approval")
            for one in (self.seen[booking.id] for booking in agency.bookings)
            if one.entries and one.now.id != row.id
        )
        since = next(when for when, seen in self.seen[row.id].entries if seen.sequence == row.sequence)
        asked = [one for one in self.letters[row.id] if one.asks and one.notice.sequence == row.sequence]
        return fate_of(row, agency, asked, others, since, at)

    def _wrongs(self, letter: Letter, agency: Agency) -> Iterable[str]:
        notice, at = letter.notice, letter.at
        due = self.first_due.setdefault(notice.id, notice.due_at)
        if notice.kind != "agent_day" and notice.start_time is not None and at >= notice.start_time:
            yield "after the start"
        if not due <= at <= due + LATE + GRACE:
            yield "at another time"
        if notice.kind in TRUE_IN and notice.booking_id is not None:
            states = self.seen[notice.booking_id].lately(at)
            if not any(one.sequence == notice.sequence and one.status in TRUE_IN[notice.kind] for one in states):
                yield f"of a booking that was {states[-1].status}"
            if notice.kind == "unanswered" and all(one.attendance_confirmed_at for one in states):
                yield "although it was answered"
            if letter.asks and all(one.attendance_confirmed_at for one in states):
                yield "asks although it was answered"
        plans = agency.plans.lately(at)
        if notice.kind == "reminder" and not any(notice.before_start in (plan.offsets or ()) for plan in plans):
            yield f"{notice.before_start} before, which is not planned"
        if (letter.asks or notice.kind == "unanswered") and not any(one.release and one.may_release for one in plans):
            yield "of a release, which is not planned"
        if letter.asks and notice.booking_id in agency.spared:
            yield "asks about a visit that may not be released"
        if notice.channel not in {channel for plan in plans for channel in plan.channels or ()}:
            yield "by a channel that is not planned"
        yield from unwished(letter, agency)
        yield from self._disturbs(letter, agency)

    def _disturbs(self, letter: Letter, agency: Agency) -> Iterable[str]:
        """Say that a message comes in quiet hours and could have waited, or come earlier."""
        notice = letter.notice
        if agency.plans.now.quiet_hours is None or notice.attempts > 1 or agency.plans.since > notice.happened_at:
            return
        zone = time_zones.zone(agency.zone)
        due = notice.due_at.astimezone(zone)
        if due.time() not in QUIET:
            return
        night_ends = due.replace(hour=8, minute=0) + timedelta(days=due.hour >= 21)
        over_first = notice.start_time is not None and notice.start_time <= night_ends
        waits = notice.kind == "confirmed" and notice.recipient == "agent" and notice.actor_role == "applicant"
        by_app = all(one.notice.kind != "released" for one in self.letters[notice.booking_id])  # no link took it back
        if notice.kind == "reminder" or (waits and by_app and not over_first):
            yield "in quiet hours"

    async def look_back(self, at: datetime) -> None:
        """Say what was sent twice, or not at all."""
        for notice_id, copies in self.accepted.items():
            letter = self.by_message.get(notice_id)
            phone = letter is not None and letter.notice.channel != "email"
            if copies > 1 + (0 if phone else self.doubled[notice_id]):
                self.faults.append(f"{copies} copies of one message{' to a phone' if phone else ''}")
        notices = await self.evidence.notices()
        causes = Counter((one.organization_id, one.cause, one.recipient_id, one.channel) for one in notices)
        self.faults += [f"{cause} twice" for (_, cause, *_), count in causes.items() if count > 1]
        told = {one.cause for one in notices if one.kind == "outcome_unknown"}
        for one in notices:
            if one.state in ("queued", "sending") and one.due_at <= at:
                self.faults.append(f"{one.kind} is {one.state} for ever")
            if one.state in ("sent", "delivered") and one.id not in self.accepted:
                self.faults.append(f"{one.kind} is said to be {one.state}")
            if one.reason == "late" and one.attempts == 0 and self._steady(one.due_at, one.due_at + LATE):
                self.faults.append(f"{one.kind} was late")
            letter = self.by_message.get(one.id)
            if (
                one.state == "unknown"
                and letter
                and f"unknown:{one.id}" not in told
                and letter.at + HOUR < (one.start_time or at)
            ):
                self.faults.append(f"the agent was not told of a {one.kind} without an outcome")
        self._judge_once()
        for change in self._changes():
            self.faults += self._untold(change)

    def _judge_once(self) -> None:
        messages: defaultdict[tuple[object, ...], set[UUID]] = defaultdict(set)
        for letter in (one for letters in self.letters.values() for one in letters if one.notice.kind in ONCE):
            one = letter.notice
            messages[one.kind, one.booking_id, one.sequence, one.before_start, letter.to].add(one.id)
        self.faults += [f"{key[0]} by {len(ids)} messages" for key, ids in messages.items() if len(ids) > 1]

    def _changes(self) -> Iterable[Change]:
        for timeline in self.seen.values():
            entries, former = timeline.entries, None
            for index, (since, now) in enumerate(entries):
                until = entries[index + 1][0] if index + 1 < len(entries) else now.start_time
                if former is None or (former.status, former.sequence) != (now.status, now.sequence):
                    yield Change(since, until, former, now)
                former = now

    def _untold(self, change: Change) -> Iterable[str]:
        """Say what the applicant should have heard of a booking that stayed so for a night, while all was calm."""
        now, agency = change.now, self.by_id[change.now.organization_id]
        person = next(one for one in agency.people if one.id == now.applicant_id)
        kind = TOLD_OF.get(now.status)
        calm = person.calm_since(change.since) and agency.plans.since <= change.since
        if kind is None or not calm or min(change.until, now.start_time) < change.since + A_NIGHT:
            return
        moved = kind == "confirmed" and change.before is not None and change.before.status == "confirmed"
        kind = "moved" if moved else kind
        if self._steady(change.since, change.since + A_NIGHT) and not self._told(now, kind):
            yield f"{kind} was not told of {now.id}"
        if now.status != "confirmed" or change.until < now.start_time:
            return
        for before in agency.plans.now.offsets or ():
            due = now.start_time - before
            steady = due - A_NIGHT > change.since and self._steady(due - A_NIGHT, due + LATE)
            if steady and not self._told(now, "reminder", before):
                yield f"no reminder {before} before {now.id}"

    def _told(self, booking: SeenBooking, kind: str, before: timedelta | None = None) -> bool:
        letters = [one.notice for one in self.letters[booking.id]]
        wanted = (kind, booking.sequence, before, "applicant", "email")
        found = [(one.kind, one.sequence, one.before_start, one.recipient, one.channel) for one in letters]
        return wanted in found or booking.id in self.refused

    def _steady(self, since: datetime, until: datetime) -> bool:
        return not any(began < until and since < ended for began, ended in self.outages)
