"""Rules of notices: the recipients of an event, and what makes it a notice no more."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from booking.domain.events import Actor, Event, EventType, Recorded, Via
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.notices.plan import DEFAULT_PLAN, NoticePlan, QuietHours
from booking.domain.notices.planner import Situation, Visit, notices_of
from booking.domain.people.contact import Channel
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus

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
