"""Actions told without asking each rule are those that the rules allow, however a slot stands."""

from collections.abc import Callable, Iterator
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
from booking.domain.opening import Opening, Places
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


def allowed(rule: Callable[[Standing], object], standing: Standing) -> bool:
    try:
        rule(standing)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("risk", RiskLevel)
def test_whoever_has_nothing_is_told_what_each_rule_allows(risk: RiskLevel) -> None:
    standing, told = Standing(applicant=person(risk)), set()
    caller = Caller(subject="ana", email=None, agent=None, applicants=(standing.applicant,))
    for opening in openings():
        rules = {
            SlotAction.BOOK: opening.book,
            SlotAction.HOLD: opening.hold,
            SlotAction.JOIN_WAITLIST: opening.join,
        }
        expected = tuple(action for action, rule in rules.items() if allowed(rule, standing))
        assert actions.on_slot(opening, standing=standing, manages=False) == expected, opening
        if opening.public:
            assert actions.on_listed(Listing.of([opening]), caller, standing) == [expected], opening
        told.add(expected)
    book, hold, join = rules
    assert told == ({()} if risk is RiskLevel.HIGH else {(), (book,), (book, hold), (join,)})
