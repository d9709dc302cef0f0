"""Outcomes of e-mails that were not accepted."""

import pytest

from booking.domain.notices.email import MailFailed, MailFault, MailRefused


@pytest.mark.parametrize(
    "outcome", [MailRefused(MailFault.ADDRESS_REFUSED), MailFailed(MailFault.DEFERRED)], ids=["refused", "failed"]
)
def test_an_outcome_says_its_fault_and_nothing_else(outcome: MailRefused | MailFailed) -> None:
    assert str(outcome) == outcome.fault.value
