"""Applicants, and the screenings that let them in or keep them out."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from unicodedata import category
from uuid import UUID

from booking.domain.values import Value, replace

LONGEST_NAME = 200  # characters
LONGEST_EMAIL = 320  # characters

UNNAMED = "unnamed"
"""Name of an applicant without a usable one."""

RESERVED = ".invalid"
"""End of addresses that no login can have (RFC 2606)."""

NOWHERE = "@unusable" + RESERVED


class RiskLevel(StrEnum):
    """Closed list, from mild to strict. An event with any other level is malformed."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"

    @property
    def strictness(self) -> int:
        return tuple(RiskLevel).index(self)


class Eligibility(StrEnum):
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"


class Screening(Value, kw_only=True):
    """Finding of the screening service. `external_id` is its id of the person, `screened_at` its time.

    `name`, `email`, `phone` and `locale` are None if nothing of them can be used: the risk counts all the same.
    """

    organization_id: UUID
    external_id: UUID
    name: str | None
    email: str | None
    risk_level: RiskLevel
    screened_at: datetime | None
    sent_at: datetime
    phone: str | None = None
    locale: str | None = None

    def counted_from(self, at: datetime) -> datetime:
        """Return the instant from which this screening counts: its own time, or else the time it was sent.

        A time in the future counts as now. Why "now" is the time of sending: it stays the same in a repeated delivery,
        so that a repetition never overtakes a newer screening.
        """
        if self.screened_at is not None and self.screened_at <= at:
            return self.screened_at
        return min(self.sent_at, at)


class Applicant(Value, kw_only=True):
    id: UUID
    organization_id: UUID
    external_id: UUID
    user_id: str | None
    name: str
    email: str
    risk_level: RiskLevel
    screened_at: datetime
    erased: bool = False

    @property
    def eligibility(self) -> Eligibility:
        return Eligibility.ELIGIBLE if self.eligible else Eligibility.INELIGIBLE

    @property
    def eligible(self) -> bool:
        return self.risk_level is not RiskLevel.HIGH

    @classmethod
    def first_screened(cls, screening: Screening, *, id: UUID, at: datetime) -> "Applicant":
        """Make an applicant from a first screening. Without a usable email they stay out, under an address that no
        login can have.
        """
        email = screening.email or f"{id}{NOWHERE}"
        return cls(
            id=id,
            organization_id=screening.organization_id,
            external_id=screening.external_id,
            user_id=None,
            name=screening.name or UNNAMED,
            email=email,
            risk_level=_risk(screening, email),
            screened_at=screening.counted_from(at),
        )

    def screened(self, screening: Screening, *, at: datetime) -> "Applicant":
        """Return the applicant after a screening: the newest counts, and the stricter of two at the same time.

        A missing name or email leaves the former one. An erased applicant stays erased.
        """
        if self.erased:
            return self
        counted_from = screening.counted_from(at)
        newest = (counted_from, screening.risk_level.strictness) > (self.screened_at, self.risk_level.strictness)
        if not newest:
            return self
        email = screening.email or self.email
        return replace(
            self,
            name=screening.name or self.name,
            email=email,
            risk_level=_risk(screening, email),
            screened_at=counted_from,
        )

    def erase(self) -> "Applicant":
        """Return the applicant without personal data. Why the id stays: records of others refer to it."""
        return replace(
            self, name=ERASED, email=f"{self.id}@erased.invalid", user_id=None, risk_level=RiskLevel.HIGH, erased=True
        )


ERASED = "erased"


def to_link(found: Iterable[Applicant], subject: str) -> tuple[Applicant, ...]:
    """Return applicants to link to a subject: in each organization the newest-screened, if none is linked yet."""
    newest: dict[UUID, Applicant] = {}
    for applicant in sorted(found, key=lambda one: (one.user_id == subject, one.screened_at, one.id)):
        newest[applicant.organization_id] = applicant
    return tuple(applicant for applicant in newest.values() if applicant.user_id is None)


def _risk(screening: Screening, email: str) -> RiskLevel:
    return RiskLevel.HIGH if email.endswith(NOWHERE) else screening.risk_level


BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are not visible."""

UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories of controls, of characters without width, and of surrogates."""


def clean_name(text: str) -> str | None:
    """Return the visible part of a name, blanks as single spaces, cut at LONGEST_NAME; None if nothing is visible."""
    seen = (" " if one.isspace() or one in BLANK else "" if category(one) in UNSEEN else one for one in text)
    name = " ".join("".join(seen).split())[:LONGEST_NAME].rstrip()
    return name if any(category(one)[0] not in "MZ" for one in name) else None


def usable_email(text: str) -> str | None:
    """Return an address that a login could have, without the blanks around it; None for anything else."""
    email = text.strip()
    name, at, host = email.partition("@")
    if not (name and at and host) or len(email) > LONGEST_EMAIL or folded(host).endswith(RESERVED):
        return None
    unseen = any(one.isspace() or one in BLANK or category(one) in UNSEEN for one in email)
    return None if unseen else email


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def folded(email: str) -> str:
    """Return an email for comparison, with ASCII in lower case. Why nothing else is folded: addresses of different
    people stay different.
    """
    return email.translate(_LOWER)
