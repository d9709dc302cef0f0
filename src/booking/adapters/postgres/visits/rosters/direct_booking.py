"""Direct booking: one statement, which is a transaction by itself, books if no rule can refuse.

Its conditions stand in sql/bookings.sql. Other claims are decided by the domain under locks (rosters/locks.py).
Simultaneous changes by others run into the constraints: then nothing of it is written.
"""

from collections.abc import Mapping, Sequence

from booking.adapters.ids import new_id
from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Fetch
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.people.rows import applicant_from
from booking.adapters.postgres.visits.rosters.claim_queue import Claimed, QueuedClaim
from booking.adapters.postgres.visits.rosters.rows import empty_from
from booking.domain.authority import ApplicantRight
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.place_request import BookPlace

BOOK_DIRECTLY = sql.query(
    "bookings",
    "book_directly",
    (
        *("organization_id", "slot_id", "applicant_id", "login", "booking_id", "notes", "party_size", "event_id"),
        "request_id",
    ),
)


async def book_directly(fetch: Fetch, requests: Sequence[QueuedClaim]) -> Mapping[QueuedClaim, Claimed]:
    """Book directly, for different slots and people; return the claims that no rule could refuse."""
    rows = await fetch(BOOK_DIRECTLY, *zip(*map(_inputs, requests), strict=True))
    return {(request := requests[row.number - 1]): _claimed(row, request) for row in rows}


def _inputs(request: QueuedClaim) -> tuple[object, ...]:
    (_, applicant_id), wanted = request.person, request.wanted
    assert isinstance(wanted, BookPlace)
    said = wanted.notes, wanted.party_size
    return (*request.slot, applicant_id, request.by.subject, new_id(), *said, new_id(), request.by.request_id)


def _claimed(row: Row, request: QueuedClaim) -> Claimed:
    assert isinstance(request.wanted, BookPlace)
    assert isinstance(request.by, ApplicantRight)
    applicant = applicant_from(row)
    empty = empty_from(row, request.by.granted(applicant.user_id), new_id=lambda: row.booking_id)
    wanted = request.wanted
    roster = empty.claimed(None, applicant, BookingStatus.CONFIRMED, None, wanted.notes, party_size=wanted.party_size)
    return roster, Commitments(applicant=applicant)
