"""Rules of notices: the recipients of an event, and what makes it a notice no more."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from booking.domain.events import Actor, Appointment, Event, EventType, Recorded, Via
from booking.domain.notices.freed_place import FreedPlace, freed_slot
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.notices.plan import DEFAULT_PLAN, NoticePlan, QuietHours
from booking.domain.notices.planner import due_again, notices_of, notices_of_freed_place
from booking.domain.notices.situation import Situation, Visit
from booking.domain.notices.times import DueTime
from booking.domain.people.contact import Channel
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.watch import Hours, Watch
from booking.domain.weekday import Weekday
from booking.time_zones import zone

NOW, HOUR = datetime(2027, 6, 10, 12, tzinfo=UTC), timedelta(hours=1)
ORGANIZATION, AGENT, SLOT, PROPERTY, BOOKING, APPLICANT = (uuid4() for _ in range(6))
VISIT = Visit(
    organization_id=ORGANIZATION,
    booking_id=BOOKING,
    sequence=0,
    status=BookingStatus.CONFIRMED,
    deadline=None,
    slot_id=SLOT,
    property_id=PROPERTY,
    agent_id=AGENT,
    applicant_id=APPLICANT,
    erased=False,
    start_time=NOW + 50 * HOUR,
    end_time=NOW + 51 * HOUR,
)


SITUATION = Situation(at=NOW, subjects={AGENT: "eve"}, zone=UTC, agency_zone=UTC)


def happened(kind: EventType, role: str = "applicant", **details: Any) -> Recorded:
    known: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "actor": Actor(subject="somebody", role=role, request_id=None),
        "from_state": None,
        "to_state": "confirmed",
        "slot_id": SLOT,
        "agent_id": AGENT,
        "property_id": PROPERTY,
        "start_time": VISIT.start_time,
        "end_time": VISIT.end_time,
    }
    return Recorded(id=uuid4(), occurred_at=NOW, event=Event(type=kind, **known | details))


def told(recorded: Recorded, visit: Visit | None = None, plan: NoticePlan = DEFAULT_PLAN) -> list[tuple[str, str]]:
    now = replace(SITUATION, visit=visit, plan=plan, agency_plan=plan)
    return [(str(one.kind), str(one.recipient)) for one in notices_of(recorded, now)]


def booked(kind: EventType = EventType.BOOKING_CONFIRMED, **details: Any) -> Recorded:
    return happened(kind, booking_id=BOOKING, applicant_id=APPLICANT, **details)


ALL = [
    ("confirmed", "applicant"),
    ("confirmed", "agent"),
    ("reminder", "applicant"),
    ("reminder", "applicant"),
    ("agent_day", "agent"),
]


def test_a_confirmed_visit_is_told_of_now_and_before_it_begins() -> None:
    assert told(booked(), VISIT) == ALL
    both = NoticePlan(channels=(Channel.EMAIL, Channel.SMS))
    applicants = [one for one in ALL if one[1] == "applicant"]
    assert sorted(told(booked(), VISIT, both)) == sorted([*ALL, *applicants])
    assert told(booked(), VISIT, NoticePlan(channels=())) == []


def test_a_property_has_channels_of_its_own_but_the_agents_day_is_the_agencys() -> None:
    now = replace(SITUATION, visit=VISIT, plan=NoticePlan(channels=(Channel.SMS,)))
    found = [(one.kind, one.channel) for one in notices_of(booked(), now)]
    assert found == [
        *((kind, Channel.SMS) for kind, role in ALL[:-1] if role == "applicant"),
        (NoticeKind.AGENT_DAY, Channel.EMAIL),
    ]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"status": BookingStatus.CANCELLED_BY_AGENT}, []),
        ({"slot_id": uuid4()}, []),
        ({"erased": True}, [("confirmed", "agent"), ("agent_day", "agent")]),
        ({"start_time": NOW + HOUR}, ALL[:2]),
    ],
)
def test_what_is_no_longer_so_is_not_told(change: dict[str, Any], left: list[tuple[str, str]]) -> None:
    assert told(booked(), replace(VISIT, **change)) == left


def test_what_has_begun_is_not_told() -> None:
    assert told(booked(start_time=NOW), replace(VISIT, start_time=NOW)) == []
    assert told(booked()) == []


@pytest.mark.parametrize(
    ("lasting", "kinds"),
    [(HOUR, ["offer_made", "offer_ending"]), (HOUR / 4, ["offer_made"]), (None, ["offer_made"])],
)
def test_a_short_offer_is_told_of_once(lasting: timedelta | None, kinds: list[str]) -> None:
    offered = replace(VISIT, status=BookingStatus.OFFERED, deadline=NOW + lasting if lasting else None)
    made = booked(EventType.WAITLIST_OFFERED, role="system")
    assert told(made, offered) == [(kind, "applicant") for kind in kinds]
    assert told(made, replace(offered, erased=True)) == []


def test_who_waited_until_the_slot_was_cancelled_is_told_and_nobody_else_whose_waiting_ended() -> None:
    ended = happened(EventType.WAITLIST_SKIPPED, role="system", to_state="skipped", applicant_id=APPLICANT)
    assert [
        (one.kind, one.recipient_id, one.slot_id) for one in notices_of(ended, replace(SITUATION, in_vain=True))
    ] == [(NoticeKind.WAITLIST_CLOSED, APPLICANT, SLOT)]
    assert notices_of(ended, SITUATION) == []


def test_an_organizations_address_is_told_of_what_none_of_its_agents_did() -> None:
    withdrawn = EventType.SLOT_CANCELLED
    assert told(happened(withdrawn, role="ingestion")) == [
        ("slots_withdrawn", "agent"),
        ("slots_withdrawn", "organization"),
    ]
    assert told(happened(withdrawn, role="admin")) == [("slots_withdrawn", "agent")]
    failing = happened(
        EventType.WEBHOOK_ENDPOINT_FAILING,
        role="system",
        endpoint_id=uuid4(),
        **dict.fromkeys(("slot_id", "agent_id", "property_id", "start_time", "end_time")),
    )
    assert told(failing) == [("webhook_failing", "organization")]


def test_a_skipped_slot_is_told_of_with_the_others_of_its_minutes_by_the_agencys_plan() -> None:
    """Not by that of its property, whose quiet hours these are."""
    quiet = NoticePlan(quiet_hours=QuietHours(since=time(9), until=time(18)))
    at = [NOW + minutes * HOUR / 60 for minutes in (0, 4.9, 5)]
    skipped = [replace(happened(EventType.SCHEDULE_SLOT_SKIPPED, "system"), occurred_at=one) for one in at]
    made = [notice for one in skipped for notice in notices_of(one, replace(SITUATION, plan=quiet))]
    first, last = NOW + HOUR / 12, NOW + HOUR / 6
    assert [(one.due_at, one.property_id) for one in made] == [(first, None), (first, None), (last, None)]
    assert len({one.id for one in made}) == 2


def test_an_event_that_nobody_is_told_of_makes_nothing() -> None:
    assert told(happened(EventType.SLOT_CREATED)) == []
    assert told(happened(EventType.HOLD_LAPSED), replace(VISIT, status=BookingStatus.LAPSED)) == []


def test_one_id_stands_for_a_cause_a_recipient_and_a_channel() -> None:
    recorded, now = booked(), replace(SITUATION, visit=VISIT)
    first, again = ([one.id for one in notices_of(recorded, now)] for _ in range(2))
    assert first == again
    assert len(set(first)) == len(first) == len(ALL)
    by_sms = [one.by(Channel.SMS).id for one in notices_of(recorded, now)]
    assert not set(first) & set(by_sms)


def test_an_act_by_a_link_is_told_at_once_to_both_also_at_night() -> None:
    quiet = NoticePlan(quiet_hours=QuietHours(since=time(0), until=time(23, 59)))
    now = replace(SITUATION, visit=VISIT, plan=quiet, agency_plan=quiet)
    recorded = booked()
    by_link = replace(
        recorded,
        event=replace(recorded.event, actor=Actor(subject=None, role="applicant", request_id=None, via=Via.LINK)),
    )
    due = {
        (one.recipient, one.due_at == recorded.occurred_at)
        for one in notices_of(by_link, now)
        if one.kind is NoticeKind.CONFIRMED
    }
    assert due == {(Recipient.APPLICANT, True), (Recipient.AGENT, True)}


PLACE = FreedPlace(
    organization_id=ORGANIZATION,
    event_id=uuid4(),
    slot_id=SLOT,
    property_id=PROPERTY,
    agent_id=AGENT,
    start_time=datetime(2027, 6, 12, 23, tzinfo=UTC),  # a Saturday, and a Sunday in Berlin
    end_time=datetime(2027, 6, 13, tzinfo=UTC),
    given_up_by=None,
    happened_at=NOW,
)


def watch(since: datetime, until: datetime, *weekdays: Weekday) -> Watch:
    hours = Hours(since=since, until=until, weekdays=weekdays or tuple(Weekday))
    return Watch(
        organization_id=ORGANIZATION,
        property_id=PROPERTY,
        applicant_id=uuid4(),
        hours=hours,
        created_at=NOW,
        updated_at=NOW,
    )


def test_watchers_whom_the_start_fits_are_told_one_after_the_other_when_quiet_hours_end() -> None:
    start = PLACE.start_time
    first, last = watch(start, start + HOUR), watch(NOW, start + HOUR, Weekday.SU)
    others = [watch(start + HOUR, start + 2 * HOUR), watch(NOW, start), watch(NOW, start + HOUR, Weekday.SA)]
    now = replace(
        SITUATION, zone=zone("Europe/Berlin"), plan=NoticePlan(quiet_hours=QuietHours(since=time(13), until=time(18)))
    )
    made = notices_of_freed_place(PLACE, [first, *others, last], now)
    assert [(one.recipient_id, one.kind, one.cause) for one in made] == [
        (one.applicant_id, NoticeKind.PLACE_FREED, f"freed:{PLACE.event_id}") for one in (first, last)
    ]
    assert made[0].due_at == NOW + 4 * HOUR < made[1].due_at < made[0].due_at + timedelta(seconds=1)
    assert notices_of_freed_place(PLACE, [first], replace(now, at=start)) == ()


@pytest.mark.parametrize(
    ("kind", "details", "freed"),
    [
        (EventType.SLOT_CREATED, {}, True),
        (EventType.SLOT_MOVED, {}, True),
        (EventType.SLOT_CAPACITY_CHANGED, {"from_state": "9", "to_state": "10"}, True),
        (EventType.SLOT_CAPACITY_CHANGED, {"from_state": "10", "to_state": "9"}, False),
        (EventType.HOLD_RELEASED, {}, True),
        (EventType.HOLD_LAPSED, {}, True),
        (EventType.BOOKING_CANCELLED, {}, True),
        (EventType.BOOKING_DECLINED, {}, True),
        (EventType.BOOKING_EXPIRED, {}, True),
        (EventType.BOOKING_CONFIRMED, {}, False),
        (EventType.BOOKING_RESCHEDULED, {}, False),  # of a release that did not say from where
        (EventType.SLOT_CANCELLED, {}, False),
    ],
)
def test_a_place_may_be_free_in_the_slot_of_such_an_event(kind: EventType, details: Any, freed: bool) -> None:
    assert freed_slot(happened(kind, **details).event) == (SLOT if freed else None)


def test_a_move_may_free_the_place_that_was_left() -> None:
    left = Appointment(slot_id=uuid4(), property_id=PROPERTY, agent_id=AGENT, start_time=NOW, end_time=VISIT.end_time)
    assert freed_slot(booked(EventType.BOOKING_RESCHEDULED, moved_from=left).event) == left.slot_id


def test_a_request_that_would_have_ended_by_the_end_of_quiet_hours_is_told_of_at_once() -> None:
    quiet = NoticePlan(quiet_hours=QuietHours(since=time(11), until=time(15)))
    asked = booked(EventType.BOOKING_REQUESTED)
    due = {}
    for hours in (2, 4):
        visit = replace(VISIT, status=BookingStatus.PENDING_APPROVAL, deadline=NOW + hours * HOUR)
        now = replace(SITUATION, visit=visit, plan=quiet)
        due[hours] = {one.recipient: one.due_at - NOW for one in notices_of(asked, now)}
    own = {Recipient.APPLICANT: 0 * HOUR}
    assert due == {2: own | {Recipient.AGENT: 0 * HOUR}, 4: own | {Recipient.AGENT: 3 * HOUR}}
    assert due_again(replace(SITUATION, plan=quiet), NOW, VISIT.start_time, NOW + 2 * HOUR) == DueTime(
        at=NOW, not_after=NOW + 2 * HOUR
    )
