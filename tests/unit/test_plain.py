"""What is told without asking each rule is what the rules say, however a slot stands."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from booking.domain import actions
from booking.domain.actions import SlotAction
from booking.domain.applicant import Applicant, RiskLevel
from booking.domain.caller import Caller
from booking.domain.errors import Refusal
from booking.domain.listing import Listing
from booking.domain.opening import Opening, Places, Verdict
from booking.domain.policy import Policy
from booking.domain.slot import Slot, SlotStatus
from booking.domain.standing import Standing

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


def openings() -> Iterator[Opening]:
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
        yield Opening(slot=slot, places=Places(booked=booked, reserved=reserved, waiting=waiting), policy=policy, at=AT)


def refused(rules: Sequence[Verdict]) -> Refusal | None:
    return next((verdict.refusal for verdict in rules if verdict.refusal is not None), None)


def refused_by(rule: Callable[[Standing], object], standing: Standing) -> Refusal | None:
    try:
        assert rule(standing) is None
    except Refusal as refusal:
        return refusal
    return None


@pytest.mark.parametrize("risk", RiskLevel)
def test_whoever_has_nothing_is_told_what_each_rule_says(risk: RiskLevel) -> None:
    standing, told = Standing(applicant=person(risk)), set()
    caller = Caller(subject="ana", email=None, agent=None, applicants=(standing.applicant,))
    for opening in openings():
        rules = {
            SlotAction.BOOK: opening.booking_rules(standing),
            SlotAction.HOLD: opening.hold_rules(standing),
            SlotAction.JOIN_WAITLIST: opening.waiting_rules(standing),
        }
        expected = tuple(action for action, verdicts in rules.items() if refused(verdicts) is None)
        assert type(refused_by(opening.book, standing)) is type(refused(rules[SlotAction.BOOK])), opening
        assert actions.on_slot(opening, standing=standing, manages=False) == expected, opening
        if opening.public:
            assert actions.on_listed(Listing.of([opening]), caller, standing) == [expected], opening
        told.add(expected)
    book, hold, join = rules
    assert told == ({()} if risk is RiskLevel.HIGH else {(), (book,), (book, hold), (join,)})
