"""Tokens to unsubscribe: AES-256-GCM, so that they tell nothing of a person, and none can be made up.

They are not stored, and do not expire. Why: a message may be found and unsubscribed from after years.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from booking.domain.notices.notice import Recipient
from booking.domain.notices.unsubscription import NoticeGroup, Unsubscription
from booking.domain.people.contact import Channel

NONCE = 12  # bytes, as the GCM of NIST SP 800-38D has them
IDS = 32  # bytes of two ids
FORM = b"unsubscribe 1"  # bound to each token: another form is none of ours


class UnsubscriptionTokens:
    def __init__(self, secret: Callable[[], Awaitable[bytes]]) -> None:
        self._secret = secret
        self._cipher: AESGCM | None = None

    async def of(self, one: Unsubscription) -> str:
        words = f"{one.recipient} {one.channel} {one.group}".encode()
        nonce = os.urandom(NONCE)
        plain = one.organization_id.bytes + one.recipient_id.bytes + words
        return urlsafe_b64encode(nonce + (await self._ready()).encrypt(nonce, plain, FORM)).decode().rstrip("=")

    async def read(self, token: str) -> Unsubscription | None:
        try:
            whole = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            plain = (await self._ready()).decrypt(whole[:NONCE], whole[NONCE:], FORM)
        except (ValueError, InvalidTag):
            return None
        recipient, channel, group = plain[IDS:].decode().split()
        return Unsubscription(
            UUID(bytes=plain[: IDS // 2]),
            Recipient(recipient),
            UUID(bytes=plain[IDS // 2 : IDS]),
            Channel(channel),
            NoticeGroup(group),
        )

    async def _ready(self) -> AESGCM:
        if self._cipher is None:
            self._cipher = AESGCM(await self._secret())
        return self._cipher
