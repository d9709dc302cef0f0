"""Refusals and standings, in what no other test asks of them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from booking.domain.people.applicant import Applicant, RiskLevel
from booking.domain.refusals import Refusal
from booking.domain.values import replace
from booking.domain.visits.commitments import Commitments


def test_a_refusal_without_a_title_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match="Nameless has no title of its own"):

        class Nameless(Refusal):
            pass


def test_a_standing_is_blank_where_nothing_counts() -> None:
    applicant = Applicant(
        id=uuid4(),
        organization_id=uuid4(),
        external_id=uuid4(),
        user_id=None,
        name="Ada",
        email="ada@example.com",
        risk_level=RiskLevel.LOW,
        screened_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    blank = Commitments(applicant=applicant)
    past = ((uuid4(), datetime(2026, 1, 1, tzinfo=UTC)),)
    assert blank.blank
    assert not replace(blank, past_holds=past).blank
    assert not replace(blank, past_visits=past).blank
