"""E-mail as it is handed to a provider, and the outcomes of that."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from booking.domain.values import Value, field


class Attachment(Value, kw_only=True):
    """File of an e-mail. One with a `method` is a calendar's invitation, and shown as such."""

    name: str
    media_type: str
    content: bytes
    method: str | None = None


class Email(Value, kw_only=True):
    """E-mail to one person.

    `message_id` stands for the cause, the same however often it is sent: the part before the @, without brackets.
    `from_name` is the agency's; the address is the operator's. `kind` is shown to developers, and sent to nobody.
    """

    message_id: str
    to: str
    to_name: str | None = None
    from_name: str | None = None
    reply_to: str | None = None
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()
    kind: str | None = None


class Handed(Value, kw_only=True):
    """Acceptance by a provider. `provider_id` is its own name for the message, where it tells one; `delivered`: whether
    it is already there.
    """

    provider_id: str | None
    delivered: bool = False


class MailFault(StrEnum):
    """Reason why an e-mail was not accepted. Few words: they are shown, and tell nothing of a person."""

    ADDRESS_REFUSED = "address_refused"
    """Permanent: nothing will reach this address."""
    MESSAGE_REFUSED = "message_refused"
    """Permanent for this message: its size, content, or a policy."""
    DEFERRED = "deferred"
    """The provider asks to come again later: a full mailbox, a limit, greylisting."""
    LIMITED = "limited"
    """The provider's limit, as it is configured, is used up: nothing was sent."""
    LOGIN_REFUSED = "login_refused"
    SENDER_REFUSED = "sender_refused"
    TLS_FAILED = "tls_failed"
    NOT_CONNECTED = "not_connected"
    TIMED_OUT = "timed_out"
    CLOSED = "closed"
    """The connection ended before the answer: it may have been accepted."""


class MailRefused(Exception):
    """Permanent refusal. Where the fault is ADDRESS_REFUSED, nothing more should be sent to this address."""

    def __init__(self, fault: MailFault) -> None:
        super().__init__(fault)
        self.fault = fault


class MailFailed(Exception):
    """Failure that may pass: to be sent again later, with the same `message_id`."""

    def __init__(self, fault: MailFault) -> None:
        super().__init__(fault)
        self.fault = fault
