"""Code by which a person proves that a phone is theirs."""

import hashlib
import hmac
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from booking.domain.people.contact import Contact
from booking.domain.people.refusals import PhoneMissing, TooManyPhoneCodes
from booking.domain.rate_limit import Allowance
from booking.domain.values import Value

LIFE = timedelta(minutes=10)
MOST_A_DAY = 5
"""Codes to a person, and to a phone."""
MOST_TRIES = 5
"""Wrong ones, after which a code is no more."""
DAY = timedelta(days=1)
LENGTH = 6  # digits


class PhoneCode(Value, kw_only=True):
    """Code that was sent to a phone, by its digest. `tries`: wrong ones."""

    id: UUID
    phone: str
    digest: bytes
    tries: int = 0

    @classmethod
    def of(cls, id: UUID, phone: str, code: str) -> "PhoneCode":
        return cls(id=id, phone=phone, digest=_digest(id, code))

    def fits(self, code: str) -> bool:
        return hmac.compare_digest(self.digest, _digest(self.id, code))

    def proves(self, contact: Contact, age: timedelta) -> bool:
        """Return whether the code may still prove the phone of this contact."""
        return self.phone == contact.phone and age < LIFE and self.tries < MOST_TRIES


def phone_for_code(contact: Contact, sent: Sequence[datetime], now: datetime) -> str:
    """Return the phone that another code goes to; PhoneMissing, TooManyPhoneCodes.

    `sent`: when the codes of the last day were, to this person or this phone.
    """
    if contact.phone is None:
        raise PhoneMissing
    if len(sent) >= MOST_A_DAY:
        seconds = math.ceil((sorted(sent)[-MOST_A_DAY] + DAY - now).total_seconds())
        raise TooManyPhoneCodes(Allowance("phone codes", MOST_A_DAY, 0, max(1, seconds), int(DAY.total_seconds())))
    return contact.phone


def _digest(id: UUID, code: str) -> bytes:
    return hashlib.sha256(f"{id} {code}".encode()).digest()
