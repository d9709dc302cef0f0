"""Contact of a person: the same for each of their applicants."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from booking.domain.people.applicant import Screening
from booking.domain.values import Value, replace

LONGEST_LOCALE = 35  # characters
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
"""E.164."""
LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
"""BCP 47."""


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Contact(Value, kw_only=True):
    """Phone, language and wanted channels of a person. None: not said; of channels, as the organization plans.

    `own` names the fields that the person has set, or emptied, herself; `proved_phone` is the one that they have proved
    last.
    """

    phone: str | None = None
    proved_phone: str | None = None
    locale: str | None = None
    channels: tuple[Channel, ...] | None = None
    own: frozenset[str] = frozenset()

    @property
    def phone_proved(self) -> bool:
        return self.phone is not None and self.phone == self.proved_phone

    def proved(self) -> "Contact":
        """Return the contact once its phone is proved, which makes it the person's own word."""
        return replace(self, proved_phone=self.phone, own=self.own | {"phone"})

    def changed(self, said: Mapping[str, Any]) -> "Contact":
        """Return the contact after the person's own word."""
        return replace(self, **said, own=self.own | said.keys())

    def screened(self, screening: Screening) -> "Contact":
        """Return the contact after a screening that counts: all fields but the person's own are set by it.

        A missing phone or locale leaves the former one.
        """
        told: Mapping[str, Any] = {"phone": screening.phone, "locale": screening.locale}
        return replace(self, **{name: value for name, value in told.items() if value and name not in self.own})


def usable_phone(text: str) -> str | None:
    """Return a number in E.164, without the blanks around it; None for anything else."""
    phone = text.strip()
    return phone if PHONE.fullmatch(phone) else None


def usable_locale(text: str) -> str | None:
    """Return a language tag, without the blanks around it; None for anything else."""
    locale = text.strip()
    return locale if len(locale) <= LONGEST_LOCALE and LOCALE.fullmatch(locale) else None
