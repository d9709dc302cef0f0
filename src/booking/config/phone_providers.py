"""Providers of messages to phones: SMS by a region of SNS, WhatsApp by a number at Meta."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from booking.config.mail_provider import InvalidProvider, read_region
from booking.config.variables import MOST_REQUESTS, Variables

WHATSAPP_FORM = "https://graph.facebook.com/v23.0/PHONE_NUMBER_ID"

_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,11}")
_NUMBER = re.compile(r"(/v\d+\.\d+)?/\d{5,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings:
    """`sender`: a number of the operator's, or a name where the country allows one. `limit`: messages a minute, 0 for
    any number.
    """

    region: str
    sender: str | None = None
    limit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsAppSettings:
    """`url`: of the operator's number, without /messages. `app_secret` signs Meta's callbacks, `verify_token` begins
    them.
    """

    url: str
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    limit: int = 0

    @property
    def number_id(self) -> str:
        """Meta's name for the operator's number."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSettings:
    """`cap`: paid messages of an organization a day, 0 for any number."""

    sms: SmsSettings | None = None
    whatsapp: WhatsAppSettings | None = None
    cap: int = 500


def phones_of(variables: Variables) -> PhoneSettings:
    """Read the providers to phones that are configured."""
    return PhoneSettings(
        sms=_sms(variables),
        whatsapp=_whatsapp(variables),
        cap=variables.number("BOOKING_LIMIT_PAID_MESSAGES", 500, 0, MOST_REQUESTS),
    )


def _sms(variables: Variables) -> SmsSettings | None:
    region = variables.one("BOOKING_SMS_REGION", read_region)
    sender = variables.one("BOOKING_SMS_FROM", read_sms_sender)
    limit = variables.number("BOOKING_SMS_LIMIT", 0, 0, MOST_REQUESTS)
    if variables.text("BOOKING_SMS_FROM") is not None and variables.text("BOOKING_SMS_REGION") is None:
        variables.miss("BOOKING_SMS_FROM needs BOOKING_SMS_REGION")
    return SmsSettings(region=region, sender=sender, limit=limit) if region else None


def _whatsapp(variables: Variables) -> WhatsAppSettings | None:
    url = variables.one("BOOKING_WHATSAPP_URL", read_whatsapp_url)
    names = ("BOOKING_WHATSAPP_TOKEN", "BOOKING_WHATSAPP_APP_SECRET", "BOOKING_WHATSAPP_VERIFY_TOKEN")
    token, app_secret, verify_token = (variables.secret(name, required=False) for name in names)
    limit = variables.number("BOOKING_WHATSAPP_LIMIT", 0, 0, MOST_REQUESTS)
    given = [variables.text(name) is not None for name in ("BOOKING_WHATSAPP_URL", *names)]
    if any(given) and not all(given):
        variables.miss(f"BOOKING_WHATSAPP_URL, {', '.join(names)} are set together, or none is")
    if not (url and token and app_secret and verify_token):
        return None
    return WhatsAppSettings(url=url, token=token, app_secret=app_secret, verify_token=verify_token, limit=limit)


def read_sms_sender(text: str) -> str:
    """Return the sender that phones show; InvalidProvider."""
    if not _SENDER.fullmatch(text):
        raise InvalidProvider("must be a number such as +351210000000, or a name of at most 11 letters and digits")
    return text


def read_whatsapp_url(text: str) -> str:
    """Return the URL of a number; InvalidProvider."""
    try:
        parts = urlsplit(text)
        loopback = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    except ValueError:
        raise InvalidProvider(f"must be {WHATSAPP_FORM}") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and loopback)
    if not secure or not parts.hostname or parts.username or not _NUMBER.fullmatch(parts.path):
        raise InvalidProvider(f"must be {WHATSAPP_FORM} (http:// on the loopback only)")
    if parts.query or parts.fragment:
        raise InvalidProvider(f"must end with the number's id: {WHATSAPP_FORM}")
    return text
