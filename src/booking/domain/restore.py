"""Restores from a backup: marks, under the audit's secret, of the seals that they have taken back."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from booking.domain.audit import START, Seal, key_id_of
from booking.domain.values import Value

PURPOSE = b"booking restore"


class Restore(Value, kw_only=True):
    """Mark of a restore. The backup ended with `seal`, and the log tells of seals up to `lost`: those between are gone.

    The chain goes on after `seal`; its next seals have the numbers of those that are gone.
    """

    number: int
    seal: int
    lost: int
    marked_at: datetime
    key_id: str
    digest: bytes

    def took_back(self, seal: int) -> bool:
        """Return whether a seal that the log tells of was lost by this restore."""
        return self.seal < seal <= self.lost


def mark(secret: bytes, number: int, newest: Seal | None, lost: int, *, at: datetime) -> Restore:
    """Mark a restore, after which `newest` is the last seal; the log tells of seals up to `lost`."""
    seal, key_id = newest.number if newest else 0, key_id_of(secret)
    lost = max(seal, lost)
    digest = _digest(secret, newest, number, lost, at)
    return Restore(number=number, seal=seal, lost=lost, marked_at=at, key_id=key_id, digest=digest)


def is_genuine(restore: Restore, secrets: Sequence[bytes], at_seal: Seal | None) -> bool:
    """Return whether who made the mark had a secret of the audit; `at_seal` is the seal after which it was made."""
    if restore.seal != (at_seal.number if at_seal else 0):
        return False
    expected = [
        _digest(secret, at_seal, restore.number, restore.lost, restore.marked_at)
        for secret in secrets
        if key_id_of(secret) == restore.key_id
    ]
    return any(hmac.compare_digest(one, restore.digest) for one in expected)


def _digest(secret: bytes, newest: Seal | None, number: int, lost: int, at: datetime) -> bytes:
    seal, previous = (newest.number, newest.digest) if newest else (0, START)
    header = f"{number}:{seal}:{lost}:{at.astimezone(UTC).isoformat()}".encode()
    return hmac.new(secret, PURPOSE + previous + header, hashlib.sha256).digest()
