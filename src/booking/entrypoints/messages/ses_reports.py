"""Reports of Amazon SES, as a configuration set publishes them to a topic."""

import msgspec
from idna import IDNAError
from idna import decode as unicode_domain

from booking.domain.notices.notice import NoticeState
from booking.domain.notices.reference import Reference
from booking.domain.notices.report import Report
from booking.entrypoints.http.wire import Text

SENDER = "ses"  # as metrics name it
TAG = "notice"
NO_COMPLAINT = "not-spam"
"""Feedback of a person who took a message out of the spam."""


class Mail(msgspec.Struct):
    tags: dict[str, list[str]] = {}
    destination: list[Text] = []


class Bounce(msgspec.Struct, rename="camel"):
    bounce_type: str = ""


class Complaint(msgspec.Struct, rename="camel"):
    complaint_feedback_type: str | None = None


class Event(msgspec.Struct, rename="camel"):
    """Event about one message; all else that SES tells is about the person, and not read."""

    event_type: str
    mail: Mail
    bounce: Bounce | None = None
    complaint: Complaint | None = None


_decoder = msgspec.json.Decoder(Event)


def decode(text: str) -> Report | None:
    """Read a report of a message of ours; None for any other text, and for events that change nothing."""
    try:
        event = _decoder.decode(text)
    except (ValueError, RecursionError):
        return None
    reference = next((Reference.read(tag) for tag in event.mail.tags.get(TAG, ())), None)
    return None if reference is None else _report(event, reference)


def _report(event: Event, reference: Reference) -> Report | None:
    match event.event_type:
        case "Send":
            return Report(reference=reference, state=NoticeState.SENT)
        case "Delivery":
            return Report(reference=reference, state=NoticeState.DELIVERED)
        case "Reject":
            return Report(reference=reference, state=NoticeState.FAILED, reason="message_refused")
        case "Bounce" if event.bounce and event.bounce.bounce_type == "Permanent":
            addresses = _forms(event.mail.destination)
            return Report(
                reference=reference, state=NoticeState.BOUNCED, reason="address_refused", suppresses=addresses
            )
        case "Bounce":
            return Report(reference=reference, state=NoticeState.BOUNCED, reason="not_delivered")
        case "Complaint" if not (event.complaint and event.complaint.complaint_feedback_type == NO_COMPLAINT):
            return Report(reference=reference, state=NoticeState.COMPLAINED, suppresses=_forms(event.mail.destination))
    return None


def _forms(addresses: list[str]) -> list[str]:
    """Return addresses as they were sent to, and with their domain as people write it."""
    return sorted({form for one in addresses for form in (one, _written(one))})


def _written(address: str) -> str:
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{unicode_domain(domain)}"
    except IDNAError:
        return address
