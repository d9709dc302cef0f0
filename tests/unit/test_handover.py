"""Outcomes of e-mails that were not accepted."""

import pytest

from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused


@pytest.mark.parametrize(
    "outcome",
    [HandoverRefused(HandoverFault.ADDRESS_REFUSED), HandoverFailed(HandoverFault.DEFERRED)],
    ids=["refused", "failed"],
)
def test_an_outcome_says_its_fault_and_nothing_else(outcome: HandoverRefused | HandoverFailed) -> None:
    assert str(outcome) == outcome.fault.value
