"""Cursors are taken back by the list that gave them, and by no other."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.paging import Paging, Position
from booking.domain.people.caller import Caller, Side
from booking.domain.refusals import InvalidCursor
from booking.entrypoints.http.cursors import LAYOUT, PLACE, cursor_after, cursor_of, paging_of, place_of
from booking.entrypoints.http.routes.audit import AuditQuery
from booking.entrypoints.http.routes.visits.bookings import BookingQuery
from booking.entrypoints.http.routes.visits.slots import SlotQuery
from booking.entrypoints.http.wire import PageQuery

END = Position(datetime(2026, 12, 1, 9, tzinfo=UTC), UUID(int=7))
HERE, THERE = uuid4(), uuid4()


def caller(subject: str = "ana") -> Caller:
    return Caller(subject=subject, email=None, agent=None, applicants=())


def test_a_cursor_is_taken_back_by_its_list_whatever_the_limit() -> None:
    query = BookingQuery(status=("confirmed",), property_id=HERE, limit=5)
    cursor = cursor_of(END, query, caller())
    again = BookingQuery(status=("confirmed",), property_id=HERE, limit=9, cursor=cursor)
    assert paging_of(again, caller()) == Paging(after=END, limit=9)
    assert cursor_of(None, query, caller()) is None


def test_it_is_taken_back_in_whatever_order_a_filter_names_its_values_and_whether_or_not_they_are_counted() -> None:
    query = BookingQuery(status=("confirmed", "declined"), counted=("total",))
    again = BookingQuery(status=("declined", "confirmed"), cursor=cursor_of(END, query, caller()))
    assert paging_of(again, caller()).after == END


@pytest.mark.parametrize(
    "other",
    [
        {"property_id": THERE},
        {"status": ("confirmed", "declined")},
        {"side": Side.APPLICANT},
        {"sort": "-start"},
        {"since": END.start_time},
    ],
)
def test_with_other_filters_it_is_refused(other: dict[str, Any]) -> None:
    filters: dict[str, Any] = {"status": ("confirmed",), "property_id": HERE}
    cursor = cursor_of(END, BookingQuery(**filters), caller())
    with pytest.raises(InvalidCursor, match="the cursor goes with another list, or with other filters"):
        paging_of(BookingQuery(**(filters | other), cursor=cursor), caller())


def test_at_another_list_for_another_person_and_at_another_property_it_is_refused() -> None:
    cursor = cursor_of(END, PageQuery(), caller(), HERE)
    assert paging_of(PageQuery(cursor=cursor), caller(), HERE).after == END
    for query, who, path in (
        (SlotQuery(cursor=cursor), caller(), HERE),
        (PageQuery(cursor=cursor), caller("ben"), HERE),
        (PageQuery(cursor=cursor), caller(), THERE),
    ):
        with pytest.raises(InvalidCursor):
            paging_of(query, who, path)


def test_the_audit_s_are_bound_likewise() -> None:
    cursor = cursor_after(41, AuditQuery(type=EventType.SLOT_CREATED), caller())
    assert place_of(AuditQuery(type=EventType.SLOT_CREATED, cursor=cursor), caller()) == 41
    with pytest.raises(InvalidCursor):
        place_of(AuditQuery(cursor=cursor), caller())


def test_those_of_the_release_before_are_taken() -> None:
    microseconds = int(END.start_time.timestamp() * 1_000_000)
    former = urlsafe_b64encode(LAYOUT.pack(microseconds, END.id.bytes)).decode()
    assert paging_of(BookingQuery(cursor=former), caller()).after == END
    assert place_of(AuditQuery(cursor=urlsafe_b64encode(PLACE.pack(41)).decode()), caller()) == 41
