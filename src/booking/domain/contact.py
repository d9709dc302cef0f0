"""Contact of a person: the same for each of their applicants."""

from enum import StrEnum

from booking.domain.values import Value


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Contact(Value, kw_only=True):
    """Phone, language and wanted channels of a person. None: not said; of channels, as the organization plans."""

    phone: str | None = None
    locale: str | None = None
    channels: tuple[Channel, ...] | None = None
