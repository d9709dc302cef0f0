"""Notices of a booking over HTTP."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.notices.notice import NoticeKind, NoticeRecord, NoticeState, Recipient
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel
from booking.domain.people.refusals import WrongRole
from booking.domain.visits.refusals import BookingNotFound
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.wire import Instant, Output
from booking.service.notices.notices import NoticeService


class Notice(Output):
    """Notice without name and address: its recipient is a role."""

    id: UUID
    kind: NoticeKind
    recipient: Recipient
    channel: Channel
    sequence: int
    state: NoticeState
    reason: str | None
    attempts: int
    due_at: Instant
    attempted_at: Instant | None
    ended_at: Instant | None
    created_at: Instant


class NoticeList(Output):
    notices: list[Notice]


@get(
    "/bookings/{booking_id:str}/notices",
    operation_id="listBookingNotices",
    guards=[agents_only, no_parameters],
    opt={"refuses": (WrongRole, BookingNotFound)},
)
async def list_booking_notices(
    booking_id: FromPath[str], caller: NamedDependency[Caller], notices: NamedDependency[NoticeService]
) -> NoticeList:
    found = await notices.of_booking(caller, read_id(booking_id, BookingNotFound))
    return NoticeList(notices=[_shown(one) for one in found])


routes = (list_booking_notices,)


def _shown(one: NoticeRecord) -> Notice:
    return Notice(
        id=one.id,
        kind=one.kind,
        recipient=one.recipient,
        channel=one.channel,
        sequence=one.sequence,
        state=one.state,
        reason=one.reason,
        attempts=one.attempts,
        due_at=one.due_at,
        attempted_at=one.attempted_at,
        ended_at=one.ended_at,
        created_at=one.created_at,
    )
