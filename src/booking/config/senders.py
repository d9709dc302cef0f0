"""Senders of messages by HTTP: each has secrets that it signs with, and perhaps one organization to speak for."""

import re
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from booking.config.variables import InvalidValue

FORM = "name=whsec_… or name=whsec_…@organization-id"
SHORTEST, LONGEST = 24, 64  # bytes of a secret, as Standard Webhooks has it

_SENDER = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,63})=whsec_(?P<secret>[^@]+)(?:@(?P<organization>.*))?")
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class InvalidSender(InvalidValue):
    """The text names no sender; the message says why, and nothing of its secret."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sender by its name. It speaks for any organization unless one is named."""

    name: str
    secrets: tuple[bytes, ...] = field(repr=False)
    organization_id: UUID | None = None


def read_sender(text: str) -> Sender:
    """Return a sender with one secret; InvalidSender."""
    found = _SENDER.fullmatch(text)
    if found is None:
        raise InvalidSender(f"is not {FORM}")
    organization = found["organization"]
    if organization is not None and not _ID.fullmatch(organization):
        raise InvalidSender("names an organization by something else than its UUID")
    return Sender(found["name"], (_secret(found["secret"]),), UUID(organization) if organization else None)


def together(given: Iterable[Sender]) -> tuple[Sender, ...]:
    """Join the secrets of each name; InvalidSender where one sender contradicts another."""
    senders: dict[str, Sender] = {}
    names: dict[bytes, str] = {}
    for one in given:
        known = senders.setdefault(one.name, replace(one, secrets=()))
        if known.organization_id != one.organization_id:
            raise InvalidSender(f"{one.name} speaks for different organizations")
        if any(names.setdefault(secret, one.name) != one.name for secret in one.secrets):
            raise InvalidSender(f"{one.name} has the secret of another sender")
        senders[one.name] = replace(known, secrets=(*known.secrets, *one.secrets))
    return tuple(senders.values())


def _secret(text: str) -> bytes:
    try:
        secret = b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (NoBase64, ValueError):
        raise InvalidSender("has a secret that is not base64") from None
    if not SHORTEST <= len(secret) <= LONGEST:
        raise InvalidSender(f"has a secret that is not of {SHORTEST} to {LONGEST} bytes")
    return secret
