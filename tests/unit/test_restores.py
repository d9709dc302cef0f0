"""Marks of restores: what they excuse, and whom they believe."""

from datetime import UTC, datetime

import pytest

from booking.domain.audit import Seal
from booking.domain.restore import is_genuine, mark
from booking.domain.values import replace

SECRET, FORMER = b"s" * 32, b"f" * 32
AT = datetime(2026, 12, 1, 3, 12, tzinfo=UTC)
SEAL = Seal(number=7, first=61, last=70, content=b"c" * 32, digest=b"d" * 32, sealed_at=AT, key_id="k" * 16)


def test_a_restore_took_back_the_seals_between_the_backup_s_last_and_the_log_s_last() -> None:
    made = mark(SECRET, 1, SEAL, 9, at=AT)
    assert [number for number in range(5, 12) if made.took_back(number)] == [8, 9]
    assert not mark(SECRET, 1, SEAL, 0, at=AT).took_back(8), "whoever names no head of the log excuses nothing"
    assert mark(SECRET, 1, None, 2, at=AT).took_back(1), "of a backup from before the first seal"


@pytest.mark.parametrize("at_seal", [SEAL, None], ids=["after a seal", "before any"])
def test_a_mark_is_believed_by_any_secret_of_the_audit_and_by_no_other(at_seal: Seal | None) -> None:
    made = mark(FORMER, 1, at_seal, 9, at=AT)
    assert is_genuine(made, [SECRET, FORMER], at_seal)
    assert not is_genuine(made, [SECRET], at_seal)
    assert not is_genuine(replace(made, key_id=mark(SECRET, 1, at_seal, 9, at=AT).key_id), [SECRET], at_seal)


def test_a_mark_that_was_changed_or_stands_after_another_seal_is_not_genuine() -> None:
    made = mark(SECRET, 1, SEAL, 9, at=AT)
    for changed in (
        replace(made, number=2),
        replace(made, lost=10),
        replace(made, marked_at=AT.replace(day=2)),
        replace(made, digest=b"x" * 32),
    ):
        assert not is_genuine(changed, [SECRET], SEAL)
    assert not is_genuine(made, [SECRET], replace(SEAL, digest=b"e" * 32))
    assert not is_genuine(made, [SECRET], replace(SEAL, number=8))
    assert not is_genuine(made, [SECRET], None)
