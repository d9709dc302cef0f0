"""What is told without asking each rule is what the rules say, however a slot stands."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from booking.domain.people.applicant import Applicant, RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Policy
from booking.domain.refusals import Refusal
from booking.domain.visits import allowed_actions
from booking.domain.visits.allowed_actions import SlotAction
from booking.domain.visits.availability import Availability, Places, Verdict
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.slot_page import SlotPage

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTICE, HORIZON = timedelta(hours=1), timedelta(days=10)
TICK = timedelta(microseconds=1)
STARTS = [edge + off for edge in (timedelta(), NOTICE, HORIZON) for off in (-TICK, timedelta(), TICK)]
HERE = UUID(int=1)


def person(risk: RiskLevel) -> Applicant:
    return Applicant(
        id=UUID(int=2),
        organization_id=HERE,
        external_id=UUID(int=3),
        user_id="ana",
        name="Ana",
        email="ana@example.com",
        risk_level=risk,
        screened_at=AT,
    )


def availabilities() -> Iterator[Availability]:
    policies = [
        Policy(notice_seconds=notice, horizon_days=horizon, max_live_bookings=most, max_live_holds=holds)
        for notice, horizon, most, holds in product((0, 3600), (None, 10), (None, 1), (0, 2))
    ]
    places = [(1, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1), (3, 1, 1, 0), (3, 1, 1, 1), (3, 2, 1, 1)]
    for start, policy, status, (capacity, booked, reserved, waiting) in product(STARTS, policies, SlotStatus, places):
        slot = Slot(
            id=UUID(int=4),
            organization_id=HERE,
            property_id=UUID(int=5),
            agent_id=UUID(int=6),
            start_time=AT + start,
            end_time=AT + start + timedelta(hours=1),
            busy_until=AT + start + timedelta(hours=1),
            capacity=capacity,
            status=status,
            reason=None,
            created_at=AT,
            updated_at=AT,
        )
        yield Availability(
            slot=slot, places=Places(booked=booked, reserved=reserved, waiting=waiting), policy=policy, at=AT
        )


def refused(rules: Sequence[Verdict]) -> Refusal | None:
    return next((verdict.refusal for verdict in rules if verdict.refusal is not None), None)


def refused_by(rule: Callable[[Commitments], object], commitments: Commitments) -> Refusal | None:
    try:
        assert rule(commitments) is None
    except Refusal as refusal:
        return refusal
    return None


@pytest.mark.parametrize("risk", RiskLevel)
def test_whoever_has_nothing_is_told_what_each_rule_says(risk: RiskLevel) -> None:
    commitments, told = Commitments(applicant=person(risk)), set()
    caller = Caller(subject="ana", email=None, agent=None, applicants=(commitments.applicant,))
    for availability in availabilities():
        rules = {
            SlotAction.BOOK: availability.booking_rules(commitments),
            SlotAction.HOLD: availability.hold_rules(commitments),
            SlotAction.JOIN_WAITLIST: availability.waiting_rules(commitments),
        }
        expected = tuple(action for action, verdicts in rules.items() if refused(verdicts) is None)
        assert type(refused_by(availability.book, commitments)) is type(refused(rules[SlotAction.BOOK])), availability
        assert allowed_actions.on_slot(availability, commitments=commitments, manages=False) == expected, availability
        if availability.public:
            assert SlotPage.of([availability]).seen_by(caller, commitments).actions == [expected], availability
        told.add(expected)
    book, hold, join = rules
    assert told == ({()} if risk is RiskLevel.HIGH else {(), (book,), (book, hold), (join,)})
