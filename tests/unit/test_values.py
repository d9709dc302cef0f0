"""Values stay as they were made, and only fields that they have can be replaced."""

from datetime import UTC, datetime
from typing import Any

import pytest

from booking.domain.people.applicant import RiskLevel
from booking.domain.properties.policy import Policy
from booking.domain.values import Value, derived, replace
from tests.builders import HOUR, claims

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


class Sum(Value, kw_only=True, dict=True):
    one: int = 0
    other: int

    @derived
    def total(self) -> int:
        return self.one + self.other


def test_a_value_cannot_be_changed() -> None:
    policy: Any = Policy()
    with pytest.raises(AttributeError):
        policy.notice_seconds = 99
    assert policy == Policy()


def test_a_value_has_no_fields_but_its_own() -> None:
    unknown: Any = {"notice_secondz": 5}
    with pytest.raises(TypeError):
        replace(Policy(), **unknown)
    with pytest.raises(TypeError):
        Policy(**unknown)


def test_a_value_is_made_by_the_names_of_its_fields() -> None:
    kind: Any = Sum
    with pytest.raises(TypeError):
        kind(1, 2)


def test_what_was_derived_is_derived_anew_after_a_replacement_and_makes_no_difference() -> None:
    first = Sum(one=1, other=2)
    assert first.total == 3
    assert replace(first, other=5).total == 6
    assert first == Sum(one=1, other=2)
    assert hash(first) == hash(Sum(one=1, other=2))


def test_tokens_that_say_the_same_are_equal_whenever_they_were_issued() -> None:
    first, later = claims("ada", issued_at=NOON), claims("ada", issued_at=NOON + HOUR)
    assert first == later
    assert hash(first) == hash(later)
    assert first != claims("bob", issued_at=NOON)


def test_values_are_equal_by_their_fields_and_their_kind() -> None:
    assert Policy(approval_levels=(RiskLevel.LOW,)) == Policy(approval_levels=(RiskLevel.LOW,))
    assert Policy() != Policy(notice_seconds=1)
