"""Messages as they are transferred: MIME by the standard library, under headers that are written here.

Why: the library's own folding encodes long addresses of List-Unsubscribe, which mail clients then cannot read.
"""

import re
import unicodedata
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, quote

import idna

from booking.domain.notices.email import Attachment, Email
from booking.domain.notices.handover import HandoverFault, HandoverRefused
from booking.domain.values import Value

POLICY = SMTP.clone(cte_type="7bit")
LINE = 76  # characters, as RFC 2047 has it for lines with encoded words

_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,\"]{1,64}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


class Mime(Value, kw_only=True):
    """Message as it is transferred, and the address that it goes to. `utf8`: the server has to know SMTPUTF8."""

    to: str
    content: bytes
    utf8: bool


def mime(email: Email, sender: str, at: datetime) -> Mime:
    """Make the message that the operator's address sends; HandoverRefused for an address that none can have."""
    to, reply_to = address(email.to), _reply_to(email.reply_to)
    head = {
        "Date": format_datetime(at),
        "From": _mailbox("From", email.from_name, sender),
        "To": _mailbox("To", email.to_name, to),
        **({"Reply-To": reply_to} if reply_to else {}),
        "Subject": _text("Subject", email.subject),
        "Message-ID": f"<{email.message_id}@{sender.rpartition('@')[2]}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    given = {name: _one_line(value) for name, value in email.headers.items() if _NAME.fullmatch(name)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (given | head).items())
    return Mime(to=to, content=lines.encode() + _body(email), utf8=not to.isascii())


def address(text: str) -> str:
    """Return an address with its domain in ASCII; HandoverRefused."""
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise HandoverRefused(HandoverFault.ADDRESS_REFUSED)
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        raise HandoverRefused(HandoverFault.ADDRESS_REFUSED) from None


def _reply_to(text: str | None) -> str | None:
    """Return the agency's address where every server takes it. Why: its fault must not be its customer's."""
    try:
        found = address(text or "")
    except HandoverRefused:
        return None
    return found if found.isascii() else None


def _body(email: Email) -> bytes:
    message = EmailMessage(POLICY)
    message.set_content(email.text)
    if email.html:
        message.add_alternative(email.html, subtype="html")
    for one in email.attachments:
        if one.method is not None:
            message.add_alternative(one.content.decode(), subtype="calendar", params={"method": one.method})
    for one in email.attachments:
        _attach(message, one)
    return message.as_bytes()


def _attach(message: EmailMessage, one: Attachment) -> None:
    maintype, _, subtype = one.media_type.partition("/")
    message.add_attachment(one.content, maintype=maintype, subtype=subtype, filename=_one_line(one.name))


def _mailbox(header: str, name: str | None, address: str) -> str:
    if not (shown := _one_line(name or "")):
        return address
    named = f'"{quote(shown)}"' if _plain(shown) else _folded(header, shown, "utf-8")
    used = len(named.rpartition("\n")[2]) + (0 if "\n" in named else len(header) + 2)
    blank = " " if used + len(address) + 3 <= LINE else "\r\n "
    return f"{named}{blank}<{address}>"


def _text(header: str, text: str) -> str:
    shown = _one_line(text)
    return _folded(header, shown, "us-ascii" if _plain(shown) else "utf-8")


def _folded(header: str, text: str, charset: str) -> str:
    return Header(text, charset, header_name=header).encode(linesep="\r\n")


def _plain(text: str) -> bool:
    """Return whether a text stands in a header as it is: it folds at blanks, and is not taken for an encoded one."""
    return text.isascii() and "=?" not in text and all(len(word) < LINE - 16 for word in text.split(" "))


def _one_line(text: str) -> str:
    """Replace what ends a line, and other controls, by a blank."""
    cleaned = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    return " ".join(cleaned.split())
