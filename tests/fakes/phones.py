"""Codes that prove phones in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from booking.domain.authority import ApplicantRight
from booking.domain.notices.answer import Answer, Meaning
from booking.domain.notices.notice import NoticeState
from booking.domain.notices.paid import granted, none_left
from booking.domain.notices.refusals import PhoneStopped
from booking.domain.people.contact import Channel, Contact
from booking.domain.people.phone_code import DAY, MOST_TRIES, PhoneCode, phone_for_code
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus
from booking.service.notices.answers import AskedVisit
from booking.service.notices.phones import NewCode, Recipient
from booking.service.ports import Lease
from tests.fakes.contacts import MemoryContacts
from tests.fakes.state import State

ASKED = {NoticeState.SENDING, NoticeState.SENT, NoticeState.DELIVERED, NoticeState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class MemoryPhones:
    state: State

    async def issue(self, code: NewCode, rights: Sequence[ApplicantRight]) -> Recipient:
        contacts = MemoryContacts(self.state)
        keys, now = contacts.standing(rights), self.state.clock()
        contact, said_in = await contacts.newest(keys), contacts.said_in(keys)
        sent = [
            at
            for key, one, at in self.state.phone_codes
            if (key in keys or one.phone == contact.phone) and now - at < DAY
        ]
        phone = phone_for_code(contact, sent, now)
        if self.stopped(said_in[0], code.channel, phone):
            raise PhoneStopped
        if not self.pay(said_in[0], 1, code.cap):
            self.state.paid_messages[said_in[0], now.date()] -= 1
            midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
            raise none_left(code.cap, (midnight - now).total_seconds())
        self.state.phone_codes.append((said_in, PhoneCode.of(code.id, phone, code.code), now))
        agency = self.state.organizations.get(said_in[0])
        return Recipient(phone, (contact.locale, agency.locale if agency else None))

    async def prove(self, code: str, rights: Sequence[ApplicantRight]) -> Contact | None:
        contacts = MemoryContacts(self.state)
        keys = contacts.standing(rights)
        contact = await contacts.newest(keys)
        own = [place for place, (key, _, _) in enumerate(self.state.phone_codes) if key in keys]
        if not own:
            return None
        key, given, at = self.state.phone_codes[own[-1]]
        if not given.proves(contact, self.state.clock() - at):
            return None
        fits = given.fits(code)
        tried = replace(given, tries=MOST_TRIES if fits else given.tries + 1)
        self.state.phone_codes[own[-1]] = key, tried, at
        if not fits:
            return None
        for organization_id, _ in keys:
            for channel in (Channel.SMS, Channel.WHATSAPP):
                self.state.suppressions.discard((organization_id, channel, given.phone))
        return contacts.save(contact.proved(), keys)

    async def forget(self, lease: Lease) -> int:
        before, now = len(self.state.phone_codes), self.state.clock()
        self.state.phone_codes = [one for one in self.state.phone_codes if now - one[2] < DAY]
        return before - len(self.state.phone_codes)

    def stopped(self, organization_id: UUID, channel: Channel, phone: str) -> bool:
        return (organization_id, channel, phone) in self.state.stopped

    def pay(self, organization_id: UUID, count: int, cap: int) -> int:
        day = organization_id, self.state.clock().date()
        self.state.paid_messages[day] += count
        return granted(count, used=self.state.paid_messages[day], cap=cap)


@dataclass(frozen=True, slots=True)
class MemoryAnswersOfPhones:
    state: State

    async def save(self, answer: Answer) -> int:
        known = [key for key, one in self.state.contacts.items() if one.phone == answer.phone]
        noted = [key for key in known if self.state.wrote_at.get(key, answer.at) <= answer.at]
        for key in noted:
            self.state.wrote_at[key] = answer.at
            stop = key[0], answer.channel, answer.phone
            if answer.meaning is Meaning.STOP:
                self.state.stopped.add(stop)
            elif answer.meaning is Meaning.START:
                self.state.stopped.discard(stop)
        return len(noted)

    async def asked(self, answer: Answer) -> Sequence[AskedVisit]:
        found = {}
        for row in self.state.notices.values():
            notice = row.notice
            booking = (
                self.state.bookings.get((notice.organization_id, notice.booking_id)) if notice.booking_id else None
            )
            if booking is None or row.answer_by is None or row.state not in ASKED or row.attempted_at is None:
                continue
            same = (notice.channel, self.state.address_of(notice)) == (answer.channel, answer.phone)
            live = booking.status is BookingStatus.CONFIRMED
            back = booking.returnable_until is not None and self.state.clock() < booking.returnable_until
            open_still = booking.sequence == notice.sequence and (live or back)
            before = row.attempted_at.replace(microsecond=0) <= answer.at
            about = before if answer.about is None else answer.about == row.provider_id
            comes = booking.attendance_confirmed_at is None and booking.start_time > self.state.clock()
            person = self.state.applicant(booking)
            if same and open_still and about and comes and person.eligible:
                found[booking.id] = AskedVisit(
                    booking_id=booking.id, sequence=booking.sequence, applicant=person, released=not live
                )
        return [*found.values()]
