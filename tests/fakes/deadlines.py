"""Deadlines of answers in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from booking.domain.notices.deadline import READ, AnswerDeadline
from booking.domain.notices.notice import Notice, NoticeKind, NoticeState
from tests.fakes.notices import in_its_state
from tests.fakes.state import NoticeRow, State


@dataclass(frozen=True, slots=True)
class MemoryDeadlines:
    state: State

    async def passed(self, most: int) -> Sequence[AnswerDeadline]:
        found = {}
        for row in self._held():
            notice = row.notice
            assert notice.slot_id
            assert notice.booking_id
            assert notice.sequence is not None
            found[notice.organization_id, notice.booking_id, notice.sequence] = AnswerDeadline(
                slot=(notice.organization_id, notice.slot_id),
                booking_id=notice.booking_id,
                sequence=notice.sequence,
                asked=self._asked(row),
            )
        return [*found.values()][:most]

    async def let_go(self, visit: AnswerDeadline) -> None:
        for row in self._held():
            if (row.notice.booking_id, row.notice.sequence) == (visit.booking_id, visit.sequence):
                row.held = False

    def _held(self) -> Iterable[NoticeRow]:
        now = self.state.clock()
        rows = self.state.notices.values()
        return [row for row in rows if row.held and row.state is NoticeState.QUEUED and row.due_at < now]

    def _asked(self, deadline: NoticeRow) -> bool:
        notice = deadline.notice
        release = self.state.notice_plan(notice.organization_id, notice.property_id).release
        if release is None or release.before != notice.before_start or not in_its_state(self.state, notice):
            return False
        return any(
            self._arrived(row, deadline, trust_sent=release.trust_sent) and self._usable(row.notice)
            for row in self.state.notices.values()
            if row.notice.kind is NoticeKind.REMINDER
            and (row.notice.booking_id, row.notice.sequence) == (notice.booking_id, notice.sequence)
        )

    def _arrived(self, row: NoticeRow, deadline: NoticeRow, *, trust_sent: bool) -> bool:
        if row.answer_by is None or row.answer_by > self.state.clock():
            return False
        known = row.attempted_at if trust_sent else row.ended_at
        states = (NoticeState.SENT, NoticeState.DELIVERED) if trust_sent else (NoticeState.DELIVERED,)
        return row.state in states and known is not None and known <= deadline.due_at - READ

    def _usable(self, notice: Notice) -> bool:
        contact = self.state.contacts.get((notice.organization_id, notice.recipient_id))
        wanted = contact is None or contact.channels is None or notice.channel in contact.channels
        address = self.state.address_of(notice)
        key = notice.organization_id, notice.channel, (address or "").lower()
        refused = key in self.state.suppressions | self.state.stopped
        return wanted and address is not None and not (refused or self.state.unsubscribed(notice))
