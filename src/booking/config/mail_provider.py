"""Provider of e-mail: a server by its URL, or SES in a region, and the operator's address that all is sent from."""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from booking.config.variables import MOST_REQUESTS, InvalidValue, Variables

FORM = "smtp://user:password@host:587 or smtps://user:password@host:465"
PORTS = {"smtp": 587, "smtps": 465}

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_ESCAPES = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}")
_SET = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")


class InvalidProvider(InvalidValue):
    """The text is no provider; the message says why, and shows nothing of a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """SMTP server. `tls`: from the first byte on; without, by STARTTLS, and on the loopback not at all."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def starttls(self) -> bool:
        """Whether the connection has to become an encrypted one before anything is said."""
        return not self.tls and not self._loopback

    @property
    def about(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def _loopback(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ses:
    """Amazon SES in a region. `configuration_set` tells what becomes of messages, where there is one."""

    region: str
    configuration_set: str | None = None

    @property
    def about(self) -> str:
        return f"SES in {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """`sender` is the operator's address. `limit`: messages a minute, 0 for any number."""

    server: MailServer | Ses
    sender: str
    limit: int = 0


def mail_of(variables: Variables) -> MailSettings | None:
    """Read the provider of e-mail; None where none is configured."""
    server: MailServer | Ses | None = variables.one("BOOKING_SMTP_URL", read_mail_server)
    sender = variables.one("BOOKING_MAIL_FROM", read_sender_address)
    limit = variables.number("BOOKING_MAIL_LIMIT", 0, 0, MOST_REQUESTS)
    region = variables.one("BOOKING_SES_REGION", read_region)
    configuration_set = variables.one("BOOKING_SES_CONFIGURATION_SET", read_configuration_set)
    if region is not None:
        server = Ses(region=region, configuration_set=configuration_set)
    named = [name for name in ("BOOKING_SMTP_URL", "BOOKING_SES_REGION") if variables.text(name) is not None]
    if len(named) > 1:
        variables.miss("BOOKING_SMTP_URL and BOOKING_SES_REGION are not set together: one provider sends")
    if bool(named) != (variables.text("BOOKING_MAIL_FROM") is not None):
        variables.miss("BOOKING_MAIL_FROM and one of BOOKING_SMTP_URL and BOOKING_SES_REGION are set together")
    return MailSettings(server=server, sender=sender, limit=limit) if server and sender else None


def read_mail_server(text: str) -> MailServer:
    """Return the server of a URL; InvalidProvider."""
    parts, port = _split(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InvalidProvider(f"must end with host and port ({FORM}); in a password, write / ? # as %2F %3F %23")
    host = parts.hostname or ""
    if not _HOST.fullmatch(host):
        raise InvalidProvider(f"must name a host: {FORM}")
    user, password = _decoded(parts.username), _decoded(parts.password)
    if (user is None) != (password is None):
        raise InvalidProvider("must have both a user and a password, or neither")
    return MailServer(host=host, port=port, tls=parts.scheme == "smtps", user=user, password=password)


def read_region(text: str) -> str:
    """Return the name of a region of AWS; InvalidProvider."""
    if not _REGION.fullmatch(text):
        raise InvalidProvider("must be a region of AWS, such as eu-west-1")
    return text


def read_configuration_set(text: str) -> str:
    """Return the name of a configuration set of SES; InvalidProvider."""
    if not _SET.fullmatch(text):
        raise InvalidProvider("must be a name of letters, digits, - and _, of 64 at most")
    return text


def read_sender_address(text: str) -> str:
    """Return an address to send from; InvalidProvider."""
    if not _ADDRESS.fullmatch(text):
        raise InvalidProvider("must be an address alone, such as visits@example.com: the name shown is the agency's")
    return text


def _split(text: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise InvalidProvider(f"must be {FORM}") from None
    if parts.scheme not in PORTS or not text.startswith(f"{parts.scheme}://"):
        raise InvalidProvider(f"must be {FORM}")
    if port == 0:
        raise InvalidProvider("must name a port from 1 to 65535")
    return parts, port or PORTS[parts.scheme]


def _decoded(text: str | None) -> str | None:
    """Return a percent-encoded part, None for an empty one."""
    if not text:
        return None
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        decoded = ""
    if not _ESCAPES.fullmatch(text) or not decoded.isprintable() or not decoded:
        raise InvalidProvider("must have user and password percent-encoded: write % as %25, @ as %40, : as %3A")
    return decoded
