"""E-mail as it is handed to a provider."""

from collections.abc import Mapping, Sequence

from booking.domain.notices.reference import Reference
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
    `from_name` is the agency's; the address is the operator's. `kind` is shown to developers, and sent to nobody;
    `reference` is for the provider.
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
    reference: Reference | None = None
