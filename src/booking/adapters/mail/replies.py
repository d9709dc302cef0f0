"""Replies of SMTP servers: which refusals are permanent, and of these, which are the address's fault.

By RFC 5321 (codes), RFC 3463 (enhanced codes: class, subject, detail) and RFC 5321, section 4.5.3.1.10 (552).
"""

import re
from enum import Enum, auto

from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused

_ENHANCED = re.compile(r"\s*(?P<kind>[245])\.(?P<subject>\d{1,3})\.(?P<detail>\d{1,3})(?!\S)")
_QUEUED = re.compile(
    r"(?:.*\bqueued as |(?:\d\.\d\.\d )?Ok:? )(?P<id>[\x21-\x3b\x3d\x3f-\x7e]{6,200})\s*", re.IGNORECASE
)

FULL = ("2", "2")
"""Mailbox full: it may be emptied."""
OTHERS = {("1", "7"), ("1", "8")}
"""Bad address of the sender."""


class Stage(Enum):
    """Step of a transaction that was refused."""

    SENDER = auto()
    RECIPIENT = auto()
    CONTENT = auto()


def outcome(stage: Stage, code: int, text: str) -> HandoverRefused | HandoverFailed:
    """Return the outcome of a refused step.

    A refused sender is the operator's to mend, and every message's: it is tried again, as is a reply that is none.
    """
    found = _ENHANCED.match(text)
    subject, detail = (found["subject"], found["detail"]) if found else ("", "")
    if not 500 <= code <= 599 or (found and found["kind"] == "4") or (subject, detail) == FULL:
        return HandoverFailed(HandoverFault.DEFERRED)
    if stage is Stage.SENDER:
        too_large = code == 552 or (subject, detail) == ("3", "4")
        return (
            HandoverRefused(HandoverFault.MESSAGE_REFUSED)
            if too_large
            else HandoverFailed(HandoverFault.SENDER_REFUSED)
        )
    if stage is Stage.CONTENT:
        return HandoverRefused(HandoverFault.MESSAGE_REFUSED)
    if code == 552:
        return HandoverFailed(HandoverFault.DEFERRED)
    if (subject, detail) in OTHERS:
        return HandoverFailed(HandoverFault.SENDER_REFUSED)
    of_address = subject == "1" or (subject, detail) == ("2", "1") or (not found and code in {550, 551, 553})
    return HandoverRefused(HandoverFault.ADDRESS_REFUSED if of_address else HandoverFault.MESSAGE_REFUSED)


def provider_id(text: str) -> str | None:
    """Return the provider's name for a message that it accepted, where the reply tells one as most do."""
    found = _QUEUED.fullmatch(text)
    return found["id"] if found else None
