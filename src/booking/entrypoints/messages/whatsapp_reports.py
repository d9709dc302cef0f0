"""Reports and answers of WhatsApp, as Meta posts them: several at once, for one number of the operator's."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct, field

from booking.domain.notices.answer import Answer
from booking.domain.notices.notice import NoticeState
from booking.domain.notices.reference import Reference
from booking.domain.notices.report import Report
from booking.domain.people.contact import Channel, usable_phone
from booking.entrypoints.http.wire import Text as Kept

SENDER = "whatsapp"  # as metrics name it
UNDELIVERABLE = {131021, 131026, 131030}
"""Codes of a phone that gets nothing: not on WhatsApp, the sender itself, or not allowed in a trial."""
STATES = {"sent": NoticeState.SENT, "delivered": NoticeState.DELIVERED, "read": NoticeState.DELIVERED}


class Error(Struct):
    code: int = 0


class Status(Struct):
    id: Kept = ""
    status: str = ""
    recipient_id: Kept = ""
    biz_opaque_callback_data: str = ""
    errors: list[Error] = []


class Text(Struct):
    body: str = ""


class Button(Struct):
    text: str = ""


class Context(Struct):
    """Our message that a person answers."""

    id: Kept = ""


class Message(Struct):
    sender: str = field(default="", name="from")
    timestamp: str = ""
    text: Text = field(default_factory=Text)
    button: Button = field(default_factory=Button)
    context: Context | None = None


class Metadata(Struct):
    phone_number_id: str = ""


class Value(Struct):
    metadata: Metadata = field(default_factory=Metadata)
    statuses: list[Status] = []
    messages: list[Message] = []


class Change(Struct):
    value: Value = field(default_factory=Value)


class Entry(Struct):
    changes: list[Change] = []


class Notification(Struct):
    """Notification of Meta; all else that it tells is about the person, and not read."""

    entry: list[Entry] = []


_decoder = msgspec.json.Decoder(Notification)


def decode(body: bytes, number_id: str) -> tuple[Sequence[Report], Sequence[Answer]]:
    """Read reports of our messages, and answers, that came to this number; none of any other body."""
    try:
        found = _decoder.decode(body)
    except (ValueError, RecursionError):
        return (), ()
    values = [change.value for entry in found.entry for change in entry.changes]
    ours = [value for value in values if value.metadata.phone_number_id == number_id]
    reports = [report for value in ours for one in value.statuses for report in _report(one)]
    answers = [answer for value in ours for one in value.messages for answer in _answer(one)]
    return reports, answers


def _report(one: Status) -> Iterable[Report]:
    reference = Reference.read(one.biz_opaque_callback_data)
    if reference is None:
        return
    if one.status in STATES:
        yield Report(reference=reference, state=STATES[one.status], provider_id=one.id[:200] or None)
    elif one.status == "failed" and UNDELIVERABLE & {error.code for error in one.errors}:
        suppresses = [f"+{one.recipient_id}"]
        yield Report(reference=reference, state=NoticeState.BOUNCED, reason="address_refused", suppresses=suppresses)
    elif one.status == "failed":
        yield Report(reference=reference, state=NoticeState.FAILED, reason="message_refused")


def _answer(one: Message) -> Iterable[Answer]:
    phone = usable_phone(f"+{one.sender}")
    if phone is not None and one.timestamp.isascii() and one.timestamp.isdigit() and len(one.timestamp) <= 11:
        at = datetime.fromtimestamp(int(one.timestamp), UTC)
        about = one.context.id or None if one.context else None
        yield Answer(phone=phone, channel=Channel.WHATSAPP, text=one.text.body or one.button.text, at=at, about=about)
