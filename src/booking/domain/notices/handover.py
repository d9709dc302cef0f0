"""Outcomes of handing a message over to a provider."""

from enum import StrEnum

from booking.domain.values import Value


class Handed(Value, kw_only=True):
    """Acceptance by a provider. `provider_id` is its own name for the message, where it tells one; `delivered`: whether
    it is already there.
    """

    provider_id: str | None
    delivered: bool = False


class HandoverFault(StrEnum):
    """Reason why a message was not accepted. Few words: they are shown, and tell nothing of a person."""

    ADDRESS_REFUSED = "address_refused"
    """Permanent: nothing will reach this address."""
    MESSAGE_REFUSED = "message_refused"
    """Permanent for this message: its size, content, or a policy."""
    OPTED_OUT = "opted_out"
    """Permanent until the person says otherwise: they have asked the provider for no more messages."""
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


class HandoverRefused(Exception):
    """Permanent refusal. Where the fault is ADDRESS_REFUSED, nothing more should be sent to this address."""

    def __init__(self, fault: HandoverFault) -> None:
        super().__init__(fault)
        self.fault = fault


class HandoverFailed(Exception):
    """Failure that may pass: to be sent again later, as the same message."""

    def __init__(self, fault: HandoverFault) -> None:
        super().__init__(fault)
        self.fault = fault


class HandoverUnknown(Exception):
    """No outcome: it may have been accepted. Where nobody can tell a second copy, it is not to be sent again."""

    def __init__(self, fault: HandoverFault) -> None:
        super().__init__(fault)
        self.fault = fault
